//! What callers of the public interfaces are told of a store error.

use contract::error::{ErrorBody, ErrorCode};

use crate::{StoreError, Unavailability, error::Constraint};

impl From<StoreError> for ErrorBody {
    /// Only what is the caller's business: the details are in the server's log.
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::Conflict(Constraint::UserEmail) => {
                Self::new(ErrorCode::UserExists, "A user with this e-mail address exists.").field("email")
            }
            StoreError::Conflict(Constraint::UserUsername) => {
                Self::new(ErrorCode::UserExists, "A user with this name exists.").field("username")
            }
            StoreError::Conflict(Constraint::ProjectSlug) => {
                Self::new(ErrorCode::AlreadyExists, "A project with this slug exists.").field("slug")
            }
            StoreError::Conflict(Constraint::ProjectHost) => {
                Self::new(ErrorCode::AlreadyExists, "Another project uses this host name.")
                    .field("custom_host")
            }
            StoreError::Conflict(_) | StoreError::Missing => {
                Self::new(ErrorCode::AlreadyExists, "Somebody else changed this at the same time; try again.")
            }
            StoreError::Expired => Self::new(
                ErrorCode::Busy,
                "The dry run was rolled back: its hooks took too long after its first change, which would have held \
                 up live traffic. A live request holds nothing while hooks run.",
            ),
            StoreError::Unavailable(Unavailability::InDoubt, _) => {
                tracing::error!(error = ?error, "the outcome of a commit is not known");
                Self::new(
                    ErrorCode::Unavailable,
                    "The database broke off while it was saving this. Check whether it was saved before you try \
                     again.",
                )
            }
            StoreError::Unavailable(why, _) => {
                tracing::error!(error = ?error, "the database is unavailable");
                Self::new(
                    ErrorCode::Unavailable,
                    format!("Nothing was saved: the database is unavailable ({why}). Try again."),
                )
            }
            _ => {
                tracing::error!(error = ?error, "the store failed");
                Self::new(ErrorCode::Internal, "Something went wrong on the server; nothing was saved.")
            }
        }
    }
}
