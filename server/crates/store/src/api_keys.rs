//! Keys for the management API.

use contract::ids::{ApiKeyId, ProjectId};

use crate::{
    Conn, Secret, StoreError,
    db::{cell::args, record::record},
};

record! {
    /// A key for the management API.
    pub struct ApiKey in "api_keys" key id {
        /// Its id.
        pub id: ApiKeyId,
        /// The project that it is good for; `None`: all of them, and the instance.
        pub project_id: Option<ProjectId>,
        /// Its name for people.
        pub name: String,
        /// Its first characters, by which people know it.
        pub prefix: String,
        /// Hash of the key.
        pub token_hash: Secret<String>,
        /// What it may do.
        pub scopes: Vec<String>,
        /// Who made it.
        pub created_by: String,
        /// When it was made.
        pub created_at: i64,
        /// When it ends.
        pub expires_at: Option<i64>,
        /// When it was last used.
        pub last_used_at: Option<i64>,
        /// When it was ended before that.
        pub revoked_at: Option<i64>,
    }
}

/// The key with this hash, if it may be used now.
pub async fn by_token(conn: &mut Conn, token_hash: &str, now: i64) -> Result<Option<ApiKey>, StoreError> {
    let tail = "WHERE token_hash = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)";
    conn.find(tail, args![token_hash, now]).await
}

/// The key with this id.
pub async fn by_id(conn: &mut Conn, id: &ApiKeyId) -> Result<Option<ApiKey>, StoreError> {
    conn.find("WHERE id = $1", args![id]).await
}

/// The keys of a project, or, for `None`, those of the whole instance; newest first, ended ones too.
pub async fn list(conn: &mut Conn, project: Option<&ProjectId>) -> Result<Vec<ApiKey>, StoreError> {
    match project {
        Some(project) => conn.list("WHERE project_id = $1 ORDER BY id DESC", args![project]).await,
        None => conn.list("WHERE project_id IS NULL ORDER BY id DESC", args![]).await,
    }
}

/// Adds a key.
pub async fn insert(conn: &mut Conn, key: &ApiKey) -> Result<(), StoreError> {
    conn.insert(key).await
}

/// Ends a key; `false` if there is none, or it was ended before.
pub async fn revoke(conn: &mut Conn, id: &ApiKeyId, now: i64) -> Result<bool, StoreError> {
    let filter = "id = $1 AND revoked_at IS NULL";
    Ok(!conn.update::<ApiKey>(filter, args![id], "revoked_at = $2", args![now]).await?.is_empty())
}

/// Notes that a key was used.
pub async fn touch(conn: &mut Conn, id: &ApiKeyId, now: i64) -> Result<(), StoreError> {
    conn.update::<ApiKey>("id = $1", args![id], "last_used_at = $2", args![now]).await.map(drop)
}
