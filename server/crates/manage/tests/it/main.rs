//! The management service on a real database with the real sandbox.

#![expect(clippy::unwrap_used, reason = "a failed test is told by a panic")]

mod access;
mod audit;
mod conflicts;
mod drafts;
mod engine;
mod fixture;
mod limits;
mod pruning;
mod templates;
mod trying;
mod versions;
