//! How a mail gets out.

use async_trait::async_trait;

/// A mail on its way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// Sender, `Name <address>` or an address.
    pub from: String,
    /// Recipient, likewise.
    pub to: String,
    /// Subject.
    pub subject: String,
    /// Text.
    pub text: String,
    /// HTML beside the text.
    pub html: Option<String>,
}

/// Why a mail did not get out. The text is shown in the console; it holds no credentials.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// It may work later.
    #[error("{0}")]
    Transient(String),
    /// It will never work.
    #[error("{0}")]
    Permanent(String),
}

/// A way to send mail.
#[async_trait]
pub trait Transport: Send + Sync {
    /// Sends one mail; returns when it is handed over. Bounded in time by the transport itself.
    async fn send(&self, mail: &Outgoing) -> Result<(), TransportError>;
}
