//! The sandbox from outside: what hooks can do, and what they cannot.

#![expect(clippy::unwrap_used, reason = "a failure is told by a panic")]

mod absent;
mod attacks;
mod checker;
mod clones;
mod console;
mod encodings;
mod events;
mod fairness;
mod faults;
mod fetching;
mod forms;
mod harness;
mod hosting;
mod isolation;
mod limits;
mod messages;
mod paging;
mod platform;
mod positions;
mod running;
mod snippets;
mod timers;
mod top_level;
mod urls;
mod values;
mod web;
mod web_crypto;
