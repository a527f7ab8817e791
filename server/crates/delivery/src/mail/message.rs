//! A mail as its author gives it.

use super::Mailbox;

/// A mail to be taken by the [`Mailer`](super::Mailer). The sender is the project's setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMail {
    /// To whom.
    pub recipient: Mailbox,
    /// Subject, one line.
    pub subject: String,
    /// Text.
    pub text: String,
    /// HTML beside the text.
    pub html: Option<String>,
    /// Why it was made, such as `verify_email`.
    pub kind: String,
}
