//! Forgetting: runs, requests, logs, mails and events past the project's retention.

use store::{hook_runs, log_entries, mails, projects, requests};

use crate::{Manage, Outcome};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// Rows of one table that one transaction removes; the writer is free in between.
const BATCH: u32 = 1000;

impl Manage {
    /// Removes what is past its project's retention. Gives the number of rows removed.
    ///
    /// # Errors
    /// Database away.
    pub async fn prune(&self) -> Outcome<u64> {
        let session = self.inner.db.live();
        let all = projects::list(&mut *session.read().await?).await?;
        let mut removed = 0;
        for project in all {
            let settings = contract::manage::ProjectSettings::deserialize_or_default(&project.settings);
            let before = self.now() - i64::from(settings.retention_days) * DAY_MS;
            loop {
                let mut conn = session.write().await?;
                let mut rows = hook_runs::prune(&mut conn, &project.id, before, BATCH).await?;
                rows += requests::prune(&mut conn, &project.id, before, BATCH).await?;
                rows += log_entries::prune(&mut conn, &project.id, before, BATCH).await?;
                rows += mails::prune(&mut conn, &project.id, before, BATCH).await?;
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
