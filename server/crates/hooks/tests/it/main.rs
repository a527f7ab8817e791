//! Tests of the engine against a real database and a real sandbox.

mod live;
mod loading;
mod overload;
mod records;
mod secrets;
mod world;
