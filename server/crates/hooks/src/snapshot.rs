//! What is live, in memory: projects and their hooks. Traffic reads it without a lock or a query; a deployment swaps
//! it.

#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use contract::{
    catalogue::triggers::Trigger,
    ids::{HookId, ProjectId, VersionId},
    manage::{HookSettings, ProjectSettings, SkipReason},
};
use script::{Compiled, Program};
use store::{Conn, StoreError, hook_versions, hooks::HookOutline, projects};

use crate::{
    Hooks,
    error::HooksError,
    loaded::{Gate, LoadedHook},
    project::ProjectInfo,
    redact::Redactor,
};

/// Everything that is live.
#[derive(Default)]
pub(crate) struct Snapshot {
    projects: HashMap<ProjectId, Arc<Project>>,
    by_slug: HashMap<String, ProjectId>,
    by_host: HashMap<String, ProjectId>,
    default: Option<ProjectId>,
    /// The store's generation that this was read at.
    generation: i64,
}

/// A project with its hooks, those that do not run included: their turn is recorded with the reason.
struct Project {
    info: Arc<ProjectInfo>,
    hooks: HashMap<Trigger, Arc<[Arc<LoadedHook>]>>,
    /// Loaded versions by what they were made from, so that a change elsewhere does not load them again.
    loaded: HashMap<HookId, (Fingerprint, Arc<LoadedHook>)>,
}

/// A deployment that this process has made.
pub struct Deployment {
    /// What is live now.
    pub version: VersionId,
    /// The generation that it made.
    pub generation: i64,
    /// The version, if it has been loaded: then not even its first request has to. It is kept only if the version is
    /// live, which another deployment may have prevented.
    pub program: Option<Program>,
}

impl Project {
    /// The hook that runs this version.
    fn running(&self, version: &VersionId) -> Option<&LoadedHook> {
        let (_, hook) = self.loaded.values().find(|(from, _)| from.version.as_ref() == Some(version))?;
        Some(hook)
    }

    /// Versions that do not run any more.
    fn gone_from<'a>(&'a self, new: Option<&'a Arc<Project>>) -> impl Iterator<Item = &'a VersionId> {
        self.loaded.iter().filter_map(move |(hook, (made_from, _))| {
            let version = made_from.version.as_ref()?;
            let running = new.and_then(|new| new.loaded.get(hook)?.0.version.as_ref());
            (running != Some(version)).then_some(version)
        })
    }
}

/// What a loaded hook depends on.
#[derive(Clone, PartialEq)]
struct Fingerprint {
    /// The version that runs; none while the gate is closed.
    version: Option<VersionId>,
    gate: Gate,
    name: String,
    settings: HookSettings,
}

impl Snapshot {
    fn from_projects(projects: HashMap<ProjectId, Arc<Project>>, generation: i64) -> Self {
        let infos = || projects.values().map(|project| &project.info);
        let by_slug = infos().map(|info| (info.slug.clone(), info.id.clone())).collect();
        let by_host = infos().filter_map(|info| Some((info.custom_host.clone()?, info.id.clone()))).collect();
        let default = infos().find(|info| info.is_default).map(|info| info.id.clone());
        Self { by_slug, by_host, default, generation, projects }
    }

    /// Whether this version of a hook is live.
    pub(crate) fn runs(&self, project: &ProjectId, hook: &HookId, version: &VersionId) -> bool {
        let loaded = self.projects.get(project).and_then(|project| project.loaded.get(hook));
        loaded.is_some_and(|(from, _)| from.version.as_ref() == Some(version))
    }
}

impl Hooks {
    /// The project of this slug.
    pub fn project_by_slug(&self, slug: &str) -> Option<Arc<ProjectInfo>> {
        let snapshot = self.inner.snapshot.load();
        let id = snapshot.by_slug.get(slug)?;
        snapshot.projects.get(id).map(|project| project.info.clone())
    }

    /// The project that this host name (lower case, without port) belongs to.
    pub fn project_by_host(&self, host: &str) -> Option<Arc<ProjectInfo>> {
        let snapshot = self.inner.snapshot.load();
        let id = snapshot.by_host.get(host)?;
        snapshot.projects.get(id).map(|project| project.info.clone())
    }

    /// The project of requests that name none.
    pub fn default_project(&self) -> Option<Arc<ProjectInfo>> {
        let snapshot = self.inner.snapshot.load();
        let id = snapshot.default.as_ref()?;
        snapshot.projects.get(id).map(|project| project.info.clone())
    }

    /// The project of this id.
    pub fn project_by_id(&self, id: &ProjectId) -> Option<Arc<ProjectInfo>> {
        self.inner.snapshot.load().projects.get(id).map(|project| project.info.clone())
    }

    /// The hooks of a trigger, in order.
    pub(crate) fn candidates(&self, project: &ProjectId, trigger: Trigger) -> Arc<[Arc<LoadedHook>]> {
        let snapshot = self.inner.snapshot.load();
        let hooks = snapshot.projects.get(project).and_then(|project| project.hooks.get(&trigger));
        hooks.cloned().unwrap_or_else(|| Arc::new([]))
    }

    /// Reads everything anew.
    ///
    /// # Errors
    /// When the database is away or holds what cannot be understood; what was live stays live.
    pub async fn reload(&self) -> Result<(), HooksError> {
        // From reading to swapping there is one at a time: a slow reload must not overwrite what a later one has read.
        let mut ahead = self.inner.reloading.lock().await;
        let session = self.inner.db.live();
        let mut conn = session.read().await?;
        // Read first: a deployment in between makes this snapshot newer than its number, never older.
        let generation = store::deployments::generation(&mut conn).await?;
        let before = self.inner.snapshot.load_full();
        let mut outlines: HashMap<ProjectId, Vec<HookOutline>> = HashMap::new();
        for outline in store::hooks::outlines(&mut conn, None).await? {
            outlines.entry(outline.project_id.clone()).or_default().push(outline);
        }
        let mut found = HashMap::new();
        for row in projects::list(&mut conn).await? {
            let id = row.id.clone();
            let known = before.projects.get(&id);
            let hooks = outlines.remove(&id).unwrap_or_default();
            found.insert(id, Arc::new(self.project(&mut conn, row, hooks, known).await?));
        }
        ahead.retain(|later| *later > generation);
        self.swap(&before, Snapshot::from_projects(found, with_those_ahead(generation, &mut ahead)));
        Ok(())
    }

    /// Makes a deployment of this process live.
    ///
    /// # Errors
    /// As [`Hooks::reload`].
    pub async fn deployed(&self, project: &ProjectId, deployment: Deployment) -> Result<(), HooksError> {
        self.read_project(project, Some(deployment)).await
    }

    /// Reads one project anew, after a change that this process made.
    ///
    /// # Errors
    /// As [`Hooks::reload`].
    pub async fn reload_project(&self, id: &ProjectId) -> Result<(), HooksError> {
        self.read_project(id, None).await
    }

    /// Reads one project. The generation of a deployment has to be that of a change of this project only: when it
    /// follows the one that everything was read at, nothing else needs to be read for it.
    async fn read_project(&self, id: &ProjectId, made: Option<Deployment>) -> Result<(), HooksError> {
        let mut ahead = self.inner.reloading.lock().await;
        let session = self.inner.db.live();
        let mut conn = session.read().await?;
        let before = self.inner.snapshot.load_full();
        let mut projects = before.projects.clone();
        match projects::by_id(&mut conn, id).await? {
            Some(row) => {
                let hooks = store::hooks::outlines(&mut conn, Some(id)).await?;
                let project = self.project(&mut conn, row, hooks, before.projects.get(id)).await?;
                if let Some(Deployment { version, program: Some(program), .. }) = &made
                    && let Some(hook) = project.running(version)
                {
                    // It is live in a moment: nothing can fail from here on.
                    self.inner.programs.keep(id, version, program.clone(), || true);
                    hook.forget_code();
                }
                projects.insert(id.clone(), Arc::new(project));
            }
            None => {
                projects.remove(id);
            }
        }
        ahead.extend(made.map(|made| made.generation).filter(|made| *made > before.generation));
        let generation = with_those_ahead(before.generation, &mut ahead);
        self.swap(&before, Snapshot::from_projects(projects, generation));
        Ok(())
    }

    fn swap(&self, before: &Snapshot, now: Snapshot) {
        let now = Arc::new(now);
        self.inner.snapshot.store(now.clone());
        for (id, old) in &before.projects {
            match now.projects.get(id) {
                Some(new) if Arc::ptr_eq(new, old) => {}
                new => self.inner.programs.forget(id, old.gone_from(new)),
            }
        }
    }

    /// Reads everything anew if anything was changed since that is not known to be live, by another process or, other
    /// than by a deployment, by this one; whether there was.
    ///
    /// # Errors
    /// As [`Hooks::reload`].
    pub async fn refresh(&self) -> Result<bool, HooksError> {
        let generation = {
            let session = self.inner.db.live();
            let mut conn = session.read().await?;
            store::deployments::generation(&mut conn).await?
        };
        let stale = generation != self.inner.snapshot.load().generation;
        if stale {
            self.reload().await?;
        }
        Ok(stale)
    }

    async fn project(
        &self,
        conn: &mut Conn,
        row: projects::Project,
        outlines: Vec<HookOutline>,
        known: Option<&Arc<Project>>,
    ) -> Result<Project, HooksError> {
        let settings = ProjectSettings::deserialize_or_default(&row.settings);
        let secrets = self.secrets(conn, &row.id).await?;
        let mut hooks: HashMap<Trigger, Vec<Arc<LoadedHook>>> = HashMap::new();
        let mut loaded = HashMap::new();
        for outline in outlines {
            let id = outline.id.clone();
            let Ok(trigger) = outline.trigger_id.parse::<Trigger>() else {
                tracing::warn!(hook.id = %id, trigger = outline.trigger_id, "a hook of an unknown trigger is skipped");
                continue;
            };
            let fingerprint = Fingerprint::of(&outline);
            let reused = known
                .and_then(|project| project.loaded.get(&id))
                .filter(|(old, _)| *old == fingerprint)
                .map(|(_, hook)| hook.clone());
            let hook = match reused {
                Some(hook) => hook,
                None => Arc::new(self.hook(conn, outline, trigger, &fingerprint).await?),
            };
            loaded.insert(id, (fingerprint, hook.clone()));
            hooks.entry(trigger).or_default().push(hook);
        }
        let info = ProjectInfo {
            id: row.id,
            slug: row.slug,
            name: row.name,
            environment: row.environment,
            custom_host: row.custom_host,
            is_default: row.is_default,
            settings,
            redactor: Redactor::new(secrets.values().map(String::as_str)),
            secrets,
            // Those that go on now count after this change, too.
            look_ups: known.map(|project| project.info.look_ups.clone()).unwrap_or_default(),
        };
        let hooks = hooks.into_iter().map(|(trigger, hooks)| (trigger, hooks.into())).collect();
        Ok(Project { info: Arc::new(info), hooks, loaded })
    }

    /// A hook with the code of its fingerprint's version. A version never changes, so reading it after the list of hooks
    /// cannot mix up two of them.
    async fn hook(
        &self,
        conn: &mut Conn,
        outline: HookOutline,
        trigger: Trigger,
        fingerprint: &Fingerprint,
    ) -> Result<LoadedHook, HooksError> {
        let settings = fingerprint.settings.clone();
        let HookOutline { id, name, project_id, .. } = outline;
        Ok(match &fingerprint.version {
            Some(version) => {
                let code = code(conn, &project_id, &id, version).await?;
                let hook = LoadedHook::live(id, name, trigger, settings, version.clone(), code);
                if self.inner.programs.has(&project_id, version) {
                    hook.forget_code();
                }
                hook
            }
            None => LoadedHook::closed(id, name, trigger, fingerprint.gate, settings),
        })
    }

    /// The project's secrets that can be opened. One that cannot is missing for its hooks, and no more than that: it
    /// must not keep the other projects' changes from going live.
    async fn secrets(
        &self,
        conn: &mut Conn,
        project: &ProjectId,
    ) -> Result<BTreeMap<String, String>, HooksError> {
        let mut secrets = BTreeMap::new();
        for secret in store::secrets::list(conn, project).await? {
            let context = store::secrets::context(project, &secret.name);
            match self.inner.vault.open(&context, secret.value.expose()) {
                Ok(plain) => {
                    secrets.insert(secret.name, String::from_utf8_lossy(&plain).into_owned());
                }
                Err(error) => {
                    tracing::error!(project.id = %project, secret = secret.name, %error, "a secret cannot be opened");
                }
            }
        }
        Ok(secrets)
    }
}

impl Fingerprint {
    fn of(outline: &HookOutline) -> Self {
        let gate = match &outline.live_version_id {
            None => Gate::Closed(SkipReason::NotDeployed),
            Some(_) if !outline.enabled => Gate::Closed(SkipReason::Disabled),
            Some(_) => Gate::Open,
        };
        Self {
            version: outline.live_version_id.clone().filter(|_| gate == Gate::Open),
            gate,
            name: outline.name.clone(),
            settings: settings(
                outline.on_error.as_deref(),
                [outline.cpu_ms, outline.wall_ms, outline.memory_mb],
                &outline.allowed_hosts,
            ),
        }
    }
}

/// The generation that is live when the changes of this process that come next are. One of another process in between
/// ends that, and everything is read at the next look.
fn with_those_ahead(mut generation: i64, ahead: &mut BTreeSet<i64>) -> i64 {
    while ahead.remove(&(generation + 1)) {
        generation += 1;
    }
    generation
}

/// Number and code of a version. Code that cannot be understood is none: its runs fail, and no other hook's.
pub(crate) async fn code(
    conn: &mut Conn,
    project: &ProjectId,
    hook: &HookId,
    version: &VersionId,
) -> Result<(Option<u32>, Option<Compiled>), StoreError> {
    let row = match hook_versions::code(conn, project, version).await {
        Ok(row) => row,
        Err(error @ StoreError::Corrupt { .. }) => {
            tracing::error!(hook.id = %hook, %error, "a hook's live version cannot be read");
            None
        }
        Err(error) => return Err(error),
    };
    let Some(row) = row else { return Ok((None, None)) };
    let compiled = serde_json::from_value(row.compiled)
        .inspect_err(|error| tracing::error!(hook.id = %hook, %error, "a hook's live version cannot be read"))
        .ok();
    Ok((u32::try_from(row.number).ok(), compiled))
}

/// The settings columns of a hook.
pub fn settings_of(hook: &store::hooks::Hook) -> HookSettings {
    settings(hook.on_error.as_deref(), [hook.cpu_ms, hook.wall_ms, hook.memory_mb], &hook.allowed_hosts)
}

fn settings(on_error: Option<&str>, limits: [i64; 3], allowed_hosts: &[String]) -> HookSettings {
    let [cpu_ms, wall_ms, memory_mb] = limits.map(|value| u32::try_from(value).unwrap_or_default());
    HookSettings {
        on_error: on_error.and_then(|word| word.parse().ok()),
        cpu_ms,
        wall_ms,
        memory_mb,
        allowed_hosts: allowed_hosts.to_vec(),
    }
}
