//! The cache that a project's hooks share.
//!
//! How many entries it has is kept beside it, in `cache_sizes`. Whatever adds or removes entries locks that row first, so
//! that the number stays true and two of them cannot wait for each other.

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

/// Expired entries that make room for a new one at a time.
const PRUNED: u32 = 100;

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
    let sql = "SELECT entries AS value FROM cache_sizes WHERE project_id = $1";
    Ok(conn.value(sql, args![project]).await?.unwrap_or(0))
}

/// Sets a key, new or not; false, and nothing is set, when it is a new one and the project has `most` entries that are
/// still good.
pub async fn set(
    conn: &mut Conn,
    project: &ProjectId,
    key: &str,
    value: &Value,
    expires_at: Option<i64>,
    now: i64,
    most: i64,
) -> Result<bool, StoreError> {
    let entry = CacheEntry {
        project_id: project.clone(),
        key: key.to_owned(),
        value: value.clone(),
        created_at: now,
        expires_at,
    };
    if replace(conn, &entry).await? {
        return Ok(true);
    }
    let there = lock(conn, project).await?;
    // Somebody else may have added the key before this one got the lock.
    if replace(conn, &entry).await? {
        return Ok(true);
    }
    if there >= most && prune(conn, project, now, PRUNED).await? == 0 {
        return Ok(false);
    }
    // A process of an older version adds without the lock, perhaps this key.
    conn.upsert(&entry, &["project_id", "key"], &["value", "created_at", "expires_at"]).await?;
    grow(conn, project, 1).await?;
    Ok(true)
}

/// Removes a key; `false` if it was not there.
pub async fn delete(conn: &mut Conn, project: &ProjectId, key: &str) -> Result<bool, StoreError> {
    lock(conn, project).await?;
    let gone = conn.delete::<CacheEntry>("project_id = $1 AND key = $2", args![project, key]).await? > 0;
    if gone {
        grow(conn, project, -1).await?;
    }
    Ok(gone)
}

/// Removes expired entries, at most `limit` of them; returns how many.
pub async fn prune(conn: &mut Conn, project: &ProjectId, now: i64, limit: u32) -> Result<u64, StoreError> {
    lock(conn, project).await?;
    let filter = "project_id = $1 AND key IN (
        SELECT key FROM cache_entries WHERE project_id = $1 AND expires_at <= $2 ORDER BY expires_at LIMIT $3)";
    let gone = conn.delete::<CacheEntry>(filter, args![project, now, i64::from(limit)]).await?;
    if gone > 0 {
        recount(conn, project).await?;
    }
    Ok(gone)
}

/// Sets a key that is there; whether it is.
async fn replace(conn: &mut Conn, entry: &CacheEntry) -> Result<bool, StoreError> {
    let (keys, set) = ("project_id = $1 AND key = $2", "value = $3, created_at = $4, expires_at = $5");
    let values = args![&entry.value, entry.created_at, entry.expires_at];
    let set = conn.update::<CacheEntry>(keys, args![&entry.project_id, &entry.key], set, values).await?;
    Ok(!set.is_empty())
}

async fn grow(conn: &mut Conn, project: &ProjectId, by: i64) -> Result<(), StoreError> {
    let sql = "UPDATE cache_sizes SET entries = entries + $2 WHERE project_id = $1";
    conn.execute(sql, args![project, by]).await.map(drop)
}

/// Makes the number what it should be: a process of an older version adds and removes without minding it.
async fn recount(conn: &mut Conn, project: &ProjectId) -> Result<(), StoreError> {
    let sql = "UPDATE cache_sizes
        SET entries = (SELECT COUNT(*) FROM cache_entries WHERE project_id = $1) WHERE project_id = $1";
    conn.execute(sql, args![project]).await.map(drop)
}

/// Locks the number until the end of the transaction, and reads it.
async fn lock(conn: &mut Conn, project: &ProjectId) -> Result<i64, StoreError> {
    // Written even when it stays what it is: a number that is not there cannot be locked.
    let sql = "INSERT INTO cache_sizes (project_id, entries) VALUES ($1, 0)
        ON CONFLICT (project_id) DO UPDATE SET entries = cache_sizes.entries RETURNING entries AS value";
    conn.value(sql, args![project]).await?.ok_or(StoreError::Missing)
}
