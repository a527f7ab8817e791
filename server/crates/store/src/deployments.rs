//! Deployments: which version went live when, and what is live now.

use contract::ids::{DeploymentId, HookId, ProjectId, VersionId};
use serde_json::Value;

use crate::{
    Conn, StoreError,
    db::{
        cell::args,
        filter::Filter,
        record::{record, text_enum},
    },
    hook_versions::{self, HookVersion},
    hooks::{self, Hook, HookKind},
    new_id,
};

text_enum! {
    /// What a deployment did.
    pub enum DeploymentKind {
        /// A new version went live.
        Deploy = "deploy",
        /// An earlier version's content went live again, as a new version.
        Rollback = "rollback",
        /// The hook was switched off.
        Disable = "disable",
        /// The hook was switched on again.
        Enable = "enable",
    }
}

record! {
    /// A change to what live traffic runs.
    pub struct Deployment in "deployments" key id {
        /// Its id.
        pub id: DeploymentId,
        /// The project.
        pub project_id: ProjectId,
        /// The hook.
        pub hook_id: HookId,
        /// The number of the version that was live.
        pub from_version: Option<i64>,
        /// The number of the version that is live now.
        pub to_version: Option<i64>,
        /// What was done.
        pub kind: DeploymentKind,
        /// What the author says about it.
        pub note: String,
        /// Who did it.
        pub author: String,
        /// When.
        pub created_at: i64,
    }
}

record! {
    /// An enabled hook with the version that is live.
    pub struct Deployed in "deployed_hooks" key hook_id {
        /// The project.
        pub project_id: ProjectId,
        /// The hook.
        pub hook_id: HookId,
        /// The canonical id of its trigger.
        pub trigger_id: String,
        /// What it is made of.
        pub kind: HookKind,
        /// Its name for people.
        pub name: String,
        /// Its place within the trigger.
        pub position: i64,
        /// What an error does; `None`: as the trigger or the alias in use says.
        pub on_error: Option<String>,
        /// CPU limit in milliseconds.
        pub cpu_ms: i64,
        /// Wall-clock limit in milliseconds.
        pub wall_ms: i64,
        /// Memory limit in MiB.
        pub memory_mb: i64,
        /// Hosts that it may call.
        pub allowed_hosts: Vec<String>,
        /// When the hook was made.
        pub created_at: i64,
        /// The live version.
        pub version_id: VersionId,
        /// Its number.
        pub version: i64,
        /// Its source's language.
        pub language: String,
        /// Its source.
        pub source: String,
        /// What the sandbox runs.
        pub compiled: Value,
        /// The settings that the version was made with.
        pub settings: Value,
        /// Hash of the content.
        pub hash: String,
    }
}

/// Content to go live as a new version.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields mean what they mean in `HookVersion`")]
pub struct NewVersion {
    pub source: String,
    pub language: String,
    pub compiled: Value,
    pub settings: Value,
    pub hash: String,
    /// Set by a rollback: the number of the version whose content this is.
    pub restored_from: Option<i64>,
}

/// What [`deploy`] did.
#[derive(Debug, Clone, PartialEq)]
pub struct Deploy {
    /// The hook as it is now.
    pub hook: Hook,
    /// The new version.
    pub version: HookVersion,
    /// The record of it.
    pub deployment: Deployment,
    /// The generation after it.
    pub generation: i64,
}

/// Puts content live: makes the version, points the hook to it, records the deployment (a rollback if the content is
/// restored) and moves the generation. The draft stays as it is, and so does whether the hook is enabled. `None` if
/// there is no such hook.
pub async fn deploy(
    conn: &mut Conn,
    project: &ProjectId,
    hook: &HookId,
    content: NewVersion,
    note: &str,
    author: &str,
    now: i64,
) -> Result<Option<Deploy>, StoreError> {
    let Some(number) = hooks::take_version_number(conn, project, hook).await? else { return Ok(None) };
    let from_version = live_number(conn, project, hook).await?;
    let version = HookVersion {
        id: new_id(now),
        project_id: project.clone(),
        hook_id: hook.clone(),
        number,
        source: content.source,
        language: content.language,
        compiled: content.compiled,
        settings: content.settings,
        hash: content.hash,
        author: author.to_owned(),
        note: note.to_owned(),
        created_at: now,
        restored_from: content.restored_from,
    };
    hook_versions::insert(conn, &version).await?;
    let Some(live) = hooks::set_live(conn, project, hook, Some(&version.id), now).await? else {
        return Ok(None);
    };
    let deployment = Deployment {
        id: new_id(now),
        project_id: project.clone(),
        hook_id: hook.clone(),
        from_version,
        to_version: Some(number),
        kind: if version.restored_from.is_some() { DeploymentKind::Rollback } else { DeploymentKind::Deploy },
        note: note.to_owned(),
        author: author.to_owned(),
        created_at: now,
    };
    conn.insert(&deployment).await?;
    let generation = bump(conn).await?;
    Ok(Some(Deploy { hook: live, version, deployment, generation }))
}

/// Switches a hook on or off, records it and moves the generation. `None` if there is no such hook.
pub async fn set_enabled(
    conn: &mut Conn,
    project: &ProjectId,
    hook: &HookId,
    enabled: bool,
    author: &str,
    now: i64,
) -> Result<Option<Hook>, StoreError> {
    let Some(changed) = hooks::set_enabled(conn, project, hook, enabled, now).await? else { return Ok(None) };
    let live = live_number(conn, project, hook).await?;
    let kind = if enabled { DeploymentKind::Enable } else { DeploymentKind::Disable };
    let (from_version, to_version) = if enabled { (None, live) } else { (live, None) };
    conn.insert(&Deployment {
        id: new_id(now),
        project_id: project.clone(),
        hook_id: hook.clone(),
        from_version,
        to_version,
        kind,
        note: String::new(),
        author: author.to_owned(),
        created_at: now,
    })
    .await?;
    bump(conn).await?;
    Ok(Some(changed))
}

/// Deployments of a project, or of one hook in it, newest first.
pub async fn list(
    conn: &mut Conn,
    project: &ProjectId,
    hook: Option<&HookId>,
    before: Option<&DeploymentId>,
    limit: u32,
) -> Result<Vec<Deployment>, StoreError> {
    let filter = Filter::new().and("project_id = ?", project).and_some("hook_id = ?", hook);
    let (tail, args) = filter.page(before, limit);
    conn.list(&tail, args).await
}

/// What live traffic runs, in all projects or in one: by project and trigger, in the order of running.
pub async fn deployed(conn: &mut Conn, project: Option<&ProjectId>) -> Result<Vec<Deployed>, StoreError> {
    let (tail, args) = Filter::new().and_some("project_id = ?", project).finish();
    let order = "ORDER BY project_id, trigger_id, position, created_at, hook_id";
    conn.list(&format!("{tail} {order}"), args).await
}

/// How many changes to what is live there have been. A process whose snapshot is of another generation reads anew.
pub async fn generation(conn: &mut Conn) -> Result<i64, StoreError> {
    let sql = "SELECT generation AS value FROM deployment_counter WHERE id = 1";
    Ok(conn.value(sql, args![]).await?.unwrap_or(0))
}

/// Moves the generation; the other processes are told after the commit. Part of every transaction that changes what is
/// live.
pub async fn bump(conn: &mut Conn) -> Result<i64, StoreError> {
    let sql = "UPDATE deployment_counter SET generation = generation + 1 WHERE id = 1
        RETURNING generation AS value";
    let generation = conn.value(sql, args![]).await?.ok_or(StoreError::Missing)?;
    conn.notice = Some(generation);
    Ok(generation)
}

/// The number of the version that is live.
async fn live_number(conn: &mut Conn, project: &ProjectId, hook: &HookId) -> Result<Option<i64>, StoreError> {
    conn.value(
        "SELECT v.number AS value FROM hooks h
        JOIN hook_versions v ON v.project_id = h.project_id AND v.id = h.live_version_id
        WHERE h.project_id = $1 AND h.id = $2",
        args![project, hook],
    )
    .await
}
