//! What a server function answers when it fails.

use contract::error::{ErrorBody, ErrorCode};
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

use crate::api::json::JsonText;

/// A failure of a server function: the same body that the API answers with, so that the console shows
/// the server's own sentence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[error("{0}")]
pub struct ConsoleError(pub ErrorBody);

impl ConsoleError {
    /// What went wrong, for programs.
    pub fn code(&self) -> ErrorCode {
        self.0.error
    }

    /// What went wrong and what to do about it.
    pub fn message(&self) -> String {
        self.0.message.clone()
    }

    /// The request, as named in the logs.
    pub fn request(&self) -> Option<String> {
        self.0.request_id.clone()
    }

    /// The sentence about `field`, when that is the field at fault.
    pub fn about(&self, field: &str) -> Option<String> {
        (self.0.field.as_deref() == Some(field)).then(|| self.message())
    }

    /// Whether there is no such thing, whatever kind of thing was asked for.
    pub fn is_missing(&self) -> bool {
        self.code().status() == 404
    }

    /// There is no such thing.
    pub fn missing(message: impl Into<String>) -> Self {
        Self(ErrorBody::new(ErrorCode::NotFound, message))
    }

    /// Nobody is signed in.
    #[cfg(feature = "ssr")]
    pub fn signed_out() -> Self {
        Self(ErrorBody::new(ErrorCode::InvalidToken, "You are signed out. Sign in again."))
    }

    /// Whether the reader has to sign in first.
    pub fn is_signed_out(&self) -> bool {
        self.code() == ErrorCode::InvalidToken
    }
}

impl From<ErrorBody> for ConsoleError {
    fn from(body: ErrorBody) -> Self {
        Self(body)
    }
}

impl FromServerFnError for ConsoleError {
    type Encoder = JsonText;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        let body = match error {
            ServerFnErrorErr::Request(_) => ErrorBody::new(
                ErrorCode::Unavailable,
                "The server cannot be reached. Check the connection and try again.",
            ),
            ServerFnErrorErr::Args(text) | ServerFnErrorErr::MissingArg(text) => {
                ErrorBody::new(ErrorCode::InvalidField, text)
            }
            // The server reads arguments only.
            #[cfg(feature = "ssr")]
            ServerFnErrorErr::Deserialization(text) => ErrorBody::new(
                ErrorCode::InvalidField,
                format!("The body is not of the expected form: {text}."),
            ),
            // What the transport says of it would help nobody: the browser got something that is no answer of ours.
            _ => ErrorBody::new(
                ErrorCode::Internal,
                "The server's answer could not be read. Try again; reload the page if it stays like this.",
            ),
        };
        Self(body)
    }
}
