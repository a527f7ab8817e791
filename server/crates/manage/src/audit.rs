//! The audit log: who did what.

use contract::{
    ids::{AuditId, ProjectId},
    manage::{AuditEntry, AuditPage, Scope},
};
use serde_json::{Value, json};
use store::{Conn, StoreError, audit_log};

use crate::{Actor, Manage, Outcome, page};

/// Entries on a page.
const PAGE: u32 = 50;
/// How many of the latest entries are looked at for one like the next.
const RECENT: u32 = 50;

/// What was done.
pub(crate) struct Act<'a> {
    pub(crate) project: Option<&'a ProjectId>,
    pub(crate) action: &'static str,
    pub(crate) target_kind: &'static str,
    pub(crate) target: &'a str,
    pub(crate) details: Value,
}

impl<'a> Act<'a> {
    /// Something done to an administrator.
    pub(crate) fn on_admin(action: &'static str, email: &'a str) -> Self {
        Self { project: None, action, target_kind: "admin", target: email, details: json!({}) }
    }
}

/// Writes an entry, in the transaction of the change.
pub(crate) async fn write(conn: &mut Conn, now: i64, actor: &Actor, act: Act<'_>) -> Result<(), StoreError> {
    let entry = audit_log::AuditEntry {
        id: store::new_id::<AuditId>(now),
        project_id: act.project.cloned(),
        actor_kind: actor.kind().into(),
        actor_id: actor.id(),
        actor_label: actor.label().into(),
        action: act.action.into(),
        target_kind: act.target_kind.into(),
        target_id: act.target.into(),
        details: act.details,
        ip: actor.ip().map(str::to_owned),
        created_at: now,
    };
    audit_log::insert(conn, &entry).await
}

impl Manage {
    /// Writes an entry, in the transaction of the change.
    pub(crate) async fn audited(
        &self,
        conn: &mut Conn,
        actor: &Actor,
        act: Act<'_>,
    ) -> Result<(), StoreError> {
        write(conn, self.now(), actor, act).await
    }

    /// Writes an entry unless the actor has one of the same action and target, by the id in its details, that is younger
    /// than `quiet_ms`: what is done over and over, such as saving a draft while it is typed, leaves one line for a while.
    pub(crate) async fn audited_once(
        &self,
        conn: &mut Conn,
        actor: &Actor,
        quiet_ms: i64,
        act: Act<'_>,
    ) -> Result<(), StoreError> {
        let (since, by) = (self.now() - quiet_ms, actor.id());
        let filter = audit_log::AuditFilter { project: act.project, ..Default::default() };
        // Only the latest: a search through the whole log would cost more than a line too many.
        let latest = audit_log::list(conn, filter, None, RECENT).await?;
        let known = latest.iter().any(|entry| {
            entry.created_at > since
                && entry.actor_id == by
                && entry.action == act.action
                && entry.details.get("id") == act.details.get("id")
        });
        if known { Ok(()) } else { self.audited(conn, actor, act).await }
    }

    /// A page of what was done in a project, newest first.
    ///
    /// # Errors
    /// Unknown project, missing scope `read:logs`, wrong cursor, database away.
    pub async fn audit(&self, actor: &Actor, slug: &str, cursor: Option<String>) -> Outcome<AuditPage> {
        actor.require(Scope::ReadLogs)?;
        let project = self.project_info(actor, slug)?;
        self.audit_page(audit_log::AuditFilter { project: Some(&project.id), ..Default::default() }, cursor)
            .await
    }

    /// A page of what belongs to no project, newest first: administrators, keys of the instance, deleted projects.
    ///
    /// # Errors
    /// Missing scope `read:logs`, `forbidden` for keys of one project, wrong cursor, database away.
    pub async fn instance_audit(&self, actor: &Actor, cursor: Option<String>) -> Outcome<AuditPage> {
        actor.require(Scope::ReadLogs)?;
        actor.require_instance()?;
        self.audit_page(audit_log::AuditFilter { of_no_project: true, ..Default::default() }, cursor).await
    }

    async fn audit_page(
        &self,
        filter: audit_log::AuditFilter<'_>,
        cursor: Option<String>,
    ) -> Outcome<AuditPage> {
        let before = page::cursor::<AuditId>(cursor)?;
        let session = self.inner.db.live();
        let rows = audit_log::list(&mut *session.read().await?, filter, before.as_ref(), PAGE).await?;
        let next = page::next(&rows, PAGE, |row| &row.id);
        Ok(AuditPage { entries: rows.into_iter().map(dto).collect(), next })
    }
}

fn dto(row: audit_log::AuditEntry) -> AuditEntry {
    AuditEntry {
        id: row.id,
        actor: row.actor_label,
        action: row.action,
        target: row.target_id,
        details: row.details,
        ip: row.ip,
        created_at: row.created_at,
    }
}
