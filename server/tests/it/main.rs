//! The server as its users see it: over HTTP, with a database of its own per test. Tests are named after the rows of
//! the acceptance list that they prove.

#![expect(
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a failed test is told by a panic, and what is skipped has to be seen"
)]

mod app;

mod answers;
mod auth_api;
mod bad_input;
mod callers;
mod command_line;
mod connections;
mod console;
mod errors_in_hooks;
mod hung_up;
mod main_job;
mod management;
mod nesting;
mod openapi;
mod sandbox;
mod storage;
