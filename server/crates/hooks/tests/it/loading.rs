//! Hooks whose top level fails.

use contract::{
    catalogue::triggers::{OnError, Trigger},
    manage::{HookSettings, RunOutcome},
};
use hooks::DenialKind;
use script::{Fault, Language, Sandbox, SandboxConfig};

use crate::world::{World, add_version, world};

#[tokio::test]
async fn a_top_level_has_at_least_the_time_that_the_deployment_checked_it_with() {
    let world = world().await;
    let settings = HookSettings { cpu_ms: 1, ..HookSettings::default() };
    let hook = world.add(Trigger::PreUserRegistration, &settings).await;
    // Some milliseconds of work on any machine.
    let source = "let sum = 0;
        for (let n = 0; n < 300000; n += 1) sum += n;
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

/// An engine of its own, whose next load breaks its limit.
async fn slow_to_load(on_error: Option<OnError>, source: &str) -> World {
    let world = World::with(Sandbox::new(SandboxConfig::default()).unwrap()).await;
    let settings = HookSettings { on_error, ..HookSettings::default() };
    let hook = world.add(Trigger::PreUserRegistration, &settings).await;
    world.redeploy(&hook, source).await;
    world.hooks.sandbox().fail_next(Fault::SlowLoad);
    world
}

#[tokio::test]
async fn a_limit_that_a_load_broke_once_is_not_held_against_it() {
    let world = slow_to_load(None, "export function beforeSignup() {}").await;
    assert_eq!(world.fire().await.run().summary.outcome, RunOutcome::Limit);
    // Not tried again at once.
    assert_eq!(world.fire().await.run().summary.outcome, RunOutcome::Limit);
    world.clock.advance_s(2);
    assert_eq!(world.fire().await.run().summary.outcome, RunOutcome::Returned);
}

#[tokio::test]
async fn n24_a_hook_that_could_not_be_loaded_in_time_was_not_asked() {
    let source = "exports.onExecutePreUserRegistration = (event, api) => api.access.deny('no')";
    let refused = slow_to_load(None, source).await.fire().await.result.unwrap_err();
    assert_eq!(refused.kind, DenialKind::Busy);
    // Only its own setting lets the request pass.
    assert!(slow_to_load(Some(OnError::Continue), source).await.fire().await.result.is_ok());
}

#[tokio::test]
async fn n24_a_live_version_whose_top_level_is_refused_by_now_lets_no_request_pass() {
    let source = "const nonce = Math.random();
        exports.onExecutePreUserRegistration = (event, api) => api.access.deny('no')";
    for (on_error, passes) in [(None, false), (Some(OnError::Continue), true)] {
        let world = world().await;
        let settings = HookSettings { on_error, ..HookSettings::default() };
        let hook = world.add(Trigger::PreUserRegistration, &settings).await;
        world.redeploy(&hook, source).await;
        let fired = world.fire().await;
        let error = fired.run().error.as_ref().unwrap();
        assert!(error.message.contains("call it inside the handler") && error.line == Some(1), "{error:?}");
        let denial = fired.result.err();
        assert_eq!(denial.is_none(), passes);
        // Waiting alone does not help, so the server is not said to be busy.
        let told = denial.is_none_or(|denial| denial.message.contains("cannot run now"));
        assert!(told);
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
