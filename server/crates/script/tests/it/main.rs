//! The sandbox from outside: what hooks can do, and what they cannot.

mod harness;
mod running;
