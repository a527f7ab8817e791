//! An instance without flows: projects, hooks, and a way to fire their triggers.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock},
    time::Duration,
};

use contract::{
    catalogue::{
        endpoints::Endpoint,
        payloads::{PreUserRegistrationEvent, Request, Sample as _},
        triggers::{Trigger, fires},
    },
    ids::{HookId, ProjectId, RequestId},
    manage::{HookSettings, Run, RunMode},
};
use delivery::mail::Mailer;
use hooks::{Denial, Effects, Exchange, ExchangeOptions, FetchPolicy, Hooks, Journal};
use script::{Language, Sandbox, SandboxConfig};
use serde_json::{Value, json};
use store::{
    Clock as _, Db,
    deployments::{self, NewVersion},
    hooks as hook_rows, new_id, projects,
    testing::{ManualClock, TempDb, temp_sqlite},
    vault::Vault,
};

/// Compiling the base image into memory takes a while; the sandbox is safe to share.
pub static SANDBOX: LazyLock<Sandbox> = LazyLock::new(|| {
    Sandbox::new(SandboxConfig { queue_timeout: Duration::from_secs(30), ..SandboxConfig::default() })
        .unwrap()
});

pub struct World {
    pub db: Db,
    pub clock: Arc<ManualClock>,
    pub hooks: Hooks,
    pub project: ProjectId,
    pub _keep: Option<TempDb>,
}

/// What came of firing a trigger.
pub struct Fired {
    pub result: Result<Effects, Denial>,
    pub journal: Journal,
}

impl Fired {
    /// The only run.
    #[track_caller]
    pub fn run(&self) -> &Run {
        let [run] = &*self.journal.runs else { panic!("{} runs", self.journal.runs.len()) };
        run
    }
}

pub fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at(1_790_000_000_000))
}

pub fn engine(db: &Db, clock: Arc<ManualClock>, sandbox: Sandbox) -> Hooks {
    let mailer = Arc::new(Mailer::new(db.clone(), clock.clone(), None));
    Hooks::new(db.clone(), sandbox, clock, Vault::new([7; 32]), mailer, FetchPolicy::default()).unwrap()
}

pub async fn world() -> World {
    World::with(SANDBOX.clone()).await
}

impl World {
    pub async fn with(sandbox: Sandbox) -> Self {
        let temp = temp_sqlite().await.unwrap();
        let world = Self::on(temp.db.clone(), sandbox).await;
        Self { _keep: Some(temp), ..world }
    }

    /// On a database that the caller keeps.
    pub async fn on(db: Db, sandbox: Sandbox) -> Self {
        let clock = clock();
        let hooks = engine(&db, clock.clone(), sandbox);
        let project = add_project(&db, "shop").await;
        hooks.reload().await.unwrap();
        Self { db, clock, hooks, project, _keep: None }
    }

    /// Puts a hook live.
    pub async fn deploy(&self, trigger: Trigger, source: &str) -> HookId {
        let hook = self.add(trigger, &HookSettings::default()).await;
        self.redeploy(&hook, source).await;
        hook
    }

    /// A hook without a version.
    pub async fn add(&self, trigger: Trigger, settings: &HookSettings) -> HookId {
        add_hook(&self.db, &self.project, trigger, settings).await
    }

    /// Puts a new version of a hook live.
    pub async fn redeploy(&self, hook: &HookId, source: &str) {
        let compiled = self.hooks.sandbox().compile(source, Language::JavaScript, "tests").await.unwrap();
        let compiled = serde_json::to_value(&compiled).unwrap();
        add_version(&self.db, &self.project, hook, source, compiled).await;
        self.hooks.reload_project(&self.project).await.unwrap();
    }

    pub fn exchange(&self) -> Exchange {
        self.exchange_in(&self.project)
    }

    pub fn exchange_in(&self, project: &ProjectId) -> Exchange {
        let options = ExchangeOptions {
            endpoint: Endpoint::Register,
            request: Request::sample(),
            request_id: new_id::<RequestId>(self.clock.now_ms()),
            mode: RunMode::Live,
            session: self.db.live(),
            drafts: HashMap::new(),
        };
        self.hooks.exchange(self.hooks.project_by_id(project).unwrap(), options)
    }

    /// Fires `pre-user-registration`.
    pub async fn fire(&self) -> Fired {
        let exchange = self.exchange();
        let result = exchange.fire(fires::PreUserRegistration, PreUserRegistrationEvent::sample()).await;
        Fired { result, journal: exchange.finish(200, None) }
    }
}

pub async fn add_project(db: &Db, slug: &str) -> ProjectId {
    let row = projects::Project {
        id: new_id(1_790_000_000_000),
        slug: slug.into(),
        name: slug.into(),
        environment: "production".into(),
        custom_host: None,
        is_default: slug == "shop",
        settings: json!({}),
        created_at: 0,
        updated_at: 0,
    };
    let mut lease = db.live().write().await.unwrap();
    projects::insert(&mut lease, &row).await.unwrap();
    lease.commit().await.unwrap();
    row.id
}

pub async fn add_hook(db: &Db, project: &ProjectId, trigger: Trigger, settings: &HookSettings) -> HookId {
    let new = hook_rows::NewHook {
        id: new_id(1_790_000_000_000),
        trigger_id: trigger.as_str().into(),
        kind: hook_rows::HookKind::Code,
        settings: hook_rows::HookSettings {
            name: trigger.spec().title.into(),
            on_error: settings.on_error.map(|word| word.as_str().to_owned()),
            cpu_ms: settings.cpu_ms.into(),
            wall_ms: settings.wall_ms.into(),
            memory_mb: settings.memory_mb.into(),
            allowed_hosts: settings.allowed_hosts.clone(),
        },
        language: "javascript".into(),
        draft_source: String::new(),
        author: "test".into(),
    };
    let mut lease = db.live().write().await.unwrap();
    let hook = hook_rows::insert(&mut lease, project, new, 0).await.unwrap();
    lease.commit().await.unwrap();
    hook.id
}

/// Deploys compiled code, as another process would: nothing is reloaded.
pub async fn add_version(db: &Db, project: &ProjectId, hook: &HookId, source: &str, compiled: Value) {
    let version = NewVersion {
        source: source.into(),
        language: "javascript".into(),
        compiled,
        settings: json!({}),
        hash: "test".into(),
        restored_from: None,
    };
    let mut lease = db.live().write().await.unwrap();
    deployments::deploy(&mut lease, project, hook, version, "", "test", 0).await.unwrap().unwrap();
    lease.commit().await.unwrap();
}
