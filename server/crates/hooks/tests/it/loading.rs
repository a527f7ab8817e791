//! Hooks whose top level fails.

use std::time::{SystemTime, UNIX_EPOCH};

use contract::{
    catalogue::triggers::Trigger,
    manage::{HookSettings, RunOutcome},
};
use hooks::DenialKind;
use script::Language;

use crate::world::{add_version, world};

#[tokio::test]
async fn a_top_level_has_at_least_the_time_that_the_deployment_checked_it_with() {
    let world = world().await;
    let settings = HookSettings { cpu_ms: 1, ..HookSettings::default() };
    let hook = world.add(Trigger::PreUserRegistration, &settings).await;
    let source = "const started = Date.now();
        while (Date.now() < started + 20);
        export function beforeSignup({ api }) { api.access.deny('no'); }";
    world.redeploy(&hook, source).await;
    let fired = world.fire().await;
    assert_eq!(fired.run().summary.outcome, RunOutcome::Denied);
}

#[tokio::test]
async fn k2_a_top_level_that_fails_is_judged_by_the_handler_that_the_code_declares() {
    let world = world().await;
    let hook = world
        .deploy(
            Trigger::PreUserRegistration,
            "throw new Error('at top level'); export function beforeSignup() {}",
        )
        .await;
    let denial = world.fire().await.result.unwrap_err();
    assert_eq!((denial.kind, denial.reason.as_str()), (DenialKind::Denied, "hook_failed"));
    // What the author throws while loading is said to nobody.
    assert!(!denial.message.contains("at top level"));
    world
        .redeploy(&hook, "throw new Error('at top level'); export function onExecutePreUserRegistration() {}")
        .await;
    assert!(world.fire().await.result.is_ok());
}

#[tokio::test]
async fn a_limit_that_a_load_broke_once_is_not_held_against_it() {
    let world = world().await;
    let hook = world.add(Trigger::PreUserRegistration, &HookSettings::default()).await;
    let source = "const until = 'UNTIL';
        while (Date.now() < Number(until));
        export function beforeSignup() {}";
    let compiled = world.hooks.sandbox().compile(source, Language::JavaScript, "tests").await.unwrap();
    // More than the 100 ms of CPU time that it has at first, and soon over.
    let until = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() + 1500;
    let compiled = serde_json::to_string(&compiled).unwrap().replace("UNTIL", &until.to_string());
    add_version(&world.db, &world.project, &hook, source, serde_json::from_str(&compiled).unwrap()).await;
    world.hooks.reload_project(&world.project).await.unwrap();
    let first = world.fire().await;
    assert_eq!(first.run().summary.outcome, RunOutcome::Limit);
    // Not tried again at once.
    assert_eq!(world.fire().await.run().summary.outcome, RunOutcome::Limit);
    loop {
        world.clock.advance_s(1);
        if world.fire().await.run().summary.outcome == RunOutcome::Returned {
            return;
        }
    }
}

#[tokio::test]
async fn more_programs_than_fit_are_loaded_again_when_they_are_called() {
    let world = world().await;
    let source = "const kept = new Uint8Array(3.9 * 2 ** 20).fill(7);
        export function beforeSignup() { return kept.length; }";
    // 4 MiB each; 256 MiB of them fit.
    for _ in 0..70 {
        let hook = world.add(Trigger::PreUserRegistration, &HookSettings::default()).await;
        let compiled = world.hooks.sandbox().compile(source, Language::JavaScript, "tests").await.unwrap();
        let compiled = serde_json::to_value(&compiled).unwrap();
        add_version(&world.db, &world.project, &hook, source, compiled).await;
    }
    world.hooks.reload_project(&world.project).await.unwrap();
    let before = world.hooks.sandbox().loads();
    for _ in 0..2 {
        let fired = world.fire().await;
        assert_eq!(fired.journal.runs.len(), 70);
        for run in &fired.journal.runs {
            assert_eq!(run.summary.outcome, RunOutcome::Returned, "{:?}", run.error);
        }
    }
    assert!(world.hooks.sandbox().loads() > before + 70);
}
