//! Hookwright as one program: composition of the crates, HTTP, the command line.
//!
//! It must not hold policy or SQL: services do the work, this crate builds them ([`startup`]), gives them addresses
//! ([`http`]) and settings ([`config`]). To add a command see [`cli`]; an operation of the management API, [`http::api`].

pub mod cli;
pub mod config;
pub mod http;
pub mod site;
pub mod startup;
