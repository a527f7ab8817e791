//! Versions of hooks. They never change.

use contract::ids::{HookId, ProjectId, VersionId};
use serde_json::Value;

use crate::{
    Conn, StoreError,
    db::{cell::args, record::record},
};

record! {
    /// A version of a hook.
    pub struct HookVersion in "hook_versions" key id {
        /// Its id.
        pub id: VersionId,
        /// The project.
        pub project_id: ProjectId,
        /// The hook.
        pub hook_id: HookId,
        /// Its number: 1, 2, 3 …
        pub number: i64,
        /// The source.
        pub source: String,
        /// The source's language.
        pub language: String,
        /// What the sandbox runs: JavaScript, source map and so on.
        pub compiled: Value,
        /// Limits, allowed hosts and error policy as they were.
        pub settings: Value,
        /// Hash of the content.
        pub hash: String,
        /// Who made it.
        pub author: String,
        /// What the author says about it.
        pub note: String,
        /// When it was made.
        pub created_at: i64,
        /// The number of the version whose content this one repeats, after a rollback.
        pub restored_from: Option<i64>,
    }
}

record! {
    /// A version without its content.
    pub struct VersionSummary in "hook_versions" key id {
        /// Its id.
        pub id: VersionId,
        /// The hook.
        pub hook_id: HookId,
        /// Its number.
        pub number: i64,
        /// The source's language.
        pub language: String,
        /// Hash of the content.
        pub hash: String,
        /// Who made it.
        pub author: String,
        /// What the author says about it.
        pub note: String,
        /// When it was made.
        pub created_at: i64,
        /// The number of the version whose content this one repeats.
        pub restored_from: Option<i64>,
    }
}

record! {
    /// What the sandbox needs of a version.
    pub struct VersionCode in "hook_versions" key id {
        /// Its id.
        pub id: VersionId,
        /// Its number.
        pub number: i64,
        /// What the sandbox runs.
        pub compiled: Value,
    }
}

/// The code of the version with this id.
pub async fn code(
    conn: &mut Conn,
    project: &ProjectId,
    id: &VersionId,
) -> Result<Option<VersionCode>, StoreError> {
    conn.find("WHERE project_id = $1 AND id = $2", args![project, id]).await
}

/// The version with this id.
pub async fn by_id(
    conn: &mut Conn,
    project: &ProjectId,
    id: &VersionId,
) -> Result<Option<HookVersion>, StoreError> {
    conn.find("WHERE project_id = $1 AND id = $2", args![project, id]).await
}

/// The version of a hook with this number.
pub async fn by_number(
    conn: &mut Conn,
    project: &ProjectId,
    hook: &HookId,
    number: i64,
) -> Result<Option<HookVersion>, StoreError> {
    conn.find("WHERE project_id = $1 AND hook_id = $2 AND number = $3", args![project, hook, number]).await
}

/// A hook's versions, newest first, from below the number `before`.
pub async fn list(
    conn: &mut Conn,
    project: &ProjectId,
    hook: &HookId,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<VersionSummary>, StoreError> {
    let tail = "WHERE project_id = $1 AND hook_id = $2 AND number < $3 ORDER BY number DESC LIMIT $4";
    let limit = i64::from(limit.clamp(1, 1_000));
    conn.list(tail, args![project, hook, before.unwrap_or(i64::MAX), limit]).await
}

/// Adds a version; its number comes from [`hooks::take_version_number`](crate::hooks::take_version_number).
pub async fn insert(conn: &mut Conn, version: &HookVersion) -> Result<(), StoreError> {
    conn.insert(version).await
}
