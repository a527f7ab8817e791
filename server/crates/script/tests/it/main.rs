//! The sandbox from outside: what hooks can do, and what they cannot.

mod attacks;
mod harness;
mod hosting;
mod isolation;
mod limits;
mod positions;
mod running;
mod web;
