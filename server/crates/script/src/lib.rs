//! Runs the hooks of admins: other people's code, which is contained rather than trusted.
//!
//! A hook is *compiled* (TypeScript to JavaScript, with a list of what it exports and calls),
//! *loaded* (its top level is evaluated once and what that leaves in memory is kept), and then
//! *run* once for every call, each time in a fresh copy of that memory. All three happen inside
//! WebAssembly instances under limits of processor time, time, memory, output and host calls, on
//! threads of their own; exceeding a limit ends the run and nothing else.
//!
//! What a run may ask of the server goes through the [`Host`] trait. This crate knows neither a
//! database nor what the product's operations mean; it must not depend on any of its crates.
//!
//! - `guest/` is the JavaScript engine (QuickJS and the web interfaces that hooks find),
//!   `tsguest/` the TypeScript compiler. `make setup` compiles both; this crate embeds them.
//! - To give hook code one more web interface, write it in `guest/js`, install it in `main.js`, and declare it in
//!   `platform/platform.d.ts`: a test compares the two in both directions.
//! - To give it one more product method, add it to the catalogue: this crate needs no change.

mod admission;
mod advice;
mod call;
mod clean;
mod code;
mod compiled;
mod compiler;
mod digest;
mod engine_config;
mod error;
#[cfg(feature = "testing")]
mod faults;
mod glimpse;
mod guest;
mod host;
mod host_calls;
mod imports;
mod json;
mod limits;
mod meter;
mod operations;
mod outcome;
mod positions;
mod program;
mod reply;
mod reset;
mod runner;
mod sandbox;
mod selftest;
mod snapshot;
mod source_map;
mod state;
mod turn;
mod worker;

pub use call::{Argument, Behaviour, Call, Method};
pub use compiled::{CallSite, CompileError, Compiled, Diagnostic, Format, Language};
pub use error::ScriptError;
#[cfg(feature = "testing")]
pub use faults::Fault;
pub use host::{Host, HostError};
pub use json::{Json, weight};
pub use limits::{LimitKind, Limits, MAX_SOURCE};
pub use outcome::{Failure, HostCall, Level, LogLine, Outcome, Recorded, Run, Thrown};
pub use program::Program;
pub use sandbox::{Sandbox, SandboxConfig};

/// What every hook finds besides its arguments, as TypeScript declarations: the editor and the tests read them.
pub const PLATFORM: &str = include_str!("../platform/platform.d.ts");
