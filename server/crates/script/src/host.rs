//! The bridge from the sandbox to the server.

use async_trait::async_trait;

use crate::json::Json;

/// What hook code can ask of the server.
///
/// The sandbox forwards only operations whose path is listed in the call's
/// [`Method`](crate::Method)s, and `fetch`. It does not know what an operation means.
/// Futures are polled in the runtime that called [`Sandbox::run`](crate::Sandbox::run); they must not block.
#[async_trait]
pub trait Host: Send + Sync {
    /// Performs `operation` (`Aerocall.cache.get`, `api.cache.get`, `fetch`) with the call's arguments, a JSON list.
    ///
    /// `operation` is the root object's name and the path: `api.cache.get`, `Aerocall.cache.get`; `fetch` stands alone.
    ///
    /// `fetch` gets one argument `{url, method, headers, body, redirect}` and answers
    /// `{status, statusText, headers, body, url, redirected}`. Headers are a list of name and value for each line, whose
    /// characters are bytes. A body is `null`, text, or `{base64, size}` for bytes that are no text.
    async fn call(&self, operation: &str, args: Json) -> Result<Json, HostError>;
}

/// Why an operation failed; the code sees a rejected promise with an `Error` of this message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct HostError {
    /// Shown to the hook's author.
    pub message: String,
}

impl HostError {
    /// An error with this message.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }
}
