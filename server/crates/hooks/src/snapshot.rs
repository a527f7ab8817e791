//! What is live, in memory: projects and their hooks. Traffic reads it without a lock or a query; a deployment swaps
//! it.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use contract::{
    catalogue::triggers::Trigger,
    ids::{HookId, ProjectId, VersionId},
    manage::{HookSettings, ProjectSettings, SkipReason},
};
use script::Compiled;
use store::{
    Conn,
    deployments::{self, Deployed},
    hooks::HookOutline,
    projects,
};

use crate::{
    Hooks,
    error::HooksError,
    loaded::{Gate, LoadedHook},
    project::ProjectInfo,
};

/// Everything that is live.
#[derive(Default)]
pub(crate) struct Snapshot {
    projects: HashMap<ProjectId, Arc<Project>>,
    by_slug: HashMap<String, ProjectId>,
    by_host: HashMap<String, ProjectId>,
    default: Option<ProjectId>,
    /// The store's generation that this was read at.
    generation: AtomicI64,
}

/// A project with its hooks, those that do not run included: their turn is recorded with the reason.
struct Project {
    info: Arc<ProjectInfo>,
    hooks: HashMap<Trigger, Arc<[Arc<LoadedHook>]>>,
    /// Loaded versions by what they were made from, so that a change elsewhere does not load them again.
    loaded: HashMap<HookId, (Fingerprint, Arc<LoadedHook>)>,
}

/// What a loaded hook depends on.
#[derive(Clone, PartialEq)]
struct Fingerprint {
    version: Option<VersionId>,
    enabled: bool,
    name: String,
    settings: HookSettings,
}

impl Snapshot {
    fn from_projects(projects: HashMap<ProjectId, Arc<Project>>, generation: i64) -> Self {
        let infos = || projects.values().map(|project| &project.info);
        let by_slug = infos().map(|info| (info.slug.clone(), info.id.clone())).collect();
        let by_host = infos().filter_map(|info| Some((info.custom_host.clone()?, info.id.clone()))).collect();
        let default = infos().find(|info| info.is_default).map(|info| info.id.clone());
        Self { by_slug, by_host, default, generation: AtomicI64::new(generation), projects }
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
        let session = self.inner.db.live();
        let mut conn = session.read().await?;
        // Read first: a deployment in between makes this snapshot newer than its number, never older.
        let generation = store::deployments::generation(&mut conn).await?;
        let before = self.inner.snapshot.load_full();
        let mut candidates = candidates(&mut conn, None).await?;
        let mut found = HashMap::new();
        for row in projects::list(&mut conn).await? {
            let id = row.id.clone();
            let known = before.projects.get(&id);
            let hooks = candidates.remove(&id).unwrap_or_default();
            found.insert(id, Arc::new(self.project(&mut conn, row, hooks, known).await?));
        }
        self.inner.snapshot.store(Arc::new(Snapshot::from_projects(found, generation)));
        Ok(())
    }

    /// Reads one project anew, after a change that this process made.
    ///
    /// # Errors
    /// As [`Hooks::reload`].
    pub async fn reload_project(&self, id: &ProjectId) -> Result<(), HooksError> {
        let session = self.inner.db.live();
        let mut conn = session.read().await?;
        let before = self.inner.snapshot.load_full();
        let project = match projects::by_id(&mut conn, id).await? {
            Some(row) => {
                let hooks = candidates(&mut conn, Some(id)).await?.remove(id).unwrap_or_default();
                Some(Arc::new(self.project(&mut conn, row, hooks, before.projects.get(id)).await?))
            }
            None => None,
        };
        // Two changes of different projects at once: each puts its project into the newest snapshot.
        self.inner.snapshot.rcu(|current| {
            let mut projects = current.projects.clone();
            match &project {
                Some(project) => projects.insert(id.clone(), project.clone()),
                None => projects.remove(id),
            };
            Snapshot::from_projects(projects, current.generation.load(Ordering::Relaxed))
        });
        Ok(())
    }

    /// Reads everything anew if another process has changed anything since.
    pub(crate) async fn reload_if_stale(&self) -> Result<(), HooksError> {
        let generation = {
            let session = self.inner.db.live();
            let mut conn = session.read().await?;
            store::deployments::generation(&mut conn).await?
        };
        if generation != self.inner.snapshot.load().generation.load(Ordering::Relaxed) {
            self.reload().await?;
        }
        Ok(())
    }

    async fn project(
        &self,
        conn: &mut Conn,
        row: projects::Project,
        candidates: Vec<Candidate>,
        known: Option<&Arc<Project>>,
    ) -> Result<Project, HooksError> {
        let settings = ProjectSettings::deserialize_or_default(&row.settings);
        let mut secrets = BTreeMap::new();
        for secret in store::secrets::list(conn, &row.id).await? {
            let context = format!("secret:{}:{}", row.id, secret.name);
            let plain = self.inner.vault.open(&context, secret.value.expose())?;
            secrets.insert(secret.name, String::from_utf8_lossy(&plain).into_owned());
        }
        let mut hooks: HashMap<Trigger, Vec<Arc<LoadedHook>>> = HashMap::new();
        let mut loaded = HashMap::new();
        for candidate in candidates {
            let id = candidate.outline.id.clone();
            let Ok(trigger) = candidate.outline.trigger_id.parse::<Trigger>() else {
                tracing::warn!(hook.id = %id, trigger = candidate.outline.trigger_id, "a hook of an unknown trigger is skipped");
                continue;
            };
            let fingerprint = Fingerprint::of(&candidate);
            let reused = known
                .and_then(|project| project.loaded.get(&id))
                .filter(|(old, _)| *old == fingerprint)
                .map(|(_, hook)| hook.clone());
            let hook = match reused {
                Some(hook) => hook,
                None => Arc::new(load(candidate, trigger)?),
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
            secrets,
        };
        let hooks = hooks.into_iter().map(|(trigger, hooks)| (trigger, hooks.into())).collect();
        Ok(Project { info: Arc::new(info), hooks, loaded })
    }
}

/// A hook, and what is live of it.
struct Candidate {
    outline: HookOutline,
    live: Option<Deployed>,
}

async fn candidates(
    conn: &mut Conn,
    project: Option<&ProjectId>,
) -> Result<HashMap<ProjectId, Vec<Candidate>>, HooksError> {
    let deployed = deployments::deployed(conn, project).await?;
    let mut live: HashMap<HookId, Deployed> =
        deployed.into_iter().map(|row| (row.hook_id.clone(), row)).collect();
    let mut found: HashMap<ProjectId, Vec<Candidate>> = HashMap::new();
    for outline in store::hooks::outlines(conn, project).await? {
        let live = live.remove(&outline.id);
        found.entry(outline.project_id.clone()).or_default().push(Candidate { outline, live });
    }
    Ok(found)
}

impl Fingerprint {
    fn of(candidate: &Candidate) -> Self {
        Self {
            version: candidate.outline.live_version_id.clone(),
            enabled: candidate.outline.enabled,
            name: candidate.outline.name.clone(),
            settings: candidate.live.as_ref().map(settings_of_deployed).unwrap_or_default(),
        }
    }
}

fn load(candidate: Candidate, trigger: Trigger) -> Result<LoadedHook, HooksError> {
    let outline = candidate.outline;
    let Some(live) = candidate.live else {
        let reason =
            if outline.live_version_id.is_some() { SkipReason::Disabled } else { SkipReason::NotDeployed };
        let gate = Gate::Closed(reason);
        return Ok(LoadedHook::new(
            outline.id,
            outline.name,
            trigger,
            None,
            gate,
            HookSettings::default(),
            None,
        ));
    };
    let settings = settings_of_deployed(&live);
    let compiled: Compiled = serde_json::from_value(live.compiled)
        .map_err(|error| HooksError::Damaged { hook: outline.id.to_string(), reason: error.to_string() })?;
    let version = u32::try_from(live.version).ok();
    Ok(LoadedHook::new(outline.id, outline.name, trigger, version, Gate::Open, settings, Some(compiled)))
}

/// The settings columns of a hook.
pub fn settings_of(hook: &store::hooks::Hook) -> HookSettings {
    settings(hook.on_error.as_deref(), [hook.cpu_ms, hook.wall_ms, hook.memory_mb], &hook.allowed_hosts)
}

fn settings_of_deployed(row: &Deployed) -> HookSettings {
    settings(row.on_error.as_deref(), [row.cpu_ms, row.wall_ms, row.memory_mb], &row.allowed_hosts)
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
