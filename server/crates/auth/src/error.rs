//! What can go wrong in a flow, and the answer that it becomes.

use contract::error::{ErrorBody, ErrorCode};
use hooks::{Denial, DenialKind, Exchange};
use store::{Constraint, StoreError};

/// The error of this crate.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AuthError {
    /// The request is refused for a reason of its own.
    #[error("{0}")]
    Refused(Box<ErrorBody>),
    /// A hook refused.
    #[error("a hook refused: {}", .0.reason)]
    Denied(Denial),
    /// Too many passwords are being hashed.
    #[error("the server is busy hashing passwords")]
    Busy,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A signing key cannot be opened.
    #[error(transparent)]
    Vault(#[from] store::vault::VaultError),
    /// Something that cannot be.
    #[error("{0}")]
    Defect(String),
}

impl From<Denial> for AuthError {
    fn from(denial: Denial) -> Self {
        Self::Denied(denial)
    }
}

impl From<ErrorBody> for AuthError {
    fn from(body: ErrorBody) -> Self {
        Self::Refused(Box::new(body))
    }
}

impl AuthError {
    /// A refusal with a code and a message.
    pub(crate) fn refused(code: ErrorCode, message: impl Into<String>) -> Self {
        ErrorBody::new(code, message).into()
    }

    /// Whether the request is refused for a reason of its own.
    pub(crate) fn is_refusal(&self) -> bool {
        matches!(self, Self::Refused(_))
    }

    /// The refused name of a new user, when that is what the store says; the constraint decides races.
    pub(crate) fn of_insert(error: StoreError) -> Self {
        match error.conflict() {
            Some(Constraint::UserEmail) => email_taken(),
            Some(Constraint::UserUsername) => username_taken(),
            _ => Self::Store(error),
        }
    }

    /// The body of the answer to a request.
    pub(crate) fn into_body_for(self, exchange: &Exchange) -> ErrorBody {
        let mut body = self.into_body();
        body.request_id = Some(exchange.request_id().to_string());
        body
    }

    /// The body of the answer. Defects are logged here, once, and not shown.
    pub(crate) fn into_body(self) -> ErrorBody {
        match self {
            Self::Refused(body) => *body,
            Self::Denied(denial) if denial.kind == DenialKind::Busy => {
                ErrorBody::new(ErrorCode::Busy, denial.message)
            }
            Self::Denied(denial) => {
                // `cancel()` belongs to triggers of user administration; no flow of this crate fires them.
                let mut body = ErrorBody::new(ErrorCode::AccessDenied, denial.message);
                body.reason = Some(denial.reason);
                body
            }
            Self::Busy => ErrorBody::new(ErrorCode::Busy, "The server is busy; try again in a moment."),
            Self::Store(error) if error.is_transient() => {
                tracing::warn!(%error, "the database is unavailable");
                ErrorBody::new(ErrorCode::Unavailable, "The database is unavailable; try again in a moment.")
            }
            Self::Store(error @ StoreError::Expired) => error.into(),
            error => {
                tracing::error!(%error, cause = error.cause(), "an auth request failed");
                ErrorBody::new(ErrorCode::Internal, "Something went wrong on the server.")
            }
        }
    }

    /// What stands behind the error, for the log. What the database adds to its message (the row that it refused, with
    /// the password's hash in it) is left out.
    fn cause(&self) -> Option<String> {
        std::error::Error::source(self).map(ToString::to_string)
    }
}

/// The address has a user already.
pub(crate) fn email_taken() -> AuthError {
    ErrorBody::new(ErrorCode::UserExists, "A user with this e-mail address exists already.")
        .field("email")
        .into()
}

/// The name has a user already.
pub(crate) fn username_taken() -> AuthError {
    ErrorBody::new(ErrorCode::UserExists, "This user name is taken.").field("username").into()
}
