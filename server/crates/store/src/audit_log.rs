//! Who changed what, and when.

use contract::ids::{AuditId, ProjectId};
use serde_json::Value;

use crate::{
    Conn, StoreError,
    db::{filter::Filter, record::record},
};

record! {
    /// An entry of the audit log.
    pub struct AuditEntry in "audit_log" key id {
        /// Its id.
        pub id: AuditId,
        /// The project; `None`: the instance.
        pub project_id: Option<ProjectId>,
        /// What acted: `admin`, `api_key`, `system` …
        pub actor_kind: String,
        /// Its id.
        pub actor_id: String,
        /// Its name for people, as it was then.
        pub actor_label: String,
        /// What was done, such as `hook.deploy`.
        pub action: String,
        /// What it was done to: `hook`, `user` …
        pub target_kind: String,
        /// Its id.
        pub target_id: String,
        /// Anything else.
        pub details: Value,
        /// The address it came from.
        pub ip: Option<String>,
        /// When.
        pub created_at: i64,
    }
}

/// Which entries to list; what is `None` does not matter.
#[derive(Debug, Clone, Copy, Default)]
#[expect(missing_docs, reason = "the fields mean what they mean in `AuditEntry`")]
pub struct AuditFilter<'a> {
    pub project: Option<&'a ProjectId>,
    pub actor_id: Option<&'a str>,
    pub action: Option<&'a str>,
    pub target_kind: Option<&'a str>,
    pub target_id: Option<&'a str>,
    /// Only what belongs to no project.
    pub of_no_project: bool,
}

/// Adds an entry.
pub async fn insert(conn: &mut Conn, entry: &AuditEntry) -> Result<(), StoreError> {
    conn.insert(entry).await
}

/// Entries, newest first, from behind `before`.
pub async fn list(
    conn: &mut Conn,
    filter: AuditFilter<'_>,
    before: Option<&AuditId>,
    limit: u32,
) -> Result<Vec<AuditEntry>, StoreError> {
    let begun = Filter::new();
    let begun = if filter.of_no_project { begun.and_plain("project_id IS NULL") } else { begun };
    let (tail, args) = begun
        .and_some("project_id = ?", filter.project)
        .and_some("actor_id = ?", filter.actor_id)
        .and_some("action = ?", filter.action)
        .and_some("target_kind = ?", filter.target_kind)
        .and_some("target_id = ?", filter.target_id)
        .page(before, limit);
    conn.list(&tail, args).await
}
