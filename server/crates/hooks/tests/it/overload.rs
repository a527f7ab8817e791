//! More requests than the sandbox has places for, and a sandbox that fails.

use std::time::Duration;

use contract::{
    catalogue::triggers::{OnError, Trigger},
    manage::{HookSettings, RunOutcome},
};
use hooks::DenialKind;
use script::{Fault, Sandbox, SandboxConfig};

use crate::world::World;

const SLOW: &str = "exports.onExecutePreUserRegistration = async (event, api) => {
    await new Promise((done) => setTimeout(done, 500));
    api.access.deny('no');
};";

/// The outcomes of so many requests at once, and whether each was let through.
async fn crowd(on_error: Option<OnError>) -> Vec<(RunOutcome, Option<DenialKind>)> {
    let config = SandboxConfig {
        slots: 2,
        per_tenant: 2,
        queue_timeout: Duration::from_millis(50),
        ..SandboxConfig::default()
    };
    let world = World::with(Sandbox::new(config).unwrap()).await;
    let settings = HookSettings { on_error, ..HookSettings::default() };
    let hook = world.add(Trigger::PreUserRegistration, &settings).await;
    world.redeploy(&hook, SLOW).await;
    let fired = futures::future::join_all((0..20).map(|_| world.fire())).await;
    fired
        .iter()
        .map(|fired| (fired.run().summary.outcome, fired.result.as_ref().err().map(|denial| denial.kind)))
        .collect()
}

#[tokio::test]
async fn a_crowd_does_not_get_past_a_hook_that_refuses() {
    let ended = crowd(None).await;
    assert!(ended.iter().any(|(outcome, _)| *outcome == RunOutcome::Busy));
    for (outcome, denial) in ended {
        let expected = match outcome {
            RunOutcome::Denied => DenialKind::Denied,
            RunOutcome::Busy => DenialKind::Busy,
            other => panic!("{other}"),
        };
        assert_eq!(denial, Some(expected));
    }
}

#[tokio::test]
async fn the_hooks_own_setting_can_let_it_pass() {
    let ended = crowd(Some(OnError::Continue)).await;
    let mut busy = ended.iter().filter(|(outcome, _)| *outcome == RunOutcome::Busy).peekable();
    assert!(busy.peek().is_some());
    assert!(busy.all(|(_, denial)| denial.is_none()));
}

#[tokio::test]
async fn n24_a_run_that_the_sandbox_failed_refuses_with_503_under_every_policy() {
    // The alias says continue, and so does the hook's own setting.
    const DENIES: &str =
        "exports.onExecutePreUserRegistration = (event, api) => api.access.deny('no', 'never');";
    for on_error in [None, Some(OnError::Continue), Some(OnError::Deny)] {
        let world = World::with(Sandbox::new(SandboxConfig::default()).unwrap()).await;
        let settings = HookSettings { on_error, ..HookSettings::default() };
        let hook = world.add(Trigger::PreUserRegistration, &settings).await;
        world.redeploy(&hook, DENIES).await;
        for fault in [Fault::Unclean, Fault::Scribbled, Fault::Emptied, Fault::Broken] {
            world.hooks.sandbox().fail_next(fault);
            let fired = world.fire().await;
            let denial = fired.result.as_ref().unwrap_err();
            assert_eq!(denial.kind, DenialKind::Busy, "{fault:?} {on_error:?}");
            assert_ne!(fired.run().summary.outcome, RunOutcome::Denied);
            let next = world.fire().await.result.unwrap_err();
            assert_eq!((next.kind, next.reason.as_str()), (DenialKind::Denied, "no"));
        }
    }
}

#[tokio::test]
async fn a_limit_that_the_hook_itself_broke_is_judged_by_its_policy() {
    const LOOPS: &str = "exports.onExecutePreUserRegistration = () => { for (;;) {} };";
    for (on_error, passes) in [(None, true), (Some(OnError::Continue), true), (Some(OnError::Deny), false)] {
        let world = World::with(Sandbox::new(SandboxConfig::default()).unwrap()).await;
        let settings = HookSettings { on_error, cpu_ms: 20, ..HookSettings::default() };
        let hook = world.add(Trigger::PreUserRegistration, &settings).await;
        world.redeploy(&hook, LOOPS).await;
        let fired = world.fire().await;
        assert_eq!(fired.run().summary.outcome, RunOutcome::Limit);
        assert_eq!(fired.result.is_ok(), passes, "{on_error:?}");
    }
}
