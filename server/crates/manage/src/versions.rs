//! Deploying, history, rolling back.

use std::time::Duration;

use ::hooks::{Deployment, settings_of};
use contract::{
    error::{ErrorBody, ErrorCode},
    ids::{HookId, Id as _, ProjectId},
    manage::{
        DeployRequest, Deployed, Draft, RestoreRequest, RollbackRequest, Scope, Version, VersionFilter,
        VersionSource, VersionState,
    },
};
use script::{Limits, Program};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use store::{
    Conn,
    deployments::{self, Deploy, NewVersion},
    hook_runs, hook_versions,
    hooks::{self, DraftSave},
    projects,
};

use crate::{
    Actor, Manage, Outcome,
    compile::{compile_failed, missing_secrets, no_handler, warnings},
    hooks_of_project::{draft_conflict, draft_dto, found, language_of, trigger_of, unknown_hook},
    invalid, not_live, page,
    token::hex,
};

const MAX_NOTE: usize = 500;
/// How long rolling back waits for the old version to be loaded.
const LOADING: Duration = Duration::from_secs(2);

impl Manage {
    /// Deploys the draft: it becomes a version, and the next request of this project runs it (row A16).
    ///
    /// # Errors
    /// Unknown project or hook, missing scope `update:hooks`, database away; `compile_failed` with the places;
    /// `not_deployable` when a secret is missing and that is not allowed; `draft_conflict` when the draft is newer than the given revision.
    pub async fn deploy(
        &self,
        actor: &Actor,
        slug: &str,
        id: &HookId,
        request: DeployRequest,
    ) -> Outcome<Deployed> {
        actor.require(Scope::UpdateHooks)?;
        let project = self.project_info(actor, slug)?;
        let note = note(request.note)?;
        let row = self.hook_row(&project.id, id).await?;
        if let Some(revision) = request.revision
            && revision != row.draft_revision
        {
            let message = format!(
                "{} saved this draft after you looked at it. Look again before you deploy.",
                row.draft_updated_by
            );
            return Err(
                ErrorBody::new(ErrorCode::DraftConflict, message).details(json!({"theirs": draft_dto(&row)}))
            );
        }
        let trigger = trigger_of(&row)?;
        let language = language_of(&row.language);
        let ready = self.compiled(&project.id, trigger, &row.draft_source, language).await?;
        let ready = ready.map_err(compile_failed)?;
        if ready.handler.is_none() {
            return Err(compile_failed(vec![no_handler(trigger)]));
        }
        let missing = missing_secrets(&project, &row.draft_source);
        let allowed = request.allow_missing_secrets.unwrap_or_default();
        if !missing.is_empty() && !allowed {
            return Err(lacks_secrets(&missing));
        }
        let content = NewVersion {
            hash: hex(&Sha256::digest(row.draft_source.as_bytes())),
            source: row.draft_source.clone(),
            language: row.language.clone(),
            compiled: serde_json::to_value(&ready.compiled).unwrap_or_default(),
            settings: serde_json::to_value(settings_of(&row)).unwrap_or_default(),
            restored_from: None,
        };
        let session = self.inner.db.live();
        let mut conn = session.write().await?;
        projects::lock(&mut conn, &project.id).await?;
        let now_live = found(hooks::by_id(&mut conn, &project.id, id).await?)?;
        if now_live.live_version_id != row.live_version_id {
            // Compiling takes its time; what a colleague made live meanwhile, or rolled back to, is not overwritten.
            return Err(overtaken(&mut conn, &now_live).await?);
        }
        let now = self.now();
        let previous = live_number(&mut conn, &row).await?;
        let done =
            deployments::deploy(&mut conn, &project.id, id, content, &note, actor.label(), now).await?;
        let Some(done) = done else { return Err(unknown_hook()) };
        let details = json!({
            "version": done.version.number, "previous": previous, "note": note, "missing_secrets": missing,
        });
        self.audit_hook(&mut conn, actor, &done.hook, "hook.deploy", details).await?;
        conn.commit().await?;
        self.deployed(&project.id, &done, Some(ready.program)).await?;
        let warnings = warnings(&project, &row.draft_source);
        Ok(Deployed { version: number(done.version.number), previous, restored_from: None, warnings })
    }

    /// Rolls back: an old version's content goes live as a new version; the draft stays.
    ///
    /// # Errors
    /// Unknown project, hook or version, missing scope `update:hooks`, database away; `not_deployable` when the old
    /// version reads a secret that no longer exists and that is not allowed.
    pub async fn rollback(
        &self,
        actor: &Actor,
        slug: &str,
        id: &HookId,
        to: u32,
        request: RollbackRequest,
    ) -> Outcome<Deployed> {
        actor.require(Scope::UpdateHooks)?;
        let project = self.project_info(actor, slug)?;
        let note = match request.note.filter(|note| !note.trim().is_empty()) {
            Some(text) => note_checked(&text)?,
            None => format!("Roll back to v{to}"),
        };
        let program = self.program(&project.id, id, to).await?;
        let session = self.inner.db.live();
        let mut conn = session.write().await?;
        projects::lock(&mut conn, &project.id).await?;
        let row = found(hooks::by_id(&mut conn, &project.id, id).await?)?;
        let old = version_row(&mut conn, &row, to).await?;
        let missing = missing_secrets(&project, &old.source);
        // Whoever has an incident decides what is worse.
        if !missing.is_empty() && !request.allow_missing_secrets.unwrap_or_default() {
            return Err(lacks_secrets(&missing));
        }
        let warnings = warnings(&project, &old.source);
        let previous = live_number(&mut conn, &row).await?;
        let content = NewVersion {
            source: old.source,
            language: old.language,
            compiled: old.compiled,
            // Settings do not come back with the code: those of the hook stay in force, and the history says so.
            settings: serde_json::to_value(settings_of(&row)).unwrap_or_default(),
            hash: old.hash,
            restored_from: Some(old.number),
        };
        let now = self.now();
        let done =
            deployments::deploy(&mut conn, &project.id, id, content, &note, actor.label(), now).await?;
        let Some(done) = done else { return Err(unknown_hook()) };
        let details = json!({
            "version": done.version.number, "previous": previous, "restored_from": to, "note": note,
            "missing_secrets": missing,
        });
        self.audit_hook(&mut conn, actor, &done.hook, "hook.rollback", details).await?;
        conn.commit().await?;
        self.deployed(&project.id, &done, program).await?;
        Ok(Deployed { version: number(done.version.number), previous, restored_from: Some(to), warnings })
    }

    /// A version, loaded, so that no request has to wait for it. None when it cannot be loaded now: that must not keep
    /// anybody from rolling back, and the next request tells.
    async fn program(&self, project: &ProjectId, id: &HookId, wanted: u32) -> Outcome<Option<Program>> {
        let session = self.inner.db.live();
        let compiled = {
            let mut conn = session.read().await?;
            let row = found(hooks::by_id(&mut conn, project, id).await?)?;
            version_row(&mut conn, &row, wanted).await?.compiled
        };
        let Ok(compiled) = serde_json::from_value(compiled) else { return Ok(None) };
        let limits = Limits::default();
        let load = self.inner.hooks.sandbox().load(&compiled, &limits, project.as_str());
        Ok(tokio::time::timeout(LOADING, load).await.ok().and_then(Result::ok))
    }

    async fn deployed(&self, project: &ProjectId, done: &Deploy, program: Option<Program>) -> Outcome<()> {
        let (version, generation) = (done.version.id.clone(), done.generation);
        let deployment = Deployment { version, generation, program };
        self.inner.hooks.deployed(project, deployment).await.map_err(not_live)
    }

    /// Puts a version's source into the draft; nothing goes live.
    ///
    /// # Errors
    /// Unknown project, hook or version, missing scope `update:hooks`, database away; `draft_conflict` when the draft
    /// is newer than the given revision: its details hold `theirs` (the draft) and `yours` (the version's text).
    pub async fn restore(
        &self,
        actor: &Actor,
        slug: &str,
        id: &HookId,
        from: u32,
        request: RestoreRequest,
    ) -> Outcome<Draft> {
        actor.require(Scope::UpdateHooks)?;
        let project = self.project_info(actor, slug)?;
        let session = self.inner.db.live();
        let mut conn = session.write().await?;
        let row = found(hooks::by_id(&mut conn, &project.id, id).await?)?;
        let old = version_row(&mut conn, &row, from).await?;
        let draft = hooks::Draft { source: &old.source, language: &old.language, author: actor.label() };
        let seen = request.revision.unwrap_or(row.draft_revision);
        let saved = match hooks::save_draft(&mut conn, &project.id, id, seen, draft, self.now()).await? {
            DraftSave::Saved(saved) => saved,
            DraftSave::Conflict(theirs) => return Err(draft_conflict(&theirs, &old.source)),
            DraftSave::NotFound => return Err(unknown_hook()),
        };
        self.audit_hook(&mut conn, actor, &saved, "hook.restore", json!({"version": from})).await?;
        conn.commit().await?;
        Ok(draft_dto(&saved))
    }

    /// A page of the history, newest first.
    ///
    /// # Errors
    /// Unknown project or hook, missing scope `read:hooks`, database away.
    pub async fn versions(
        &self,
        actor: &Actor,
        slug: &str,
        id: &HookId,
        filter: VersionFilter,
    ) -> Outcome<Vec<Version>> {
        actor.require(Scope::ReadHooks)?;
        let project = self.project_info(actor, slug)?;
        let session = self.inner.db.live();
        let mut conn = session.read().await?;
        let row = found(hooks::by_id(&mut conn, &project.id, id).await?)?;
        let stats = hook_runs::errors_by_version(&mut conn, &project.id, id).await?;
        let limit = page::size(filter.limit)?;
        let before = filter.before.map(i64::from);
        let rows = hook_versions::list(&mut conn, &project.id, id, before, limit).await?;
        Ok(rows
            .into_iter()
            .map(|version| {
                let seen = stats.iter().find(|stat| stat.version == version.number);
                Version {
                    number: number(version.number),
                    state: state(&row, &version.id),
                    note: version.note,
                    author: version.author,
                    created_at: version.created_at,
                    restored_from: version.restored_from.map(number),
                    hash: version.hash,
                    runs: seen.map_or(0, |stat| stat.runs.unsigned_abs()),
                    errors: seen.map_or(0, |stat| stat.errors.unsigned_abs()),
                }
            })
            .collect())
    }

    /// A version with its source.
    ///
    /// # Errors
    /// Unknown project, hook or version, missing scope `read:hooks`, database away.
    pub async fn version(
        &self,
        actor: &Actor,
        slug: &str,
        id: &HookId,
        wanted: u32,
    ) -> Outcome<VersionSource> {
        actor.require(Scope::ReadHooks)?;
        let project = self.project_info(actor, slug)?;
        let session = self.inner.db.live();
        let mut conn = session.read().await?;
        let row = found(hooks::by_id(&mut conn, &project.id, id).await?)?;
        let version = version_row(&mut conn, &row, wanted).await?;
        let stats = hook_runs::errors_by_version(&mut conn, &project.id, id).await?;
        let seen = stats.iter().find(|stat| stat.version == version.number);
        Ok(VersionSource {
            language: language_of(&version.language),
            source: version.source,
            version: Version {
                number: number(version.number),
                state: state(&row, &version.id),
                note: version.note,
                author: version.author,
                created_at: version.created_at,
                restored_from: version.restored_from.map(number),
                hash: version.hash,
                runs: seen.map_or(0, |stat| stat.runs.unsigned_abs()),
                errors: seen.map_or(0, |stat| stat.errors.unsigned_abs()),
            },
        })
    }
}

fn state(row: &hooks::Hook, version: &contract::ids::VersionId) -> VersionState {
    if row.live_version_id.as_ref() == Some(version) { VersionState::Live } else { VersionState::Previous }
}

fn number(stored: i64) -> u32 {
    u32::try_from(stored).unwrap_or_default()
}

/// The answer to a deployment during which something else went live.
async fn overtaken(conn: &mut Conn, row: &hooks::Hook) -> Outcome<ErrorBody> {
    let live = live_number(conn, row).await?;
    let what = live.map_or_else(|| "another version".to_owned(), |number| format!("v{number}"));
    let message = format!("{what} went live while yours was being compiled. Look at it before you deploy.");
    Ok(ErrorBody::new(ErrorCode::DraftConflict, message)
        .details(json!({"theirs": draft_dto(row), "live_version": live})))
}

async fn live_number(conn: &mut Conn, row: &hooks::Hook) -> Outcome<Option<u32>> {
    let Some(live) = &row.live_version_id else { return Ok(None) };
    let version = hook_versions::by_id(conn, &row.project_id, live).await?;
    Ok(version.map(|version| number(version.number)))
}

pub(crate) async fn version_row(
    conn: &mut Conn,
    row: &hooks::Hook,
    wanted: u32,
) -> Outcome<hook_versions::HookVersion> {
    let version = hook_versions::by_number(conn, &row.project_id, &row.id, wanted.into()).await?;
    version.ok_or_else(|| {
        ErrorBody::new(ErrorCode::UnknownVersion, format!("“{}” has no version {wanted}.", row.name))
    })
}

fn lacks_secrets(missing: &[String]) -> ErrorBody {
    let message = format!(
        "The code reads secrets that this project does not have: {}. Add them first.",
        missing.join(", ")
    );
    ErrorBody::new(ErrorCode::NotDeployable, message).details(json!({"missing_secrets": missing}))
}

fn note(text: Option<String>) -> Outcome<String> {
    note_checked(&text.unwrap_or_default())
}

fn note_checked(text: &str) -> Outcome<String> {
    let text = text.trim();
    if text.chars().count() > MAX_NOTE {
        return Err(invalid("note", format!("A note has at most {MAX_NOTE} characters.")));
    }
    Ok(text.to_owned())
}
