//! What can go wrong here.

use store::StoreError;

/// The error of this crate.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// The address of the mail server cannot be used. (It may hold a password, so it is not repeated here.)
    #[error("the SMTP address is not usable: {0}; expected smtp://user:password@host:587 or smtps://…")]
    SmtpUrl(String),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}
