//! The auth flows on a real database, with real hooks in the real sandbox.

#![expect(clippy::unwrap_used, reason = "a failed test is told by a panic")]

mod account;
mod dry_run;
mod gate;
mod hooked;
mod keys;
mod login;
mod order;
mod passwords;
mod races;
mod refresh;
mod register;
mod serve;
mod verify_email;
mod world;
