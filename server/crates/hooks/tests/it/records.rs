//! Records of requests while the database does not take them.

use std::time::Duration;

use contract::{
    catalogue::triggers::Trigger,
    ids::ProjectId,
    manage::{HookSettings, RunOutcome},
};
use store::{Db, Options, hook_runs, testing::TempPostgres};
use tokio_util::sync::CancellationToken;

use crate::world::{SANDBOX, World, add_hook, add_project, add_version, clock, engine, world};

const SOURCE: &str = "exports.onExecutePreUserRegistration = () => {};";

async fn runs(db: &Db, project: &ProjectId) -> usize {
    let mut lease = db.live().read().await.unwrap();
    hook_runs::list(&mut lease, project, hook_runs::RunFilter::default(), None, 100).await.unwrap().len()
}

#[tokio::test]
async fn a_database_that_is_busy_for_a_while_loses_no_record() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("test.db").display());
    let options = Options { acquire_timeout: Duration::from_secs(1), ..Options::default() };
    let db = Db::connect(&url, &options).await.unwrap();
    db.migrate().await.unwrap();
    let world = World::on(db, SANDBOX.clone()).await;
    world.deploy(Trigger::PreUserRegistration, SOURCE).await;
    let lease = world.db.live().write().await.unwrap();
    world.fire().await;
    // Long enough for an attempt to fail; whether one did does not matter.
    let _ = tokio::time::timeout(Duration::from_millis(1300), world.hooks.flush()).await;
    drop(lease);
    world.hooks.flush().await;
    assert_eq!(runs(&world.db, &world.project).await, 1);
}

#[tokio::test]
async fn a_record_that_cannot_be_written_takes_no_other_with_it() {
    let world = world().await;
    let gone = add_project(&world.db, "gone").await;
    world.hooks.reload().await.unwrap();
    world.deploy(Trigger::PreUserRegistration, SOURCE).await;
    // While the writer is taken both requests wait to be recorded together.
    let mut lease = world.db.live().write().await.unwrap();
    let exchange = world.exchange_in(&gone);
    store::projects::delete(&mut lease, &gone).await.unwrap();
    world.fire().await;
    exchange.finish(200, None);
    world.fire().await;
    lease.commit().await.unwrap();
    world.hooks.flush().await;
    assert_eq!(runs(&world.db, &world.project).await, 2);
}

#[tokio::test]
async fn a05_of_large_values_the_beginning_of_their_text_is_kept() {
    let world = world().await;
    // What is kept is looked at here, not how long a busy machine takes to make it.
    let settings = HookSettings { cpu_ms: 1000, ..HookSettings::default() };
    let hook = world.add(Trigger::PreUserRegistration, &settings).await;
    world
        .redeploy(
            &hook,
            "exports.onExecutePreUserRegistration = async (event, api) => {
                const many = (n) => Array(n).fill({ '': 0 });
                api.user.setAppMetadata('large', many(20000));
                api.user.setAppMetadata('small', 1);
                await Aerocall.cache.get(many(9000)).catch(() => {});
                return many(30000);
            };",
        )
        .await;
    let fired = world.fire().await;
    let run = fired.run();
    assert_eq!(run.summary.outcome, RunOutcome::Returned, "{:?}", run.error);
    assert_eq!(fired.result.clone().unwrap().app_metadata, [("small".to_owned(), serde_json::json!(1))]);
    let call = &run.host_calls[0];
    let kept = [&run.output, &run.api_calls[0].args[0], &call.args];
    for (kept, most) in kept.into_iter().zip([16 << 10, 16 << 10, 4 << 10]) {
        let text = kept.as_str().unwrap();
        assert!(text.ends_with('…') && (most - 3..=most).contains(&text.len()), "{}", text.len());
    }
    assert!(!call.ok);
}

#[tokio::test]
async fn another_process_hears_of_a_deployment_on_postgres() {
    let Some(database) = TempPostgres::create().await.unwrap() else {
        eprintln!("SKIPPED on PostgreSQL (HOOKWRIGHT_TEST_POSTGRES is not set)");
        return;
    };
    let options = Options::default();
    let db = Db::connect(&database.url, &options).await.unwrap();
    db.migrate().await.unwrap();
    let world = World::on(db, SANDBOX.clone()).await;
    let second = Db::connect(&database.url, &options).await.unwrap();
    let other = engine(&second, clock(), SANDBOX.clone());
    other.reload().await.unwrap();
    let shutdown = CancellationToken::new();
    let watching = tokio::spawn({
        let (other, shutdown) = (other.clone(), shutdown.clone());
        async move { other.watch(Duration::from_secs(3600), shutdown).await }
    });
    // The other one listens at some time; from then on it hears of each.
    let mut number = 0;
    while other.project_by_slug(&format!("p{number}")).is_none() {
        number += 1;
        let project = add_project(&world.db, &format!("p{number}")).await;
        let hook = add_hook(&world.db, &project, Trigger::PreUserRegistration, &Default::default()).await;
        add_version(&world.db, &project, &hook, SOURCE, serde_json::json!({})).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    shutdown.cancel();
    watching.await.unwrap();
    database.remove().await.unwrap();
}
