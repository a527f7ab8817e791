//! Refresh tokens, each good for one use, and for a short time after it for the same answer again.

use contract::ids::{ProjectId, RefreshTokenId, SessionId, UserId};

use crate::{
    Conn, Secret, StoreError,
    db::{cell::args, record::record},
    sessions::{self, UserSession},
};

record! {
    /// A refresh token.
    pub struct RefreshToken in "refresh_tokens" key id {
        /// Its id.
        pub id: RefreshTokenId,
        /// The project.
        pub project_id: ProjectId,
        /// The session that it continues.
        pub session_id: SessionId,
        /// Whose it is.
        pub user_id: UserId,
        /// Hash of the token.
        pub token_hash: Secret<String>,
        /// When it was made.
        pub created_at: i64,
        /// When it ends.
        pub expires_at: i64,
        /// When it was exchanged for the next one.
        pub used_at: Option<i64>,
        /// What the next one was made of, sealed; none of tokens that are not used.
        pub successor: Option<Secret<Vec<u8>>>,
    }
}

/// The token that takes the place of the presented one.
#[derive(Debug, Clone)]
pub struct NextToken {
    /// Its id.
    pub id: RefreshTokenId,
    /// Hash of the token.
    pub token_hash: Secret<String>,
    /// When it ends.
    pub expires_at: i64,
    /// What it was made of, sealed: kept with the presented token.
    pub successor: Secret<Vec<u8>>,
}

/// What became of a presented token.
#[derive(Debug, Clone, PartialEq)]
#[expect(
    clippy::large_enum_variant,
    reason = "one lives for one request, and the large variant is the usual one"
)]
pub enum Rotation {
    /// It was good; the next one is in its place.
    Rotated {
        /// The next token.
        token: RefreshToken,
        /// The session that goes on.
        session: UserSession,
    },
    /// It was used before. The caller decides whether it is the same client once more or another one with a copy.
    Reused {
        /// The presented token.
        token: RefreshToken,
    },
    /// It, or its session, has expired.
    Expired,
    /// Its session was ended.
    Revoked,
    /// There is no such token in this project.
    Unknown,
}

/// Adds a session's first token.
pub async fn insert(conn: &mut Conn, token: &RefreshToken) -> Result<(), StoreError> {
    conn.insert(token).await
}

/// The token with this hash, used or not.
pub async fn by_hash(
    conn: &mut Conn,
    project: &ProjectId,
    token_hash: &str,
) -> Result<Option<RefreshToken>, StoreError> {
    conn.find("WHERE project_id = $1 AND token_hash = $2", args![project, token_hash]).await
}

/// Exchanges a token for the next one. Of two callers with the same token one gets it, the other [`Rotation::Reused`].
pub async fn rotate(
    conn: &mut Conn,
    project: &ProjectId,
    presented_hash: &str,
    next: NextToken,
    now: i64,
) -> Result<Rotation, StoreError> {
    let filter = "project_id = $1 AND token_hash = $2 AND used_at IS NULL AND expires_at > $3 AND EXISTS (
        SELECT 1 FROM sessions s WHERE s.project_id = refresh_tokens.project_id
        AND s.id = refresh_tokens.session_id AND s.revoked_at IS NULL AND s.expires_at > $3)";
    let keys = args![project, presented_hash, now];
    let set = "used_at = $3, successor = $4";
    let used: Vec<RefreshToken> = conn.update(filter, keys, set, args![next.successor]).await?;
    let Some(used) = used.into_iter().next() else {
        return refusal(conn, project, presented_hash).await;
    };
    let Some(session) = sessions::by_id(conn, project, &used.session_id).await? else {
        return Ok(Rotation::Revoked);
    };
    let token = RefreshToken {
        id: next.id,
        project_id: used.project_id,
        session_id: used.session_id,
        user_id: used.user_id,
        token_hash: next.token_hash,
        created_at: now,
        expires_at: next.expires_at,
        used_at: None,
        successor: None,
    };
    conn.insert(&token).await?;
    Ok(Rotation::Rotated { token, session })
}

/// Why a token was not taken.
async fn refusal(conn: &mut Conn, project: &ProjectId, token_hash: &str) -> Result<Rotation, StoreError> {
    let Some(token) = by_hash(conn, project, token_hash).await? else { return Ok(Rotation::Unknown) };
    if token.used_at.is_some() {
        return Ok(Rotation::Reused { token });
    }
    let session = sessions::by_id(conn, project, &token.session_id).await?;
    Ok(match session {
        Some(session) if session.revoked_at.is_none() => Rotation::Expired,
        _ => Rotation::Revoked,
    })
}
