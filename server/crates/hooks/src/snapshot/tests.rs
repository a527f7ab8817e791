//! Which programs are kept.

use delivery::mail::Mailer;
use script::{Language, Limits, Sandbox, SandboxConfig};
use serde_json::json;
use store::{
    deployments::{Deploy, NewVersion, deploy},
    hooks::NewHook,
    testing::{ManualClock, TempDb, temp_sqlite},
    vault::Vault,
};

use super::*;
use crate::FetchPolicy;

/// A hook of a project, and the engine that runs it.
struct World {
    temp: TempDb,
    hooks: Hooks,
    project: ProjectId,
    hook: HookId,
    compiled: Compiled,
    program: Program,
}

impl World {
    async fn new() -> Self {
        let temp = temp_sqlite().await.unwrap();
        let clock = Arc::new(ManualClock::at(1_790_000_000_000));
        let sandbox = Sandbox::new(SandboxConfig::default()).unwrap();
        let source = "export const beforeSignup = () => 1";
        let compiled = sandbox.compile(source, Language::JavaScript, "tests").await.unwrap();
        let program = sandbox.load(&compiled, &Limits::default(), "tests").await.unwrap();
        let mailer = Arc::new(Mailer::new(temp.db.clone(), clock.clone(), None));
        let (db, vault) = (temp.db.clone(), Vault::new([7; 32]));
        let hooks = Hooks::new(db, sandbox, clock, vault, mailer, FetchPolicy::default()).unwrap();
        let project = projects::Project {
            id: store::new_id(0),
            slug: "shop".into(),
            name: "Shop".into(),
            environment: "production".into(),
            custom_host: None,
            is_default: true,
            settings: json!({}),
            created_at: 0,
            updated_at: 0,
        };
        let hook = NewHook {
            id: store::new_id(0),
            trigger_id: Trigger::PreUserRegistration.as_str().into(),
            kind: store::hooks::HookKind::Code,
            settings: store::hooks::HookSettings {
                name: "Check".into(),
                on_error: None,
                cpu_ms: 100,
                wall_ms: 1000,
                memory_mb: 32,
                allowed_hosts: Vec::new(),
            },
            language: "javascript".into(),
            draft_source: String::new(),
            author: "test".into(),
        };
        let mut lease = temp.db.live().write().await.unwrap();
        projects::insert(&mut lease, &project).await.unwrap();
        let hook = store::hooks::insert(&mut lease, &project.id, hook, 0).await.unwrap();
        lease.commit().await.unwrap();
        hooks.reload().await.unwrap();
        Self { temp, hooks, project: project.id, hook: hook.id, compiled, program }
    }

    /// Makes another version the one to be live; the engine is not told.
    async fn deploy(&self) -> Deploy {
        let version = NewVersion {
            source: String::new(),
            language: "javascript".into(),
            compiled: serde_json::to_value(&self.compiled).unwrap(),
            settings: json!({}),
            hash: "test".into(),
            restored_from: None,
        };
        let mut lease = self.temp.db.live().write().await.unwrap();
        let done = deploy(&mut lease, &self.project, &self.hook, version, "", "test", 0).await;
        lease.commit().await.unwrap();
        done.unwrap().unwrap()
    }

    /// Tells the engine, and gives it the program.
    async fn hand_in(&self, done: &Deploy) {
        let (version, generation) = (done.version.id.clone(), done.generation);
        let program = Some(self.program.clone());
        self.hooks.deployed(&self.project, Deployment { version, generation, program }).await.unwrap();
    }

    fn keeps(&self, done: &Deploy) -> bool {
        self.hooks.inner.programs.has(&self.project, &done.version.id)
    }

    fn live(&self) -> Arc<LoadedHook> {
        self.hooks.candidates(&self.project, Trigger::PreUserRegistration)[0].clone()
    }
}

#[tokio::test]
async fn only_the_program_that_is_live_is_kept() {
    let world = World::new().await;
    let overtaken = world.deploy().await;
    let first = world.deploy().await;
    world.hand_in(&overtaken).await;
    assert!(!world.keeps(&overtaken), "it has never been live here");
    world.hand_in(&first).await;
    assert!(world.keeps(&first));
    let before = world.hooks.sandbox().loads();
    world.live().program(&world.hooks.inner, &world.project, 0).await.unwrap();
    assert_eq!(world.hooks.sandbox().loads(), before, "its first request need not load it");
    let second = world.deploy().await;
    world.hand_in(&second).await;
    assert_eq!((world.keeps(&first), world.keeps(&second)), (false, true));
}

#[tokio::test]
async fn a_request_that_began_before_a_deployment_keeps_nothing_that_is_over() {
    let world = World::new().await;
    let first = world.deploy().await;
    world.hooks.reload().await.unwrap();
    let late = world.live();
    let second = world.deploy().await;
    world.hand_in(&second).await;
    assert!(late.program(&world.hooks.inner, &world.project, 0).await.is_ok());
    assert_eq!((world.keeps(&first), world.keeps(&second)), (false, true));
    let now = world.live();
    world.hooks.inner.programs.forget(&world.project, [&second.version.id]);
    assert!(now.program(&world.hooks.inner, &world.project, 0).await.is_ok());
    assert!(world.keeps(&second), "what is live is kept when it is loaded");
}
