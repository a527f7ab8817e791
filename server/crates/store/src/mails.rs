//! E-mails: kept to be looked at, waiting to be sent, or sent.

use contract::ids::{MailId, ProjectId};

use crate::{
    Conn, StoreError,
    db::{
        cell::args,
        dialect,
        filter::Filter,
        record::{record, text_enum},
    },
};

text_enum! {
    /// Where a mail is.
    pub enum MailStatus {
        /// Kept to be looked at: the project has no mail server.
        Captured = "captured",
        /// Waiting, or being sent.
        Queued = "queued",
        /// The mail server took it.
        Sent = "sent",
        /// Given up.
        Failed = "failed",
    }
}

record! {
    /// An e-mail.
    pub struct Mail in "mails" key id {
        /// Its id.
        pub id: MailId,
        /// The project.
        pub project_id: ProjectId,
        /// The address that it is for.
        pub recipient: String,
        /// Its subject.
        pub subject: String,
        /// Its text.
        pub text_body: String,
        /// Its text as HTML.
        pub html_body: Option<String>,
        /// What it is for, such as `verify_email`.
        pub kind: String,
        /// Where it is.
        pub status: MailStatus,
        /// Why the last attempt failed.
        pub error: Option<String>,
        /// How often it was tried.
        pub attempts: i64,
        /// When it is due; while it is being sent: when it may be tried again at the earliest.
        pub next_attempt_at: Option<i64>,
        /// When it was written.
        pub created_at: i64,
        /// When the mail server took it.
        pub sent_at: Option<i64>,
    }
}

/// Which mails to list; what is `None` does not matter.
#[derive(Debug, Clone, Copy, Default)]
#[expect(missing_docs, reason = "the fields mean what they mean in `Mail`")]
pub struct MailFilter<'a> {
    pub recipient: Option<&'a str>,
    pub kind: Option<&'a str>,
    pub status: Option<MailStatus>,
}

/// Adds a mail.
pub async fn insert(conn: &mut Conn, mail: &Mail) -> Result<(), StoreError> {
    conn.insert(mail).await
}

/// The mail with this id.
pub async fn by_id(conn: &mut Conn, project: &ProjectId, id: &MailId) -> Result<Option<Mail>, StoreError> {
    conn.find("WHERE project_id = $1 AND id = $2", args![project, id]).await
}

/// Mails, newest first, from behind `before`.
pub async fn list(
    conn: &mut Conn,
    project: &ProjectId,
    filter: MailFilter<'_>,
    before: Option<&MailId>,
    limit: u32,
) -> Result<Vec<Mail>, StoreError> {
    let (tail, args) = Filter::new()
        .and("project_id = ?", project)
        .and_some("recipient = ?", filter.recipient)
        .and_some("kind = ?", filter.kind)
        .and_some("status = ?", filter.status)
        .page(before, limit);
    conn.list(&tail, args).await
}

/// Takes queued mails of all projects that are due, for one worker. If it does not report back by `retry_at`, they are
/// due again.
pub async fn claim_due(
    conn: &mut Conn,
    now: i64,
    retry_at: i64,
    limit: u32,
) -> Result<Vec<Mail>, StoreError> {
    // Materialized: a subquery that PostgreSQL chooses to run again would pick other rows, past the limit.
    let filter = format!(
        "(project_id, id) IN (
            WITH due AS MATERIALIZED (
                SELECT project_id, id FROM mails WHERE status = 'queued' AND next_attempt_at <= $1
                ORDER BY next_attempt_at, id LIMIT $2{})
            SELECT project_id, id FROM due)",
        dialect::for_update_skip_locked(conn)
    );
    let set = "attempts = attempts + 1, next_attempt_at = $3";
    let mut mails: Vec<Mail> =
        conn.update(&filter, args![now, i64::from(limit)], set, args![retry_at]).await?;
    // UPDATE … RETURNING promises no order.
    mails.sort_unstable_by(|a, b| a.id.cmp(&b.id));
    Ok(mails)
}

/// Notes that the mail server took a mail.
pub async fn mark_sent(
    conn: &mut Conn,
    project: &ProjectId,
    id: &MailId,
    now: i64,
) -> Result<Option<Mail>, StoreError> {
    let set = "status = $3, sent_at = $4, next_attempt_at = NULL, error = NULL";
    let rows = conn.update(KEY, args![project, id], set, args![MailStatus::Sent, now]).await?;
    Ok(rows.into_iter().next())
}

/// Notes that an attempt failed: the mail is due again at `retry_at`, or given up if there is no such time.
pub async fn mark_failed(
    conn: &mut Conn,
    project: &ProjectId,
    id: &MailId,
    error: &str,
    retry_at: Option<i64>,
) -> Result<Option<Mail>, StoreError> {
    let status = if retry_at.is_some() { MailStatus::Queued } else { MailStatus::Failed };
    let set = "status = $3, error = $4, next_attempt_at = $5";
    let rows = conn.update(KEY, args![project, id], set, args![status, error, retry_at]).await?;
    Ok(rows.into_iter().next())
}

/// Puts other words in the place of a mail's.
pub async fn set_bodies(
    conn: &mut Conn,
    project: &ProjectId,
    id: &MailId,
    text: &str,
    html: Option<&str>,
) -> Result<(), StoreError> {
    let set = "text_body = $3, html_body = $4";
    conn.update::<Mail>(KEY, args![project, id], set, args![text, html]).await.map(drop)
}

const KEY: &str = "project_id = $1 AND id = $2";

/// Removes mails that are not waiting and were written before the given time, at most `limit`; returns how many.
pub async fn prune(conn: &mut Conn, project: &ProjectId, before: i64, limit: u32) -> Result<u64, StoreError> {
    let filter = "project_id = $1 AND id IN (
        SELECT id FROM mails WHERE project_id = $1 AND created_at < $2 AND status <> 'queued'
        ORDER BY created_at LIMIT $3)";
    conn.delete::<Mail>(filter, args![project, before, i64::from(limit)]).await
}
