//! More requests than the sandbox has slots for.

use std::time::Duration;

use contract::{
    catalogue::triggers::{OnError, Trigger},
    manage::{HookSettings, RunOutcome},
};
use hooks::DenialKind;
use script::{Sandbox, SandboxConfig};

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
