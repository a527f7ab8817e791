//! Hooks and their drafts.

use ::hooks::settings_of;
use contract::{
    catalogue::{
        triggers::{HookKind, Trigger},
        typescript,
    },
    error::{ErrorBody, ErrorCode},
    ids::{HookId, ProjectId},
    manage::{
        CheckResult, CreateHook, Draft, Hook, HookSettings, HookState, Language, SaveDraft, Scope, TypeFile,
        UpdateHook,
    },
};
use serde_json::json;
use store::{
    Conn, deployments, hook_versions,
    hooks::{self, DraftSave, HookOutline},
    projects,
};

use crate::{
    Actor, Manage, Outcome, audit::Act, compile::MAX_SOURCE, convert::check_hosts, invalid, shortened,
    summary, unchanged,
};

/// Hooks that a trigger has at most: all of them run within one request.
const MOST_OF_TRIGGER: usize = 50;
/// Hooks that a project has at most.
const MOST_OF_PROJECT: usize = 200;
/// Drafts are saved while they are typed: within this time the log has one line for all that somebody saved of one.
const DRAFT_QUIET_MS: i64 = 15 * 60 * 1000;

impl Manage {
    /// The hooks of a project, by trigger and in the order in which they run.
    ///
    /// # Errors
    /// Unknown project, missing scope `read:hooks`, database away.
    pub async fn hooks(&self, actor: &Actor, slug: &str, trigger: Option<Trigger>) -> Outcome<Vec<Hook>> {
        actor.require(Scope::ReadHooks)?;
        let project = self.project_info(actor, slug)?;
        let session = self.inner.db.live();
        let mut conn = session.read().await?;
        let rows = hooks::list(&mut conn, &project.id, trigger.map(Trigger::as_str)).await?;
        let mut found = Vec::with_capacity(rows.len());
        for row in rows {
            found.push(self.hook_dto(&mut conn, row).await?);
        }
        Ok(found)
    }

    /// A hook with its draft and what is live.
    ///
    /// # Errors
    /// Unknown project or hook, missing scope `read:hooks`, database away.
    pub async fn hook(&self, actor: &Actor, slug: &str, id: &HookId) -> Outcome<Hook> {
        actor.require(Scope::ReadHooks)?;
        let project = self.project_info(actor, slug)?;
        let session = self.inner.db.live();
        let mut conn = session.read().await?;
        let row = found(hooks::by_id(&mut conn, &project.id, id).await?)?;
        self.hook_dto(&mut conn, row).await
    }

    /// Makes a hook with a first draft; nothing goes live.
    ///
    /// # Errors
    /// Unknown project, missing scope `create:hooks`, invalid field, database away.
    pub async fn create_hook(&self, actor: &Actor, slug: &str, request: CreateHook) -> Outcome<Hook> {
        actor.require(Scope::CreateHooks)?;
        let project = self.project_info(actor, slug)?;
        let trigger = wired(&request.trigger)?;
        let language = request.language.unwrap_or(Language::TypeScript);
        let source = request.source.unwrap_or_else(|| starter(trigger, language));
        check_source(&source)?;
        let name = match request.name {
            Some(name) => hook_name(&name)?,
            None => trigger.spec().title.to_owned(),
        };
        let settings = request.settings.unwrap_or_default();
        check_settings(&settings)?;
        let now = self.now();
        let new = hooks::NewHook {
            id: store::new_id::<HookId>(now),
            trigger_id: trigger.as_str().into(),
            kind: hooks::HookKind::Code,
            settings: stored_settings(name, &settings),
            language: language.as_str().into(),
            draft_source: source,
            author: actor.label().into(),
        };
        let session = self.inner.db.live();
        let mut conn = session.write().await?;
        projects::lock(&mut conn, &project.id).await?;
        check_room(&hooks::outlines(&mut conn, Some(&project.id)).await?, trigger)?;
        let row = hooks::insert(&mut conn, &project.id, new, now).await?;
        deployments::bump(&mut conn).await?;
        self.audit_hook(&mut conn, actor, &row, "hook.create", json!({"trigger": trigger, "name": row.name}))
            .await?;
        let dto = self.hook_dto(&mut conn, row).await?;
        conn.commit().await?;
        self.reload(&project.id).await?;
        Ok(dto)
    }

    /// Changes name, settings, order, or switches a hook on or off; goes live at once.
    ///
    /// # Errors
    /// Unknown project or hook, missing scope `update:hooks`, invalid field, database away; `conflict` when it was
    /// changed since the given time.
    pub async fn update_hook(
        &self,
        actor: &Actor,
        slug: &str,
        id: &HookId,
        mut request: UpdateHook,
    ) -> Outcome<Hook> {
        actor.require(Scope::UpdateHooks)?;
        let project = self.project_info(actor, slug)?;
        let name = request.name.as_deref().map(hook_name).transpose()?;
        if let Some(settings) = &request.settings {
            check_settings(settings)?;
        }
        let session = self.inner.db.live();
        let mut conn = session.write().await?;
        projects::lock(&mut conn, &project.id).await?;
        let mut row = found(hooks::by_id(&mut conn, &project.id, id).await?)?;
        unchanged("hook", request.updated_at.take(), row.updated_at)?;
        // Later than the last change even within one millisecond: it stands for the state that was seen.
        let now = self.now().max(row.updated_at + 1);
        if name.is_some() || request.settings.is_some() {
            let settings = request.settings.clone().unwrap_or_else(|| settings_of(&row));
            let settings = stored_settings(name.unwrap_or_else(|| row.name.clone()), &settings);
            row = found(hooks::update(&mut conn, &project.id, id, &settings, now).await?)?;
        }
        let switched = request.enabled.filter(|enabled| *enabled != row.enabled);
        if let Some(enabled) = switched {
            let changed =
                deployments::set_enabled(&mut conn, &project.id, id, enabled, actor.label(), now).await?;
            row = found(changed)?;
        }
        if let Some(order) = request.order {
            let mut ids: Vec<HookId> = hooks::list(&mut conn, &project.id, Some(&row.trigger_id))
                .await?
                .into_iter()
                .map(|hook| hook.id)
                .filter(|other| other != id)
                .collect();
            ids.insert((order as usize).min(ids.len()), id.clone());
            hooks::reorder(&mut conn, &project.id, &row.trigger_id, &ids, now).await?;
            row = found(hooks::by_id(&mut conn, &project.id, id).await?)?;
        }
        deployments::bump(&mut conn).await?;
        let action = match switched {
            Some(true) => "hook.enable",
            Some(false) => "hook.disable",
            None => "hook.update",
        };
        self.audit_hook(&mut conn, actor, &row, action, json!({"changes": request})).await?;
        let dto = self.hook_dto(&mut conn, row).await?;
        conn.commit().await?;
        self.reload(&project.id).await?;
        Ok(dto)
    }

    /// Deletes a hook: live traffic stops running it at once. Its runs stay in the log.
    ///
    /// # Errors
    /// Unknown project or hook, missing scope `delete:hooks`, database away.
    pub async fn delete_hook(&self, actor: &Actor, slug: &str, id: &HookId) -> Outcome<()> {
        actor.require(Scope::DeleteHooks)?;
        let project = self.project_info(actor, slug)?;
        let session = self.inner.db.live();
        let mut conn = session.write().await?;
        let row = found(hooks::delete(&mut conn, &project.id, id, self.now()).await?)?;
        deployments::bump(&mut conn).await?;
        self.audit_hook(&mut conn, actor, &row, "hook.delete", json!({"name": row.name})).await?;
        conn.commit().await?;
        self.reload(&project.id).await
    }

    /// Saves a draft on top of the revision that its author has seen. A draft never serves live traffic (row A11).
    ///
    /// # Errors
    /// Unknown project or hook, missing scope `update:hooks`, a source that is too large, database away;
    /// `draft_conflict` when somebody else saved first: its details hold `theirs` (the draft) and `yours` (the text).
    pub async fn save_draft(
        &self,
        actor: &Actor,
        slug: &str,
        id: &HookId,
        request: SaveDraft,
    ) -> Outcome<Draft> {
        actor.require(Scope::UpdateHooks)?;
        let project = self.project_info(actor, slug)?;
        check_source(&request.source)?;
        let session = self.inner.db.live();
        let mut conn = session.write().await?;
        let row = found(hooks::by_id(&mut conn, &project.id, id).await?)?;
        let language = request.language.map_or(row.language, |language| language.as_str().to_owned());
        let draft = hooks::Draft { source: &request.source, language: &language, author: actor.label() };
        let saved =
            hooks::save_draft(&mut conn, &project.id, id, request.revision, draft, self.now()).await?;
        match saved {
            DraftSave::Saved(row) => {
                let change = json!({"revision": row.draft_revision});
                let act = act_on(&row, "hook.draft", change);
                self.audited_once(&mut conn, actor, DRAFT_QUIET_MS, act).await?;
                conn.commit().await?;
                Ok(draft_dto(&row))
            }
            DraftSave::Conflict(row) => Err(draft_conflict(&row, &request.source)),
            DraftSave::NotFound => Err(unknown_hook()),
        }
    }

    /// Whether the draft (or the given text) compiles, what it exports, and which secrets it lacks.
    ///
    /// # Errors
    /// Unknown project or hook, missing scope `read:hooks`, a source that is too large, database away; `busy`
    /// when too much is being compiled.
    pub async fn check(
        &self,
        actor: &Actor,
        slug: &str,
        id: &HookId,
        source: Option<String>,
    ) -> Outcome<CheckResult> {
        actor.require(Scope::ReadHooks)?;
        let project = self.project_info(actor, slug)?;
        let row = self.hook_row(&project.id, id).await?;
        let source = source.unwrap_or_else(|| row.draft_source.clone());
        self.check_source(&project, trigger_of(&row)?, &source, language_of(&row.language)).await
    }

    /// Type declarations for the editor (row A9).
    ///
    /// # Errors
    /// Unknown project or hook, missing scope `read:hooks`, database away.
    pub async fn types(&self, actor: &Actor, slug: &str, id: &HookId) -> Outcome<Vec<TypeFile>> {
        actor.require(Scope::ReadHooks)?;
        let project = self.project_info(actor, slug)?;
        let row = self.hook_row(&project.id, id).await?;
        let secrets: Vec<String> = project.secret_names().map(str::to_owned).collect();
        Ok(vec![
            TypeFile { name: "platform.d.ts".into(), text: script::PLATFORM.into() },
            TypeFile {
                name: "hook.d.ts".into(),
                text: typescript::declarations(trigger_of(&row)?, &secrets),
            },
        ])
    }

    pub(crate) async fn hook_row(&self, project: &ProjectId, id: &HookId) -> Outcome<hooks::Hook> {
        let session = self.inner.db.live();
        let mut conn = session.read().await?;
        found(hooks::by_id(&mut conn, project, id).await?)
    }

    pub(crate) async fn audit_hook(
        &self,
        conn: &mut Conn,
        actor: &Actor,
        row: &hooks::Hook,
        action: &'static str,
        details: serde_json::Value,
    ) -> Outcome<()> {
        Ok(self.audited(conn, actor, act_on(row, action, details)).await?)
    }

    async fn hook_dto(&self, conn: &mut Conn, row: hooks::Hook) -> Outcome<Hook> {
        let live = match &row.live_version_id {
            Some(version) => hook_versions::by_id(conn, &row.project_id, version).await?,
            None => None,
        };
        let trigger = trigger_of(&row)?;
        let summary = match &live {
            Some(version) => summary::of_compiled(trigger, &version.compiled),
            None => summary::of_draft(trigger),
        };
        Ok(Hook {
            id: row.id.clone(),
            trigger,
            kind: HookKind::Code,
            name: row.name.clone(),
            state: state(row.live_version_id.is_some(), row.enabled),
            enabled: row.enabled,
            order: u32::try_from(row.position).unwrap_or_default(),
            settings: settings_of(&row),
            draft: draft_dto(&row),
            live_version: live.as_ref().and_then(|version| u32::try_from(version.number).ok()),
            draft_pending: live
                .as_ref()
                .is_none_or(|v| v.source != row.draft_source || v.language != row.language),
            live_source: live.map(|version| version.source),
            next_version: u32::try_from(row.next_version).unwrap_or_default(),
            summary,
            summary_origin: "code".into(),
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

fn act_on<'a>(row: &'a hooks::Hook, action: &'static str, change: serde_json::Value) -> Act<'a> {
    Act {
        project: Some(&row.project_id),
        action,
        target_kind: "hook",
        target: &row.name,
        details: json!({"id": row.id, "change": change}),
    }
}

/// How a hook stands.
pub(crate) fn state(live: bool, enabled: bool) -> HookState {
    match (live, enabled) {
        (false, _) => HookState::NotDeployed,
        (true, true) => HookState::Enabled,
        (true, false) => HookState::Disabled,
    }
}

/// The answer to a text that was written on top of an older draft.
pub(crate) fn draft_conflict(row: &hooks::Hook, yours: &str) -> ErrorBody {
    let theirs = draft_dto(row);
    let message = format!(
        "{} saved this draft in the meantime. Both texts are kept: compare them and choose.",
        theirs.updated_by
    );
    ErrorBody::new(ErrorCode::DraftConflict, message).details(json!({"theirs": theirs, "yours": yours}))
}

pub(crate) fn unknown_hook() -> ErrorBody {
    ErrorBody::new(ErrorCode::UnknownHook, "There is no such hook in this project.")
}

pub(crate) fn found(row: Option<hooks::Hook>) -> Outcome<hooks::Hook> {
    row.ok_or_else(unknown_hook)
}

/// Whether there is room for one more hook of this trigger.
fn check_room(there: &[HookOutline], trigger: Trigger) -> Outcome<()> {
    let of_trigger = there.iter().filter(|hook| hook.trigger_id == trigger.as_str()).count();
    if of_trigger >= MOST_OF_TRIGGER {
        let title = trigger.spec().title;
        let message = format!("“{title}” has {of_trigger} hooks; it can have at most {MOST_OF_TRIGGER}.");
        return Err(invalid("trigger", message));
    }
    if there.len() >= MOST_OF_PROJECT {
        let message =
            format!("This project has {} hooks; it can have at most {MOST_OF_PROJECT}.", there.len());
        return Err(invalid("trigger", message));
    }
    Ok(())
}

/// The trigger of a stored hook.
pub(crate) fn trigger_of(row: &hooks::Hook) -> Outcome<Trigger> {
    row.trigger_id.parse().map_err(|_| {
        tracing::error!(hook.id = %row.id, trigger = row.trigger_id, "a stored hook has an unknown trigger");
        ErrorBody::new(ErrorCode::Internal, "This hook belongs to a trigger that this server does not know.")
    })
}

/// The language of a stored source.
pub(crate) fn language_of(stored: &str) -> Language {
    stored.parse().unwrap_or(Language::TypeScript)
}

pub(crate) fn draft_dto(row: &hooks::Hook) -> Draft {
    Draft {
        source: row.draft_source.clone(),
        language: language_of(&row.language),
        revision: row.draft_revision,
        updated_at: row.draft_updated_at,
        updated_by: row.draft_updated_by.clone(),
    }
}

fn wired(name: &str) -> Outcome<Trigger> {
    Trigger::find(name).filter(|trigger| trigger.spec().wired).ok_or_else(|| {
        let known: Vec<&str> = Trigger::wired().map(Trigger::as_str).collect();
        invalid(
            "trigger",
            format!("“{}” is not a trigger of this server; it has: {}.", shortened(name), known.join(", ")),
        )
    })
}

fn starter(trigger: Trigger, language: Language) -> String {
    let typed = typescript::starter(trigger);
    match language {
        Language::TypeScript => typed,
        Language::JavaScript => typescript::starter_javascript(trigger),
    }
}

fn hook_name(text: &str) -> Outcome<String> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > 80 {
        return Err(invalid("name", "Use a name of 1 to 80 characters."));
    }
    Ok(text.to_owned())
}

fn check_source(source: &str) -> Outcome<()> {
    if source.len() > MAX_SOURCE {
        return Err(invalid("source", format!("A source has at most {} KiB.", MAX_SOURCE >> 10)));
    }
    if source.contains('\0') {
        return Err(invalid("source", "A source cannot contain a null character."));
    }
    Ok(())
}

fn check_settings(settings: &HookSettings) -> Outcome<()> {
    let ranges = [
        ("cpu_ms", settings.cpu_ms, 1, 1000),
        ("wall_ms", settings.wall_ms, 10, 30_000),
        ("memory_mb", settings.memory_mb, 4, 64),
    ];
    for (field, value, low, high) in ranges {
        if !(low..=high).contains(&value) {
            return Err(invalid(
                &format!("settings.{field}"),
                format!("Choose a number from {low} to {high}."),
            ));
        }
    }
    check_hosts("settings.allowed_hosts", &settings.allowed_hosts)
}

fn stored_settings(name: String, settings: &HookSettings) -> hooks::HookSettings {
    hooks::HookSettings {
        name,
        on_error: settings.on_error.map(|policy| policy.as_str().to_owned()),
        cpu_ms: settings.cpu_ms.into(),
        wall_ms: settings.wall_ms.into(),
        memory_mb: settings.memory_mb.into(),
        allowed_hosts: settings.allowed_hosts.clone(),
    }
}
