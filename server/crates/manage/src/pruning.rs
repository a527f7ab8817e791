//! Forgetting what is past its project's retention: runs, requests, logs, mails and events, and the sessions, tickets
//! and cached values that ended before. People, hooks with their history, and the audit log are kept.

use std::time::Duration;

use store::{
    admin_sessions, cache_entries, clock_mark, hook_runs, log_entries, mails, outbox, projects, requests,
    sessions, tickets,
};

use crate::{
    Manage, Outcome,
    clock_watch::{ClockWatch, Reading},
};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// Rows of one table that one transaction removes; the writer is free in between.
const BATCH: u32 = 1000;
/// The same of sessions, each of which takes up to hundreds of refresh tokens along.
const SESSIONS: u32 = 50;

impl Manage {
    /// Begins to watch the wall clock. `uptime` comes from a clock that cannot be set.
    ///
    /// # Errors
    /// Database away.
    pub async fn clock_watch(&self, uptime: Duration) -> Outcome<ClockWatch> {
        let known = clock_mark::get(&mut *self.inner.db.live().read().await?).await?;
        Ok(ClockWatch::start(known, Reading::new(self.now(), uptime)))
    }

    /// Removes what is past its project's retention, unless the wall clock has moved further than time has passed: then
    /// nothing is removed, and the log says so. Gives the number of rows removed.
    ///
    /// # Errors
    /// Database away.
    pub async fn prune_by_steady_clock(&self, watch: &mut ClockWatch, uptime: Duration) -> Outcome<u64> {
        let ahead = watch.look(Reading::new(self.now(), uptime));
        let mut conn = self.inner.db.live().write().await?;
        clock_mark::set(&mut conn, watch.mark()).await?;
        conn.commit().await?;
        let Some(ahead_ms) = ahead else { return self.prune().await };
        tracing::warn!(
            ahead_days = ahead_ms / DAY_MS,
            "retention.prune.held: the clock is ahead of the time that has passed. Nothing is removed until it is set \
             back, or has run steadily for a week. If it is right, nothing has to be done."
        );
        Ok(0)
    }

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
