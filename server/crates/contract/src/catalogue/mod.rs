//! **The catalogue**: every trigger, event, endpoint and method, once.

pub mod endpoints;
pub mod events;
pub mod methods;
pub mod payloads;
pub mod triggers;
pub mod typescript;
