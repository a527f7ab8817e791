//! What every other crate agrees on: identifiers, error codes, the shapes that cross the wire, and **the catalogue**
//! of triggers, events, endpoints and SDK methods from which lists, types, dispatch and documentation are derived.
//!
//! It compiles for the browser too, so it does no I/O and knows no database, no HTTP server and no sandbox.
//!
//! To add a trigger, add one entry to `catalogue/triggers.rs` and, if its data is new, one record to
//! `catalogue/payloads.rs`; the enum, the console's lists, the editor's types, the reference and the OpenAPI
//! description follow, and the snapshot tests show what changed.

pub mod auth;
pub mod catalogue;
pub mod claims;
pub mod email;
pub mod error;
pub mod ids;
pub mod manage;
pub mod record;
pub mod unicode;
