//! The catalogue, seen from outside.

mod catalogue;
mod records;
mod types;
