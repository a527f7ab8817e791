//! Tests of the engine against a real database and a real sandbox.

#![expect(clippy::unwrap_used, reason = "a failed test is told by a panic")]

#[path = "../../../script/tests/it/checker.rs"]
mod checker;
mod fetching;
mod limits;
mod live;
mod loading;
mod overload;
mod records;
mod secrets;
mod types;
mod verdicts;
mod world;
