//! Deploy, history, rollback.

use contract::{
    error::ErrorCode,
    manage::{
        DeployRequest, HookSettings, HookState, PutSecret, RestoreRequest, RollbackRequest, SaveDraft,
        UpdateHook, VersionFilter, VersionState,
    },
};
use serde_json::json;
use store::{deployments, hook_versions};

use crate::fixture::{SLUG, World, refusing};

#[tokio::test]
async fn a16_deploy_changes_the_next_request_and_rollback_changes_it_back() {
    let world = World::new().await;
    let hook = world.live("beforeSignup", &refusing("one")).await;
    assert_eq!(world.register("a@example.com").await.1["message"], "one");

    let draft = SaveDraft { source: refusing("two"), language: None, revision: hook.draft.revision };
    world.manage.save_draft(&world.actor, SLUG, &hook.id, draft).await.unwrap();
    let deployed = world.deploy(&hook.id).await.unwrap();
    assert_eq!((deployed.version, deployed.previous), (2, Some(1)));
    assert_eq!(world.register("a@example.com").await.1["message"], "two");

    let back = world.roll_back(&hook.id, 1).await.unwrap();
    assert_eq!((back.version, back.previous, back.restored_from), (3, Some(2), Some(1)));
    assert_eq!(world.register("a@example.com").await.1["message"], "one");

    // The draft stays, and the history says what happened.
    let now = world.manage.hook(&world.actor, SLUG, &hook.id).await.unwrap();
    assert_eq!(now.draft.source, refusing("two"));
    assert!(now.draft_pending);
    let history = world.manage.versions(&world.actor, SLUG, &hook.id, every()).await.unwrap();
    let told: Vec<_> = history.iter().map(|v| (v.number, v.state, v.restored_from)).collect();
    assert_eq!(
        told,
        [
            (3, VersionState::Live, Some(1)),
            (2, VersionState::Previous, None),
            (1, VersionState::Previous, None)
        ]
    );
    assert_eq!(history[0].hash, history[2].hash);
    let audit = world.manage.audit(&world.actor, SLUG, None).await.unwrap().entries;
    for action in ["hook.create", "hook.deploy", "hook.rollback"] {
        assert!(audit.iter().any(|entry| entry.action == action), "{action}");
    }
}

#[tokio::test]
async fn a_rollback_keeps_the_settings_that_are_in_force_and_the_history_says_so() {
    let world = World::new().await;
    let hook = world.live("beforeSignup", &refusing("one")).await;
    let settings = HookSettings { cpu_ms: 250, wall_ms: 2_000, ..hook.settings.clone() };
    let change = UpdateHook { settings: Some(settings.clone()), ..UpdateHook::default() };
    world.manage.update_hook(&world.actor, SLUG, &hook.id, change).await.unwrap();
    world.roll_back(&hook.id, 1).await.unwrap();

    let now = world.manage.hook(&world.actor, SLUG, &hook.id).await.unwrap();
    assert_eq!(now.settings, settings);
    let project = world.hooks.project_by_slug(SLUG).unwrap();
    let session = world.db.live();
    let mut lease = session.read().await.unwrap();
    let restored = hook_versions::by_number(&mut lease, &project.id, &hook.id, 2).await.unwrap().unwrap();
    assert_eq!(restored.settings, serde_json::to_value(&settings).unwrap());
}

#[tokio::test]
async fn a_version_is_restored_to_the_draft_without_going_live() {
    let world = World::new().await;
    let hook = world.live("beforeSignup", &refusing("one")).await;
    let draft = SaveDraft { source: refusing("two"), language: None, revision: hook.draft.revision };
    world.manage.save_draft(&world.actor, SLUG, &hook.id, draft).await.unwrap();
    world.deploy(&hook.id).await.unwrap();
    let restored = world.manage.restore(&world.actor, SLUG, &hook.id, 1, unseen()).await.unwrap();
    assert_eq!(restored.source, refusing("one"));
    assert_eq!(world.register("a@example.com").await.1["message"], "two");
    let unknown = world.manage.restore(&world.actor, SLUG, &hook.id, 9, unseen()).await.unwrap_err();
    assert_eq!(unknown.error, ErrorCode::UnknownVersion);
}

fn every() -> VersionFilter {
    VersionFilter { before: None, limit: None }
}

fn unseen() -> RestoreRequest {
    RestoreRequest { revision: None }
}

#[tokio::test]
async fn a_restored_version_does_not_overwrite_a_colleagues_draft() {
    let world = World::new().await;
    let hook = world.live("beforeSignup", &refusing("one")).await;
    let draft = SaveDraft { source: refusing("hers"), language: None, revision: hook.draft.revision };
    let hers = world.manage.save_draft(&world.actor, SLUG, &hook.id, draft).await.unwrap();
    let restore = |revision| {
        world.manage.restore(&world.actor, SLUG, &hook.id, 1, RestoreRequest { revision: Some(revision) })
    };
    let refused = restore(hook.draft.revision).await.unwrap_err();
    assert_eq!(refused.error, ErrorCode::DraftConflict);
    let details = refused.details.unwrap();
    assert_eq!(
        (&details["theirs"]["source"], &details["yours"]),
        (&json!(refusing("hers")), &json!(refusing("one")))
    );
    let now = world.manage.hook(&world.actor, SLUG, &hook.id).await.unwrap();
    assert_eq!(now.draft.source, refusing("hers"));
    assert_eq!(restore(hers.revision).await.unwrap().source, refusing("one"));
}

#[tokio::test]
async fn a_slow_deployment_does_not_overwrite_what_went_live_meanwhile() {
    let world = World::new().await;
    let hook = world.live("beforeSignup", &refusing("one")).await;
    let draft = SaveDraft { source: refusing("slow"), language: None, revision: hook.draft.revision };
    world.manage.save_draft(&world.actor, SLUG, &hook.id, draft).await.unwrap();
    let (deployed, back) = tokio::join!(world.deploy(&hook.id), world.roll_back(&hook.id, 1));
    // While the draft is compiled the rollback goes live, or it comes after the deployment.
    let back = back.unwrap();
    match deployed {
        Ok(deployed) => assert_eq!((deployed.version, back.version), (2, 3)),
        Err(refused) => {
            assert_eq!(refused.error, ErrorCode::DraftConflict);
            assert_eq!(refused.details.unwrap()["live_version"], 2);
        }
    }
    assert_eq!(world.register("a@example.com").await.1["message"], "one");
}

#[tokio::test]
async fn a_deployment_of_a_draft_that_changed_meanwhile_is_refused() {
    let world = World::new().await;
    let hook = world.hook("beforeSignup", &refusing("one")).await;
    let draft = SaveDraft { source: refusing("two"), language: None, revision: hook.draft.revision };
    world.manage.save_draft(&world.actor, SLUG, &hook.id, draft).await.unwrap();
    let request =
        DeployRequest { note: None, revision: Some(hook.draft.revision), allow_missing_secrets: None };
    let refused = world.manage.deploy(&world.actor, SLUG, &hook.id, request).await.unwrap_err();
    assert_eq!(refused.error, ErrorCode::DraftConflict);
}

#[tokio::test]
async fn a06_switching_off_and_on_is_live_at_once() {
    let world = World::new().await;
    let hook = world.live("beforeSignup", &refusing("one")).await;
    let switch = |on| UpdateHook { enabled: Some(on), ..UpdateHook::default() };
    let off = world.manage.update_hook(&world.actor, SLUG, &hook.id, switch(false)).await.unwrap();
    assert_eq!(off.state, HookState::Disabled);
    assert_eq!(world.register("a@example.com").await.0, 201);
    world.manage.update_hook(&world.actor, SLUG, &hook.id, switch(true)).await.unwrap();
    assert_eq!(world.register("b@example.com").await.0, 403);
    world.manage.delete_hook(&world.actor, SLUG, &hook.id).await.unwrap();
    assert_eq!(world.register("b@example.com").await.0, 201);
}

#[tokio::test]
async fn a_rollback_needs_the_secrets_of_the_old_version() {
    let world = World::new().await;
    let set = PutSecret { value: "sk_live_very_secret".into() };
    world.manage.put_secret(&world.actor, SLUG, "API_KEY", set).await.unwrap();
    let source = "export async function onExecutePreUserRegistration(event: PreUserRegistrationEvent) {
  console.log('key', event.secrets.API_KEY);
}";
    let hook = world.live("beforeSignup", source).await;
    let draft = SaveDraft { source: refusing("two"), language: None, revision: hook.draft.revision };
    world.manage.save_draft(&world.actor, SLUG, &hook.id, draft).await.unwrap();
    world.deploy(&hook.id).await.unwrap();
    world.manage.delete_secret(&world.actor, SLUG, "API_KEY").await.unwrap();
    let refused = world.roll_back(&hook.id, 1).await.unwrap_err();
    assert_eq!(refused.error, ErrorCode::NotDeployable);
    assert_eq!(refused.details.unwrap()["missing_secrets"], json!(["API_KEY"]));

    // In an incident the old code may be the lesser evil; the audit log says what was missing.
    let insist = RollbackRequest { note: None, allow_missing_secrets: Some(true) };
    let back = world.manage.rollback(&world.actor, SLUG, &hook.id, 1, insist).await.unwrap();
    assert_eq!((back.version, back.restored_from), (3, Some(1)));
    assert_eq!(world.register("a@example.com").await.0, 201);
    let audit = world.manage.audit(&world.actor, SLUG, None).await.unwrap();
    let entry = audit.entries.iter().find(|entry| entry.action == "hook.rollback").unwrap();
    assert_eq!(entry.details["change"]["missing_secrets"], json!(["API_KEY"]));
}

#[tokio::test]
async fn a15_a_deployment_that_lacks_a_secret_is_refused_unless_it_is_allowed() {
    let world = World::new().await;
    let source = "export async function onExecutePreUserRegistration(event: PreUserRegistrationEvent, api: PreUserRegistrationApi) {
  if (!event.secrets.API_KEY) api.access.deny('unset', 'There is no key');
}";
    let hook = world.hook("beforeSignup", source).await;
    let deploy = |allow_missing_secrets| {
        let request = DeployRequest { note: None, revision: None, allow_missing_secrets };
        world.manage.deploy(&world.actor, SLUG, &hook.id, request)
    };
    for refusing in [None, Some(false)] {
        let refused = deploy(refusing).await.unwrap_err();
        assert_eq!(refused.error, ErrorCode::NotDeployable);
        assert_eq!(refused.details.unwrap()["missing_secrets"], json!(["API_KEY"]));
    }
    assert_eq!(deploy(Some(true)).await.unwrap().version, 1);
    assert_eq!(world.register("a@example.com").await.1["reason"], "unset");
}

#[tokio::test]
async fn the_history_comes_in_pages() {
    let world = World::new().await;
    let hook = world.live("beforeSignup", &refusing("one")).await;
    for _ in 0..4 {
        world.deploy(&hook.id).await.unwrap();
    }
    let page = async |before, limit| {
        let filter = VersionFilter { before, limit };
        let page = world.manage.versions(&world.actor, SLUG, &hook.id, filter).await.unwrap();
        page.into_iter().map(|version| version.number).collect::<Vec<_>>()
    };
    assert_eq!(page(None, Some(2)).await, [5, 4]);
    assert_eq!(page(Some(4), Some(2)).await, [3, 2]);
    assert_eq!(page(Some(2), Some(2)).await, [1]);
    assert_eq!(page(Some(1), None).await, [0; 0]);
}

#[tokio::test]
async fn a16_the_first_request_after_a_deployment_or_a_rollback_loads_nothing() {
    let world = World::new().await;
    let hook = world.hook("beforeSignup", &refusing("one")).await;
    let loads = || world.hooks.sandbox().loads();
    for (number, said) in [(1, "one"), (2, "two")] {
        let before = loads();
        world.deploy(&hook.id).await.unwrap();
        assert_eq!(loads(), before + 1, "the deployment evaluates the code once");
        assert_eq!(world.register("a@example.com").await.1["message"], said);
        assert_eq!(loads(), before + 1, "v{number}");
        let revision = world.manage.hook(&world.actor, SLUG, &hook.id).await.unwrap().draft.revision;
        let draft = SaveDraft { source: refusing("two"), language: None, revision };
        world.manage.save_draft(&world.actor, SLUG, &hook.id, draft).await.unwrap();
    }
    let before = loads();
    world.roll_back(&hook.id, 1).await.unwrap();
    assert_eq!(loads(), before + 1);
    assert_eq!(world.register("a@example.com").await.1["message"], "one");
    // Other settings are no other code.
    let settings = HookSettings { cpu_ms: 50, ..HookSettings::default() };
    let update = UpdateHook { settings: Some(settings), ..UpdateHook::default() };
    world.manage.update_hook(&world.actor, SLUG, &hook.id, update).await.unwrap();
    assert_eq!(world.register("a@example.com").await.1["message"], "one");
    assert_eq!(loads(), before + 1);
}

#[tokio::test]
async fn a_deployment_is_read_back_alone_unless_another_process_changed_something() {
    let world = World::new().await;
    let hook = world.hook("beforeSignup", &refusing("one")).await;
    world.hooks.refresh().await.unwrap();
    for _ in 0..2 {
        world.deploy(&hook.id).await.unwrap();
        assert!(!world.hooks.refresh().await.unwrap(), "nothing else has changed");
    }
    let mut conn = world.db.live().write().await.unwrap();
    deployments::bump(&mut conn).await.unwrap();
    conn.commit().await.unwrap();
    world.deploy(&hook.id).await.unwrap();
    assert!(world.hooks.refresh().await.unwrap(), "another process has changed something before it");
    assert!(!world.hooks.refresh().await.unwrap());
}
