//! The log stream.

use contract::manage::{LogEntry, Scope};
use store::log_entries::{self, LogFilter};

use crate::{Actor, Manage, Outcome};

impl Manage {
    /// The latest entries of a project, of one type and of requests to one endpoint (`POST /auth/login`) if wanted. `fh`
    /// and `FAILED_HOOK` are accepted for `failed_hook` (row K21).
    ///
    /// # Errors
    /// Unknown project, missing scope `read:logs`, database away.
    pub async fn logs(
        &self,
        actor: &Actor,
        slug: &str,
        kind: Option<String>,
        endpoint: Option<String>,
    ) -> Outcome<Vec<LogEntry>> {
        actor.require(Scope::ReadLogs)?;
        let project = self.project_info(actor, slug)?;
        let session = self.inner.db.live();
        let mut conn = session.read().await?;
        let kind = kind.map(|kind| match kind.as_str() {
            "fh" | "FAILED_HOOK" => "failed_hook".to_owned(),
            _ => kind,
        });
        let filter =
            LogFilter { kind: kind.as_deref(), endpoint: endpoint.as_deref(), ..LogFilter::default() };
        let rows = log_entries::list(&mut conn, &project.id, filter, None, 200).await?;
        Ok(rows
            .into_iter()
            .map(|row| LogEntry {
                id: row.id,
                kind: row.kind,
                level: row.level.as_str().to_owned(),
                description: row.description,
                user_id: row.user_id.map(String::from),
                request_id: row.request_id.map(String::from),
                details: row.details,
                date: ::hooks::rfc3339(row.created_at),
            })
            .collect())
    }
}
