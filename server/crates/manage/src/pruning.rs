//! Forgetting what is past its project's retention: runs, requests, logs, mails and events, and the sessions, tickets
//! and cached values that ended before. People, hooks with their history, and the audit log are kept.

use store::{
    admin_sessions, cache_entries, hook_runs, log_entries, mails, outbox, projects, requests, sessions,
    tickets,
};

use crate::{Manage, Outcome};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// Rows of one table that one transaction removes; the writer is free in between.
const BATCH: u32 = 1000;
/// The same of sessions, each of which takes up to hundreds of refresh tokens along.
const SESSIONS: u32 = 50;

impl Manage {
    /// Removes what is past its project's retention. Gives the number of rows removed.
    ///
    /// # Errors
    /// Database away.
    pub async fn prune(&self) -> Outcome<u64> {
        let session = self.inner.db.live();
        let now = self.now();
        let mut conn = session.write().await?;
        let mut removed = admin_sessions::prune(&mut conn, now).await?;
        conn.commit().await?;
        let all = projects::list(&mut *session.read().await?).await?;
        for project in all {
            let settings = contract::manage::ProjectSettings::deserialize_or_default(&project.settings);
            let before = now - i64::from(settings.retention_days) * DAY_MS;
            loop {
                let mut conn = session.write().await?;
                let mut rows = hook_runs::prune(&mut conn, &project.id, before, BATCH).await?;
                rows += requests::prune(&mut conn, &project.id, before, BATCH).await?;
                rows += log_entries::prune(&mut conn, &project.id, before, BATCH).await?;
                rows += mails::prune(&mut conn, &project.id, before, BATCH).await?;
                rows += outbox::prune(&mut conn, &project.id, before, BATCH).await?;
                rows += tickets::prune(&mut conn, &project.id, before, BATCH).await?;
                rows += sessions::prune(&mut conn, &project.id, before, SESSIONS).await?;
                rows += cache_entries::prune(&mut conn, &project.id, now, BATCH).await?;
                conn.commit().await?;
                removed += rows;
                if rows == 0 {
                    break;
                }
            }
        }
        Ok(removed)
    }
}
