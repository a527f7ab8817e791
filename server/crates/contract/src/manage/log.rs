//! A project's log stream.

use crate::{ids::LogId, record};

record! {
    /// An entry of the log stream.
    pub struct LogEntry {
        /// Id.
        pub id: LogId,
        /// Such as `failed_hook` or `mail_not_delivered`.
        pub kind as "type": String,
        /// `info`, `warn` or `error`.
        pub level: String,
        /// What happened.
        pub description: String,
        /// The user it is about.
        pub user_id: Option<String>,
        /// The request it belongs to.
        pub request_id: Option<String>,
        /// More.
        pub details: serde_json::Value,
        /// When, RFC 3339.
        pub date: String,
    }
}
