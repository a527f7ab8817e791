//! The audit log: who did what.

use contract::{
    ids::{AuditId, ProjectId},
    manage::{AuditEntry, Scope},
};
use serde_json::{Value, json};
use store::{Conn, StoreError, audit_log};

use crate::{Actor, Manage, Outcome};

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

    /// The latest entries of a project.
    ///
    /// # Errors
    /// Unknown project, missing scope `read:logs`, database away.
    pub async fn audit(&self, actor: &Actor, slug: &str) -> Outcome<Vec<AuditEntry>> {
        actor.require(Scope::ReadLogs)?;
        let project = self.project_info(actor, slug)?;
        let session = self.inner.db.live();
        let mut conn = session.read().await?;
        let filter = audit_log::AuditFilter { project: Some(&project.id), ..Default::default() };
        let rows = audit_log::list(&mut conn, filter, None, 200).await?;
        Ok(rows.into_iter().map(dto).collect())
    }

    /// The latest entries that belong to no project: administrators, keys of the instance, deleted projects.
    ///
    /// # Errors
    /// Missing scope `read:logs`, `forbidden` for keys of one project, database away.
    pub async fn instance_audit(&self, actor: &Actor) -> Outcome<Vec<AuditEntry>> {
        actor.require(Scope::ReadLogs)?;
        actor.require_instance()?;
        let session = self.inner.db.live();
        let mut conn = session.read().await?;
        let filter = audit_log::AuditFilter { of_no_project: true, ..Default::default() };
        let rows = audit_log::list(&mut conn, filter, None, 200).await?;
        Ok(rows.into_iter().map(dto).collect())
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
