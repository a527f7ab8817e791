//! What is live after deployments.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use contract::{
    catalogue::triggers::Trigger,
    manage::{HookSettings, RunOutcome},
};
use serde_json::json;

use crate::world::{add_hook, add_project, add_version, world};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deployment_is_live_whatever_reloads_at_the_same_time() {
    let world = world().await;
    let hook = world.add(Trigger::PreUserRegistration, &HookSettings::default()).await;
    let over = Arc::new(AtomicBool::new(false));
    let others = tokio::spawn({
        let (hooks, over) = (world.hooks.clone(), over.clone());
        async move {
            while !over.load(Ordering::SeqCst) {
                hooks.reload().await.unwrap();
            }
        }
    });
    for number in 1..=20 {
        let source =
            format!("exports.onExecutePreUserRegistration = (event, api) => api.access.deny('v{number}');");
        world.redeploy(&hook, &source).await;
        let fired = world.fire().await;
        assert_eq!(fired.run().summary.version, Some(number));
        assert_eq!(fired.result.unwrap_err().reason, format!("v{number}"));
    }
    over.store(true, Ordering::SeqCst);
    others.await.unwrap();
    // Nothing that the reloads kept is older than what was deployed last.
    world.hooks.reload().await.unwrap();
    assert_eq!(world.fire().await.run().summary.version, Some(20));
}

#[tokio::test]
async fn a_version_that_cannot_be_read_fails_alone() {
    let world = world().await;
    let broken = add_project(&world.db, "broken").await;
    let hook = add_hook(&world.db, &broken, Trigger::PreUserRegistration, &HookSettings::default()).await;
    add_version(&world.db, &broken, &hook, "?", json!({"no": "code"})).await;
    world.hooks.reload().await.unwrap();
    world
        .deploy(
            Trigger::PreUserRegistration,
            "exports.onExecutePreUserRegistration = (event, api) => api.access.deny('no');",
        )
        .await;
    assert_eq!(world.fire().await.result.unwrap_err().reason, "no");
    let world = crate::world::World { project: broken, ..world };
    let fired = world.fire().await;
    assert_eq!(fired.run().summary.outcome, RunOutcome::Internal);
    assert_eq!(fired.result.unwrap_err().reason, "busy");
}

#[tokio::test]
async fn a_secret_that_cannot_be_opened_is_missing_and_nothing_else() {
    let world = world().await;
    let mut lease = world.db.live().write().await.unwrap();
    let value = store::Secret::new(vec![0; 40]);
    store::secrets::set(&mut lease, &world.project, "KEY", value, "test", 0).await.unwrap();
    lease.commit().await.unwrap();
    world
        .deploy(
            Trigger::PreUserRegistration,
            "exports.onExecutePreUserRegistration = (event, api) => api.access.deny(typeof event.secrets.KEY);",
        )
        .await;
    assert_eq!(world.fire().await.result.unwrap_err().message, "undefined");
}
