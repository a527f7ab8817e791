//! Events, written in the transaction of the change that they tell of.

use contract::ids::{EventId, ProjectId, RequestId, UserId};
use serde_json::Value;

use crate::{
    Conn, StoreError,
    db::{cell::args, dialect, filter::Filter, record::record},
};

record! {
    /// An event.
    pub struct OutboxEvent in "outbox" key id {
        /// Its id.
        pub id: EventId,
        /// The project.
        pub project_id: ProjectId,
        /// Its name, such as `auth.signup`.
        pub event: String,
        /// What there is to tell.
        pub payload: Value,
        /// The request in which it happened.
        pub request_id: Option<RequestId>,
        /// The user that it is about.
        pub user_id: Option<UserId>,
        /// When it happened.
        pub created_at: i64,
        /// When everybody who wants it had it.
        pub delivered_at: Option<i64>,
    }
}

/// Which events to list; what is `None` does not matter.
#[derive(Debug, Clone, Copy, Default)]
#[expect(missing_docs, reason = "the fields mean what they mean in `OutboxEvent`")]
pub struct EventFilter<'a> {
    pub event: Option<&'a str>,
    pub user: Option<&'a UserId>,
    pub request: Option<&'a RequestId>,
}

/// Adds an event.
pub async fn insert(conn: &mut Conn, event: &OutboxEvent) -> Result<(), StoreError> {
    conn.insert(event).await
}

/// The event with this id.
pub async fn by_id(
    conn: &mut Conn,
    project: &ProjectId,
    id: &EventId,
) -> Result<Option<OutboxEvent>, StoreError> {
    conn.find("WHERE project_id = $1 AND id = $2", args![project, id]).await
}

/// Events, newest first, from behind `before`.
pub async fn list(
    conn: &mut Conn,
    project: &ProjectId,
    filter: EventFilter<'_>,
    before: Option<&EventId>,
    limit: u32,
) -> Result<Vec<OutboxEvent>, StoreError> {
    let (tail, args) = Filter::new()
        .and("project_id = ?", project)
        .and_some("event = ?", filter.event)
        .and_some("user_id = ?", filter.user)
        .and_some("request_id = ?", filter.request)
        .page(before, limit);
    conn.list(&tail, args).await
}

/// The oldest undelivered events of all projects, for one worker: others pass over them until its transaction ends.
pub async fn undelivered(conn: &mut Conn, limit: u32) -> Result<Vec<OutboxEvent>, StoreError> {
    let tail =
        format!("WHERE delivered_at IS NULL ORDER BY id LIMIT $1{}", dialect::for_update_skip_locked(conn));
    conn.list(&tail, args![i64::from(limit)]).await
}

/// Notes that everybody who wants the event had it; `false` if it was noted before.
pub async fn mark_delivered(
    conn: &mut Conn,
    project: &ProjectId,
    id: &EventId,
    now: i64,
) -> Result<bool, StoreError> {
    let filter = "project_id = $1 AND id = $2 AND delivered_at IS NULL";
    let rows =
        conn.update::<OutboxEvent>(filter, args![project, id], "delivered_at = $3", args![now]).await?;
    Ok(!rows.is_empty())
}

/// Removes events of before the given time, delivered or not, at most `limit` of them; returns how many.
pub async fn prune(conn: &mut Conn, project: &ProjectId, before: i64, limit: u32) -> Result<u64, StoreError> {
    let filter = "project_id = $1 AND id IN (
        SELECT id FROM outbox WHERE project_id = $1 AND created_at < $2 ORDER BY created_at LIMIT $3)";
    conn.delete::<OutboxEvent>(filter, args![project, before, i64::from(limit)]).await
}
