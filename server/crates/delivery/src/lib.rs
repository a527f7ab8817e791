//! What leaves the server: project events in the outbox, and e-mail with its queue, retries and transports.
//!
//! Nothing is sent from within a request. A flow writes rows with the connection of its own transaction
//! ([`emit`], [`mail::Mailer::enqueue`]), and the worker ([`mail::Mailer::run`]) carries them out afterwards, so that
//! nothing is sent for a change that was rolled back, and nothing is lost when the process ends.
//!
//! It must not know hooks or auth flows, nor what an e-mail is about.
//!
//! To add a way of delivering, add a table of due rows in the store, and a transport with a worker like that of
//! [`mail`] here.

mod error;
mod events;
pub mod mail;

pub use self::{error::DeliveryError, events::emit};
