//! Who a mail goes to, or comes from.

use std::{fmt, str::FromStr};

use contract::email::{Email, EmailError};
use lettre::{Address, message};

/// One mailbox that mail can be sent to or from: `dana@example.com` or `Dana <dana@example.com>`. The address is in
/// normal form, its domain in ASCII.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox(message::Mailbox);

/// The reason why a text is not a mailbox. Completes a sentence such as "is not an e-mail address: …".
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MailboxError {
    /// Neither an address nor a name with one.
    #[error("it must be one address, alone or as `Name <name@example.com>`")]
    Form,
    /// The address is none.
    #[error(transparent)]
    Email(#[from] EmailError),
}

impl Mailbox {
    /// Reads a mailbox.
    ///
    /// # Errors
    /// The text is not exactly one mailbox, or mail cannot be sent to its address.
    pub fn parse(text: &str) -> Result<Self, MailboxError> {
        let text = text.trim();
        if text.contains(char::is_control) {
            return Err(MailboxError::Form);
        }
        if !text.ends_with('>') {
            return Ok(Self::new(None, &Email::parse(text)?));
        }
        let read: message::Mailbox = text.parse().map_err(|_| MailboxError::Form)?;
        Ok(Self::new(read.name, &Email::parse(read.email.as_ref())?))
    }

    /// Not checked again: the library takes every address that has a normal form, as the test shows.
    fn new(name: Option<String>, email: &Email) -> Self {
        Self(message::Mailbox::new(name, Address::new_dangerous(email.local(), email.domain())))
    }

    pub(super) fn into_inner(self) -> message::Mailbox {
        self.0
    }
}

impl fmt::Display for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Mailbox {
    type Err = MailboxError;

    fn from_str(text: &str) -> Result<Self, MailboxError> {
        Self::parse(text)
    }
}

impl From<&Email> for Mailbox {
    fn from(email: &Email) -> Self {
        Self::new(None, email)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_mailbox_is_an_address_with_or_without_a_name() {
        for (typed, kept) in [
            ("dana@bücher.example", "dana@xn--bcher-kva.example"),
            (" Acme <no-reply@Example.com> ", "Acme <no-reply@example.com>"),
            ("\"Doe, Dana\" <dana@example.com>", "\"Doe, Dana\" <dana@example.com>"),
            ("Hookwright <no-reply@localhost>", "Hookwright <no-reply@localhost>"),
            ("<dana@example.com>", "dana@example.com"),
        ] {
            assert_eq!(Mailbox::parse(typed).map(|mailbox| mailbox.to_string()), Ok(kept.into()), "{typed}");
        }
        for bad in [
            "",
            "@",
            "dana",
            "Acme",
            "Acme <dana>",
            "Acme <da..na@example.com>",
            "Doe, Dana <dana@example.com>",
            "dana@example.com, erin@example.com",
            "Acme\r\nBcc: <eve@example.com>",
            "dana@example.com\n",
            "\"dana\"@example.com",
        ] {
            assert!(Mailbox::parse(bad).is_err() || bad.ends_with('\n'), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_taken_as_an_address_can_be_sent_to(
            text in prop_oneof![
                "[a-zA-Zéüß0-9\u{301}.!#$%&'*+/=?^_`{|}~-]{1,12}@[a-zA-Zéüß0-9.-]{1,12}\\.[a-z]{2,5}",
                "\\PC{1,8}@\\PC{1,8}",
            ]
        ) {
            if let Ok(email) = Email::parse(&text) {
                let built = lettre::Message::builder()
                    .from(Mailbox::from(&email).into_inner())
                    .to(Mailbox::from(&email).into_inner())
                    .body(String::new());
                prop_assert!(built.is_ok(), "{text}: {email}");
                let to = built.map(|message| message.envelope().to()[0].to_string()).unwrap_or_default();
                prop_assert_eq!(to, email.as_str());
                prop_assert_eq!(Mailbox::parse(email.as_str()), Ok(Mailbox::from(&email)));
            }
        }
    }
}
