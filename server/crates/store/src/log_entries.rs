//! A project's log stream.

use contract::ids::{HookId, LogId, ProjectId, RequestId, UserId};
use serde_json::Value;

use crate::{
    Conn, StoreError,
    db::{
        cell::args,
        filter::Filter,
        record::{record, text_enum},
    },
};

text_enum! {
    /// How much an entry matters.
    pub enum LogLevel {
        /// Of use to who looks for a fault.
        Debug = "debug",
        /// As it should be.
        Info = "info",
        /// Worth a look.
        Warn = "warn",
        /// Something failed.
        Error = "error",
    }
}

record! {
    /// An entry of the log stream.
    pub struct LogEntry in "log_entries" key id {
        /// Its id.
        pub id: LogId,
        /// The project.
        pub project_id: ProjectId,
        /// What it is about, such as `failed_hook`.
        #[serde(rename = "type")]
        pub kind as "type": String,
        /// How much it matters.
        pub level: LogLevel,
        /// What happened, for people.
        pub description: String,
        /// The user that it is about.
        pub user_id: Option<UserId>,
        /// The hook that it is about.
        pub hook_id: Option<HookId>,
        /// The request in which it happened.
        pub request_id: Option<RequestId>,
        /// Anything else.
        pub details: Value,
        /// When it happened.
        pub created_at: i64,
    }
}

/// Which entries to list; what is `None` does not matter.
#[derive(Debug, Clone, Copy, Default)]
#[expect(missing_docs, reason = "the fields mean what they mean in `LogEntry`")]
pub struct LogFilter<'a> {
    pub kind: Option<&'a str>,
    pub level: Option<LogLevel>,
    pub user: Option<&'a UserId>,
    pub hook: Option<&'a HookId>,
    pub request: Option<&'a RequestId>,
    /// Only what happened in requests to this endpoint.
    pub endpoint: Option<&'a str>,
    /// From this time on.
    pub since: Option<i64>,
    /// Only entries newer than this one, for following the stream.
    pub after: Option<&'a LogId>,
}

/// Adds an entry.
pub async fn insert(conn: &mut Conn, entry: &LogEntry) -> Result<(), StoreError> {
    conn.insert(entry).await
}

/// Adds entries.
pub async fn insert_many(conn: &mut Conn, entries: &[LogEntry]) -> Result<(), StoreError> {
    conn.insert_many(entries).await
}

/// The entry with this id.
pub async fn by_id(conn: &mut Conn, project: &ProjectId, id: &LogId) -> Result<Option<LogEntry>, StoreError> {
    conn.find("WHERE project_id = $1 AND id = $2", args![project, id]).await
}

/// Entries, newest first, from behind `before`.
pub async fn list(
    conn: &mut Conn,
    project: &ProjectId,
    filter: LogFilter<'_>,
    before: Option<&LogId>,
    limit: u32,
) -> Result<Vec<LogEntry>, StoreError> {
    let (tail, args) = Filter::new()
        .and("project_id = ?", project)
        .and_some("type = ?", filter.kind)
        .and_some("level = ?", filter.level)
        .and_some("user_id = ?", filter.user)
        .and_some("hook_id = ?", filter.hook)
        .and_some("request_id = ?", filter.request)
        .and_some(
            "request_id IN (SELECT r.id FROM requests r
                WHERE r.project_id = log_entries.project_id AND r.endpoint = ?)",
            filter.endpoint,
        )
        .and_some("created_at >= ?", filter.since)
        .and_some("id > ?", filter.after)
        .page(before, limit);
    conn.list(&tail, args).await
}

/// Removes entries from before the given time, at most `limit` of them; returns how many.
pub async fn prune(conn: &mut Conn, project: &ProjectId, before: i64, limit: u32) -> Result<u64, StoreError> {
    let filter = "project_id = $1 AND id IN (
        SELECT id FROM log_entries WHERE project_id = $1 AND created_at < $2 ORDER BY created_at LIMIT $3)";
    conn.delete::<LogEntry>(filter, args![project, before, i64::from(limit)]).await
}
