//! One-time tokens that are sent by e-mail.

use contract::ids::{ProjectId, TicketId, UserId};

use crate::{
    Conn, Secret, StoreError,
    db::{
        cell::args,
        record::{record, text_enum},
    },
};

text_enum! {
    /// What a ticket is good for.
    pub enum TicketPurpose {
        /// To prove an e-mail address.
        VerifyEmail = "verify_email",
        /// To set a new password.
        ResetPassword = "reset_password",
    }
}

record! {
    /// A one-time token.
    pub struct Ticket in "tickets" key id {
        /// Its id.
        pub id: TicketId,
        /// The project.
        pub project_id: ProjectId,
        /// Who may use it.
        pub user_id: UserId,
        /// For what.
        pub purpose: TicketPurpose,
        /// The address that it was sent to.
        pub email: String,
        /// Hash of the token.
        pub token_hash: Secret<String>,
        /// When it was made.
        pub created_at: i64,
        /// When it ends.
        pub expires_at: i64,
        /// When it was used, or made void by a newer one.
        pub used_at: Option<i64>,
    }
}

/// Adds a ticket.
pub async fn insert(conn: &mut Conn, ticket: &Ticket) -> Result<(), StoreError> {
    conn.insert(ticket).await
}

/// The ticket with this hash, used or not.
pub async fn by_hash(
    conn: &mut Conn,
    project: &ProjectId,
    token_hash: &str,
) -> Result<Option<Ticket>, StoreError> {
    conn.find("WHERE project_id = $1 AND token_hash = $2", args![project, token_hash]).await
}

/// A user's tickets of a purpose that were made after the given time, newest first.
pub async fn recent(
    conn: &mut Conn,
    project: &ProjectId,
    user: &UserId,
    purpose: TicketPurpose,
    since: i64,
    limit: u32,
) -> Result<Vec<Ticket>, StoreError> {
    let tail = "WHERE project_id = $1 AND user_id = $2 AND purpose = $3 AND created_at > $4
        ORDER BY created_at DESC, id DESC LIMIT $5";
    conn.list(tail, args![project, user, purpose, since, i64::from(limit)]).await
}

/// Uses a ticket up. `None` if there is none for this purpose that is unused and not expired; of two callers with the
/// same ticket one gets it.
pub async fn consume(
    conn: &mut Conn,
    project: &ProjectId,
    purpose: TicketPurpose,
    token_hash: &str,
    now: i64,
) -> Result<Option<Ticket>, StoreError> {
    let filter =
        "project_id = $1 AND purpose = $2 AND token_hash = $3 AND used_at IS NULL AND expires_at > $4";
    let keys = args![project, purpose, token_hash, now];
    Ok(conn.update(filter, keys, "used_at = $4", args![]).await?.into_iter().next())
}

/// Makes a user's unused tickets of a purpose void; returns how many.
pub async fn invalidate(
    conn: &mut Conn,
    project: &ProjectId,
    user: &UserId,
    purpose: TicketPurpose,
    now: i64,
) -> Result<usize, StoreError> {
    let filter = "project_id = $1 AND user_id = $2 AND purpose = $3 AND used_at IS NULL";
    let keys = args![project, user, purpose];
    Ok(conn.update::<Ticket>(filter, keys, "used_at = $4", args![now]).await?.len())
}

/// Removes tickets that expired before the given time, at most `limit` of them;
/// returns how many.
pub async fn prune(conn: &mut Conn, project: &ProjectId, before: i64, limit: u32) -> Result<u64, StoreError> {
    let filter = "project_id = $1 AND id IN (
        SELECT id FROM tickets WHERE project_id = $1 AND expires_at < $2 ORDER BY expires_at LIMIT $3)";
    conn.delete::<Ticket>(filter, args![project, before, i64::from(limit)]).await
}
