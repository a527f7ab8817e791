//! The cache that a project's hooks share.

use contract::ids::ProjectId;
use serde_json::Value;

use crate::{
    Conn, StoreError,
    db::{
        cell::args,
        filter::{Filter, containing},
        record::record,
    },
};

record! {
    /// A cached value.
    pub struct CacheEntry in "cache_entries" key key {
        /// The project.
        pub project_id: ProjectId,
        /// The key.
        pub key: String,
        /// The value.
        pub value: Value,
        /// When it was set.
        pub created_at: i64,
        /// Until when it is good; `None`: until it is deleted.
        pub expires_at: Option<i64>,
    }
}

const FRESH: &str = "(expires_at IS NULL OR expires_at > ?)";

/// The value of a key, unless it has expired.
pub async fn get(
    conn: &mut Conn,
    project: &ProjectId,
    key: &str,
    now: i64,
) -> Result<Option<CacheEntry>, StoreError> {
    let filter = Filter::new().and("project_id = ?", project).and("key = ?", key).and(FRESH, now);
    let (tail, args) = filter.finish();
    conn.find(&tail, args).await
}

/// A project's entries that have not expired, by key, from behind the key `after`; `search` looks in the keys.
pub async fn list(
    conn: &mut Conn,
    project: &ProjectId,
    search: Option<&str>,
    after: Option<&str>,
    limit: u32,
    now: i64,
) -> Result<Vec<CacheEntry>, StoreError> {
    let filter = Filter::new()
        .and("project_id = ?", project)
        .and(FRESH, now)
        .and_some(r"key LIKE ? ESCAPE '\'", search.map(containing))
        .and_some("key > ?", after);
    let (tail, args) = filter.finish();
    conn.list(&format!("{tail} ORDER BY key LIMIT {}", limit.clamp(1, 1_000)), args).await
}

/// How many entries a project has, expired ones that are not yet removed too.
pub async fn count(conn: &mut Conn, project: &ProjectId) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*) AS value FROM cache_entries WHERE project_id = $1";
    Ok(conn.value(sql, args![project]).await?.unwrap_or(0))
}

/// Sets a key, new or not.
pub async fn set(
    conn: &mut Conn,
    project: &ProjectId,
    key: &str,
    value: &Value,
    expires_at: Option<i64>,
    now: i64,
) -> Result<(), StoreError> {
    let entry = CacheEntry {
        project_id: project.clone(),
        key: key.to_owned(),
        value: value.clone(),
        created_at: now,
        expires_at,
    };
    conn.upsert(&entry, &["project_id", "key"], &["value", "created_at", "expires_at"]).await.map(drop)
}

/// Removes a key; `false` if it was not there.
pub async fn delete(conn: &mut Conn, project: &ProjectId, key: &str) -> Result<bool, StoreError> {
    Ok(conn.delete::<CacheEntry>("project_id = $1 AND key = $2", args![project, key]).await? > 0)
}

/// Removes expired entries, at most `limit` of them; returns how many.
pub async fn prune(conn: &mut Conn, project: &ProjectId, now: i64, limit: u32) -> Result<u64, StoreError> {
    let filter = "project_id = $1 AND key IN (
        SELECT key FROM cache_entries WHERE project_id = $1 AND expires_at <= $2 ORDER BY expires_at LIMIT $3)";
    conn.delete::<CacheEntry>(filter, args![project, now, i64::from(limit)]).await
}
