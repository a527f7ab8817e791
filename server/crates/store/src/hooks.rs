//! Hooks: what they are called, when they run, within which limits, and the draft of their source.

use contract::ids::{HookId, ProjectId, VersionId};

use crate::{
    Conn, StoreError,
    db::{
        cell::{Cell, args},
        filter::Filter,
        record::{record, text_enum},
    },
};

text_enum! {
    /// What a hook is made of.
    pub enum HookKind {
        /// Source code that runs in the sandbox.
        Code = "code",
    }
}

record! {
    /// A hook.
    pub struct Hook in "hooks" key id {
        /// Its id.
        pub id: HookId,
        /// The project.
        pub project_id: ProjectId,
        /// The canonical id of its trigger.
        pub trigger_id: String,
        /// What it is made of.
        pub kind: HookKind,
        /// Its name for people.
        pub name: String,
        /// Whether live traffic runs it (if a version is live).
        pub enabled: bool,
        /// Its place within the trigger; equal places run in order of creation.
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
        /// The draft's language.
        pub language: String,
        /// The draft.
        pub draft_source: String,
        /// How often the draft was saved.
        pub draft_revision: i64,
        /// When the draft was last saved.
        pub draft_updated_at: i64,
        /// By whom.
        pub draft_updated_by: String,
        /// The version that serves live traffic.
        pub live_version_id: Option<VersionId>,
        /// The number of the next version.
        pub next_version: i64,
        /// When it was made.
        pub created_at: i64,
        /// When it last changed (other than its draft).
        pub updated_at: i64,
        /// When it was deleted. Functions here find only hooks that are not.
        pub deleted_at: Option<i64>,
    }
}

record! {
    /// What there is to know about a hook without its code: enough to say which version runs, how, or why none does.
    pub struct HookOutline in "hooks" key id {
        /// Its id.
        pub id: HookId,
        /// The project.
        pub project_id: ProjectId,
        /// The canonical id of its trigger.
        pub trigger_id: String,
        /// What it is made of.
        pub kind: HookKind,
        /// Its name for people.
        pub name: String,
        /// Whether live traffic runs it.
        pub enabled: bool,
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
        /// The version that serves live traffic.
        pub live_version_id: Option<VersionId>,
        /// When it was made.
        pub created_at: i64,
    }
}

/// A hook to be added.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields mean what they mean in `Hook`")]
pub struct NewHook {
    pub id: HookId,
    pub trigger_id: String,
    pub kind: HookKind,
    pub settings: HookSettings,
    pub language: String,
    pub draft_source: String,
    /// Who made it.
    pub author: String,
}

/// What can be set on a hook without touching its code.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the fields mean what they mean in `Hook`")]
pub struct HookSettings {
    pub name: String,
    pub on_error: Option<String>,
    pub cpu_ms: i64,
    pub wall_ms: i64,
    pub memory_mb: i64,
    pub allowed_hosts: Vec<String>,
}

/// What became of saving a draft.
#[derive(Debug, Clone, PartialEq)]
pub enum DraftSave {
    /// Saved; the hook as it is now.
    Saved(Hook),
    /// Somebody else saved first; the hook with the other draft.
    Conflict(Hook),
    /// There is no such hook.
    NotFound,
}

/// The hook with this id.
pub async fn by_id(conn: &mut Conn, project: &ProjectId, id: &HookId) -> Result<Option<Hook>, StoreError> {
    conn.find("WHERE project_id = $1 AND id = $2 AND deleted_at IS NULL", args![project, id]).await
}

/// The hook with this id even if it was deleted, for what speaks of the past.
pub async fn by_id_or_deleted(
    conn: &mut Conn,
    project: &ProjectId,
    id: &HookId,
) -> Result<Option<Hook>, StoreError> {
    conn.find("WHERE project_id = $1 AND id = $2", args![project, id]).await
}

/// A project's hooks (of one trigger if wanted), by trigger and in the order in which they run.
pub async fn list(
    conn: &mut Conn,
    project: &ProjectId,
    trigger_id: Option<&str>,
) -> Result<Vec<Hook>, StoreError> {
    let filter = Filter::new().and("project_id = ?", project).and_plain("deleted_at IS NULL");
    let (tail, args) = filter.and_some("trigger_id = ?", trigger_id).finish();
    conn.list(&format!("{tail} ORDER BY trigger_id, position, created_at, id"), args).await
}

/// All hooks, enabled or not, of one project or of all, without their sources.
pub async fn outlines(conn: &mut Conn, project: Option<&ProjectId>) -> Result<Vec<HookOutline>, StoreError> {
    let filter = Filter::new().and_plain("deleted_at IS NULL").and_some("project_id = ?", project);
    let (tail, args) = filter.finish();
    conn.list(&format!("{tail} ORDER BY project_id, trigger_id, position, created_at, id"), args).await
}

/// Adds a hook behind the others of its trigger: enabled, with a draft and nothing live.
pub async fn insert(
    conn: &mut Conn,
    project: &ProjectId,
    new: NewHook,
    now: i64,
) -> Result<Hook, StoreError> {
    let last: Option<Option<i64>> = conn
        .value(
            "SELECT MAX(position) AS value FROM hooks
            WHERE project_id = $1 AND trigger_id = $2 AND deleted_at IS NULL",
            args![project, new.trigger_id],
        )
        .await?;
    let settings = new.settings;
    let hook = Hook {
        id: new.id,
        project_id: project.clone(),
        trigger_id: new.trigger_id,
        kind: new.kind,
        name: settings.name,
        enabled: true,
        position: last.flatten().map_or(0, |last| last + 1),
        on_error: settings.on_error,
        cpu_ms: settings.cpu_ms,
        wall_ms: settings.wall_ms,
        memory_mb: settings.memory_mb,
        allowed_hosts: settings.allowed_hosts,
        language: new.language,
        draft_source: new.draft_source,
        draft_revision: 1,
        draft_updated_at: now,
        draft_updated_by: new.author,
        live_version_id: None,
        next_version: 1,
        created_at: now,
        updated_at: now,
        deleted_at: None,
    };
    conn.insert(&hook).await?;
    Ok(hook)
}

/// Changes what is not code. Of a hook that is live this takes effect at once: bump the
/// [generation](crate::deployments::bump) in the same transaction.
pub async fn update(
    conn: &mut Conn,
    project: &ProjectId,
    id: &HookId,
    settings: &HookSettings,
    now: i64,
) -> Result<Option<Hook>, StoreError> {
    let set = "name = $3, on_error = $4, cpu_ms = $5, wall_ms = $6, memory_mb = $7, allowed_hosts = $8,
        updated_at = $9";
    let HookSettings { name, on_error, cpu_ms, wall_ms, memory_mb, allowed_hosts } = settings;
    one(conn, project, id, set, args![name, on_error, cpu_ms, wall_ms, memory_mb, allowed_hosts, now]).await
}

/// Switches a hook on or off; see [`deployments::set_enabled`](crate::deployments::set_enabled), which also records it.
pub async fn set_enabled(
    conn: &mut Conn,
    project: &ProjectId,
    id: &HookId,
    enabled: bool,
    now: i64,
) -> Result<Option<Hook>, StoreError> {
    one(conn, project, id, "enabled = $3, updated_at = $4", args![enabled, now]).await
}

/// Says which version is live; see [`deployments::deploy`](crate::deployments::deploy), which does the rest too.
pub async fn set_live(
    conn: &mut Conn,
    project: &ProjectId,
    id: &HookId,
    version: Option<&VersionId>,
    now: i64,
) -> Result<Option<Hook>, StoreError> {
    one(conn, project, id, "live_version_id = $3, updated_at = $4", args![version, now]).await
}

/// Takes the next version number; no other caller gets the same.
pub async fn take_version_number(
    conn: &mut Conn,
    project: &ProjectId,
    id: &HookId,
) -> Result<Option<i64>, StoreError> {
    let hook = one(conn, project, id, "next_version = next_version + 1", args![]).await?;
    Ok(hook.map(|hook| hook.next_version - 1))
}

/// Sets the order within a trigger: the listed hooks come first, in this order, then the others as they were. Ids that
/// are not of this trigger are passed over. Returns the hooks in their new order.
pub async fn reorder(
    conn: &mut Conn,
    project: &ProjectId,
    trigger_id: &str,
    order: &[HookId],
    now: i64,
) -> Result<Vec<Hook>, StoreError> {
    let mut hooks = list(conn, project, Some(trigger_id)).await?;
    // The sort is stable, so those not listed keep their order behind the rest.
    hooks.sort_by_key(|hook| order.iter().position(|id| *id == hook.id).unwrap_or(usize::MAX));
    for (hook, position) in hooks.iter_mut().zip(0..) {
        if hook.position != position {
            let set = "position = $3, updated_at = $4";
            if let Some(moved) = one(conn, project, &hook.id, set, args![position, now]).await? {
                *hook = moved;
            }
        }
    }
    Ok(hooks)
}

/// Saves a draft on top of the revision that the author has seen.
pub async fn save_draft(
    conn: &mut Conn,
    project: &ProjectId,
    id: &HookId,
    expected_revision: i64,
    draft: Draft<'_>,
    now: i64,
) -> Result<DraftSave, StoreError> {
    let filter = "project_id = $1 AND id = $2 AND draft_revision = $3 AND deleted_at IS NULL";
    let set = "draft_source = $4, language = $5, draft_updated_by = $6, draft_updated_at = $7,
        draft_revision = draft_revision + 1";
    let values = args![draft.source, draft.language, draft.author, now];
    let saved = conn.update(filter, args![project, id, expected_revision], set, values).await?;
    if let Some(hook) = saved.into_iter().next() {
        return Ok(DraftSave::Saved(hook));
    }
    Ok(by_id(conn, project, id).await?.map_or(DraftSave::NotFound, DraftSave::Conflict))
}

/// A draft to be saved.
#[derive(Debug, Clone, Copy)]
pub struct Draft<'a> {
    /// The source.
    pub source: &'a str,
    /// Its language.
    pub language: &'a str,
    /// Who saves it.
    pub author: &'a str,
}

/// Deletes a hook: live traffic stops running it, what happened stays. `None` if there is no such hook. Bump the
/// [generation](crate::deployments::bump) in the same transaction.
pub async fn delete(
    conn: &mut Conn,
    project: &ProjectId,
    id: &HookId,
    now: i64,
) -> Result<Option<Hook>, StoreError> {
    one(conn, project, id, "deleted_at = $3, enabled = FALSE, updated_at = $3", args![now]).await
}

async fn one(
    conn: &mut Conn,
    project: &ProjectId,
    id: &HookId,
    set: &str,
    values: Vec<Cell>,
) -> Result<Option<Hook>, StoreError> {
    let filter = "project_id = $1 AND id = $2 AND deleted_at IS NULL";
    Ok(conn.update(filter, args![project, id], set, values).await?.into_iter().next())
}
