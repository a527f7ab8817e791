//! Tests of what leaves the server, on a real database and with a transport in memory.

#![expect(clippy::unwrap_used, reason = "a failed test is told by a panic")]

mod events;
mod mails;
mod project;
mod smtp;
mod smtp_server;
