//! Console sign-ins.

use contract::ids::{AdminId, AdminSessionId};

use crate::{
    Conn, Secret, StoreError,
    db::{cell::args, record::record},
};

record! {
    /// A console sign-in.
    pub struct AdminSession in "admin_sessions" key id {
        /// Its id.
        pub id: AdminSessionId,
        /// Who signed in.
        pub admin_id: AdminId,
        /// Hash of the cookie's value.
        pub token_hash: Secret<String>,
        /// When it began.
        pub created_at: i64,
        /// When it ends.
        pub expires_at: i64,
        /// The browser, as it calls itself.
        pub user_agent: Option<String>,
        /// The address it came from.
        pub ip: Option<String>,
    }
}

/// The sign-in with this token, unless it has expired.
pub async fn by_token(
    conn: &mut Conn,
    token_hash: &str,
    now: i64,
) -> Result<Option<AdminSession>, StoreError> {
    conn.find("WHERE token_hash = $1 AND expires_at > $2", args![token_hash, now]).await
}

/// An administrator's sign-ins, newest first.
pub async fn list(conn: &mut Conn, admin: &AdminId, now: i64) -> Result<Vec<AdminSession>, StoreError> {
    conn.list("WHERE admin_id = $1 AND expires_at > $2 ORDER BY id DESC", args![admin, now]).await
}

/// Adds a sign-in.
pub async fn insert(conn: &mut Conn, session: &AdminSession) -> Result<(), StoreError> {
    conn.insert(session).await
}

/// Ends a sign-in.
pub async fn delete(conn: &mut Conn, id: &AdminSessionId) -> Result<bool, StoreError> {
    Ok(conn.delete::<AdminSession>("id = $1", args![id]).await? > 0)
}

/// Ends all sign-ins of an administrator, but for one if wanted; returns how many.
pub async fn delete_all(
    conn: &mut Conn,
    admin: &AdminId,
    except: Option<&AdminSessionId>,
) -> Result<u64, StoreError> {
    match except {
        Some(kept) => conn.delete::<AdminSession>("admin_id = $1 AND id <> $2", args![admin, kept]).await,
        None => conn.delete::<AdminSession>("admin_id = $1", args![admin]).await,
    }
}

/// Removes expired sign-ins; returns how many.
pub async fn prune(conn: &mut Conn, now: i64) -> Result<u64, StoreError> {
    conn.delete::<AdminSession>("expires_at <= $1", args![now]).await
}
