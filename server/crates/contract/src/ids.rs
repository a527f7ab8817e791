//! Identifiers: one type each, so that a hook's id cannot be passed for a user's.
//!
//! On the wire and in the database an id is text: a short prefix that says what it names, `_`, and 26
//! characters that sort by creation time. They are made in the store, from the clock and the system's generator.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// An identifier that the store can make.
pub trait Id: Sized {
    /// What stands before the underscore, such as `usr`.
    const PREFIX: &'static str;
    /// Wraps text that is known to be of the right form.
    fn from_raw(raw: String) -> Self;
    /// The text form.
    fn as_str(&self) -> &str;
}

/// The text is not an identifier of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected an id that starts with `{prefix}_`")]
pub struct InvalidId {
    /// The prefix that was expected.
    pub prefix: &'static str,
}

macro_rules! ids {
    ($($(#[doc = $doc:literal])+ $name:ident = $prefix:literal;)+) => {$(
        $(#[doc = $doc])+
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl Id for $name {
            const PREFIX: &'static str = $prefix;
            fn from_raw(raw: String) -> Self { Self(raw) }
            fn as_str(&self) -> &str { &self.0 }
        }
        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                let valid = text.len() <= 64
                    && text.strip_prefix(concat!($prefix, "_")).is_some_and(|rest| {
                        !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_alphanumeric())
                    });
                if valid { Ok(Self(text.to_owned())) } else { Err(InvalidId { prefix: $prefix }) }
            }
        }
        impl TryFrom<String> for $name {
            type Error = InvalidId;
            fn try_from(text: String) -> Result<Self, InvalidId> { text.parse() }
        }
        impl From<$name> for String {
            fn from(id: $name) -> String { id.0 }
        }
        impl crate::record::Describe for $name {
            fn typescript() -> String { "string".into() }
            fn schema() -> serde_json::Value {
                serde_json::json!({"type": "string", "pattern": concat!("^", $prefix, "_[0-9A-Za-z]+$")})
            }
        }
        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str { &self.0 }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(&self.0) }
        }
    )+};
}

ids! {
    /// An administrator of the instance, who signs in to the console.
    AdminId = "adm";
    /// A console sign-in.
    AdminSessionId = "ads";
    /// A key for the management API.
    ApiKeyId = "key";
    /// An entry of the audit log.
    AuditId = "aud";
    /// A deployment of a hook version.
    DeploymentId = "dep";
    /// An event in the outbox.
    EventId = "evt";
    /// A hook.
    HookId = "hok";
    /// An entry of a project's log stream.
    LogId = "log";
    /// A captured or queued e-mail.
    MailId = "eml";
    /// A project: a tenant with users, settings and hooks of its own.
    ProjectId = "prj";
    /// A refresh token.
    RefreshTokenId = "rft";
    /// One request to an auth endpoint; groups the runs it caused.
    RequestId = "req";
    /// One run of a hook.
    RunId = "run";
    /// A user's session: the family of refresh tokens that one login started.
    SessionId = "ses";
    /// A signing key of a project (the `kid` of its tokens).
    SigningKeyId = "sgk";
    /// A one-time token: password reset or e-mail verification.
    TicketId = "tik";
    /// A user of a project.
    UserId = "usr";
    /// An immutable version of a hook.
    VersionId = "ver";
}
