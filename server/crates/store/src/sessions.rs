//! Users' sessions: the family of refresh tokens that one login started.

use contract::ids::{ProjectId, SessionId, UserId};
use serde_json::Value;

use crate::{
    Conn, StoreError,
    db::{cell::args, record::record},
};

record! {
    /// A session of a user. (The other kind of session is [`crate::Session`].)
    pub struct UserSession in "sessions" key id {
        /// Its id.
        pub id: SessionId,
        /// The project.
        pub project_id: ProjectId,
        /// Whose it is.
        pub user_id: UserId,
        /// When it began.
        pub created_at: i64,
        /// When it ends.
        pub expires_at: i64,
        /// When it was ended before that.
        pub revoked_at: Option<i64>,
        /// The address that the login came from.
        pub ip: Option<String>,
        /// The program that logged in.
        pub user_agent: Option<String>,
        /// How the login was made, such as `password`.
        pub auth_method: String,
        /// Scopes that the login asked for.
        pub scope: Option<String>,
        /// The audience that the login asked for.
        pub audience: Option<String>,
        /// Claims that the login's hooks put on the access token: an object.
        pub claims: Value,
    }
}

impl UserSession {
    /// Whether it is neither revoked nor expired.
    pub fn is_active(&self, now: i64) -> bool {
        self.revoked_at.is_none() && self.expires_at > now
    }
}

/// The session with this id, active or not.
pub async fn by_id(
    conn: &mut Conn,
    project: &ProjectId,
    id: &SessionId,
) -> Result<Option<UserSession>, StoreError> {
    conn.find("WHERE project_id = $1 AND id = $2", args![project, id]).await
}

/// A user's sessions, newest first, at most 200.
pub async fn list(
    conn: &mut Conn,
    project: &ProjectId,
    user: &UserId,
) -> Result<Vec<UserSession>, StoreError> {
    conn.list("WHERE project_id = $1 AND user_id = $2 ORDER BY id DESC LIMIT 200", args![project, user]).await
}

/// The addresses that a user's latest sessions came from, of at most 50.
pub async fn addresses(
    conn: &mut Conn,
    project: &ProjectId,
    user: &UserId,
) -> Result<Vec<String>, StoreError> {
    let tail = "WHERE project_id = $1 AND user_id = $2 ORDER BY id DESC LIMIT 50";
    let rows: Vec<UserSession> = conn.list(tail, args![project, user]).await?;
    Ok(rows.into_iter().filter_map(|session| session.ip).collect())
}

/// Adds a session.
pub async fn insert(conn: &mut Conn, session: &UserSession) -> Result<(), StoreError> {
    conn.insert(session).await
}

/// Ends a session and with it its refresh tokens; `None` if there is none, or it has ended before.
pub async fn revoke(
    conn: &mut Conn,
    project: &ProjectId,
    id: &SessionId,
    now: i64,
) -> Result<Option<UserSession>, StoreError> {
    let filter = "project_id = $1 AND id = $2 AND revoked_at IS NULL AND expires_at > $3";
    let rows = conn.update(filter, args![project, id, now], "revoked_at = $3", args![]).await?;
    Ok(rows.into_iter().next())
}

/// Ends all sessions of a user, but for one if wanted; returns those that were ended.
pub async fn revoke_all(
    conn: &mut Conn,
    project: &ProjectId,
    user: &UserId,
    except: Option<&SessionId>,
    now: i64,
) -> Result<Vec<UserSession>, StoreError> {
    // No session has an empty id, so that nothing is kept by default.
    let kept = except.map_or("", AsRef::as_ref);
    let filter = "project_id = $1 AND user_id = $2 AND id <> $3 AND revoked_at IS NULL";
    conn.update(filter, args![project, user, kept], "revoked_at = $4", args![now]).await
}

/// Removes sessions (with their tokens) that expired before the given time, at most `limit` of them;
/// returns how many.
pub async fn prune(conn: &mut Conn, project: &ProjectId, before: i64, limit: u32) -> Result<u64, StoreError> {
    let filter = "project_id = $1 AND id IN (
        SELECT id FROM sessions WHERE project_id = $1 AND expires_at < $2 ORDER BY expires_at LIMIT $3)";
    conn.delete::<UserSession>(filter, args![project, before, i64::from(limit)]).await
}
