//! Keys that sign a project's tokens.

use contract::ids::{ProjectId, SigningKeyId};
use serde_json::Value;

use crate::{
    Conn, Secret, StoreError,
    db::{
        cell::args,
        record::{record, text_enum},
    },
};

text_enum! {
    /// Whether a key still signs.
    pub enum KeyState {
        /// It signs.
        Active = "active",
        /// It only verifies tokens from before.
        Retired = "retired",
    }
}

record! {
    /// A signing key.
    pub struct SigningKey in "signing_keys" key id {
        /// Its id: the `kid` of the tokens.
        pub id: SigningKeyId,
        /// The project.
        pub project_id: ProjectId,
        /// Such as `ES256`.
        pub algorithm: String,
        /// The private key, encrypted by the caller.
        pub private_key: Secret<Vec<u8>>,
        /// The public key as a JWK.
        pub public_jwk: Value,
        /// Whether it still signs.
        pub state: KeyState,
        /// When it was made.
        pub created_at: i64,
        /// When it stops signing: a while after it was replaced.
        pub retired_at: Option<i64>,
    }
}

/// The context that a private key is sealed with.
pub fn context(project: &ProjectId) -> String {
    format!("signing-key:{project}")
}

/// The oldest keys of all projects.
pub(crate) async fn oldest(conn: &mut Conn, most: i64) -> Result<Vec<SigningKey>, StoreError> {
    conn.list("ORDER BY created_at, id LIMIT $1", args![most]).await
}

/// The key that signs now: the newest active one.
pub async fn active(conn: &mut Conn, project: &ProjectId) -> Result<Option<SigningKey>, StoreError> {
    conn.find(
        "WHERE project_id = $1 AND state = $2 ORDER BY id DESC LIMIT 1",
        args![project, KeyState::Active],
    )
    .await
}

/// All keys, newest first.
pub async fn list(conn: &mut Conn, project: &ProjectId) -> Result<Vec<SigningKey>, StoreError> {
    conn.list("WHERE project_id = $1 ORDER BY id DESC", args![project]).await
}

/// The key with this id.
pub async fn by_id(
    conn: &mut Conn,
    project: &ProjectId,
    id: &SigningKeyId,
) -> Result<Option<SigningKey>, StoreError> {
    conn.find("WHERE project_id = $1 AND id = $2", args![project, id]).await
}

/// Adds a key.
pub async fn insert(conn: &mut Conn, key: &SigningKey) -> Result<(), StoreError> {
    conn.insert(key).await
}

/// Stops a key from signing; it goes on verifying. `false` if it does not sign (any more).
pub async fn retire(
    conn: &mut Conn,
    project: &ProjectId,
    id: &SigningKeyId,
    now: i64,
) -> Result<bool, StoreError> {
    let filter = "project_id = $1 AND id = $2 AND state = $3";
    let keys = args![project, id, KeyState::Active];
    let set = "state = $4, retired_at = $5";
    Ok(!conn.update::<SigningKey>(filter, keys, set, args![KeyState::Retired, now]).await?.is_empty())
}

/// Removes keys that were retired before the given time, when no token of theirs can be valid any more.
pub async fn prune(conn: &mut Conn, project: &ProjectId, retired_before: i64) -> Result<u64, StoreError> {
    conn.delete::<SigningKey>("project_id = $1 AND retired_at < $2", args![project, retired_before]).await
}
