//! What the engine makes of hooks in live traffic.

use contract::{
    catalogue::endpoints::Endpoint,
    manage::{CreateProject, HookSettings, PutSecret, RunFilter, RunOutcome, UpdateHook, UpdateProject},
};
use serde_json::json;

use crate::fixture::{SLUG, World, account, refusing};

fn filter() -> RunFilter {
    RunFilter {
        hook_id: None,
        request_id: None,
        outcome: None,
        mode: None,
        endpoint: None,
        cursor: None,
        limit: None,
    }
}

#[tokio::test]
async fn hooks_of_a_trigger_run_in_order_and_see_each_other() {
    let world = World::new().await;
    world.live("beforeSignup", "export async function onExecutePreUserRegistration(e: any, api: any) { await api.user.setUserMetadata('seen', ['one']); }").await;
    let second = world.live("beforeSignup", "export async function onExecutePreUserRegistration(e: any, api: any) { await api.user.setUserMetadata('seen', [...(e.user.user_metadata.seen ?? []), 'two']); }").await;
    let (status, body, _) = world.register("a@example.com").await;
    assert_eq!((status, &body["user"]["user_metadata"]["seen"]), (201, &json!(["one", "two"])));
    let first = UpdateHook { order: Some(0), ..UpdateHook::default() };
    world.manage.update_hook(&world.actor, SLUG, &second.id, first).await.unwrap();
    let (_, body, _) = world.register("b@example.com").await;
    assert_eq!(body["user"]["user_metadata"]["seen"], json!(["one"]));
}

#[tokio::test]
async fn every_candidate_has_a_record_that_says_why_it_did_not_run() {
    let world = World::new().await;
    let off = world.live("beforeSignup", &refusing("off")).await;
    let switch = UpdateHook { enabled: Some(false), ..UpdateHook::default() };
    world.manage.update_hook(&world.actor, SLUG, &off.id, switch).await.unwrap();
    world.hook("beforeSignup", &refusing("never deployed")).await;
    world.live("beforeSignup", &refusing("first")).await;
    world.live("beforeSignup", &refusing("later")).await;
    let (status, body, _) = world.register("a@example.com").await;
    assert_eq!(status, 403);
    let request_id = body["request_id"].as_str().unwrap().parse().ok();
    let page = world.manage.runs(&world.actor, SLUG, RunFilter { request_id, ..filter() }).await.unwrap();
    let mut told: Vec<_> =
        page.runs.iter().map(|run| (run.outcome, run.message.clone().unwrap_or_default())).collect();
    told.reverse();
    assert_eq!(
        told,
        [
            (RunOutcome::Skipped, "disabled".into()),
            (RunOutcome::Skipped, "not_deployed".into()),
            (RunOutcome::Denied, "refused: first".into()),
            (RunOutcome::Skipped, "earlier_deny".into()),
        ]
    );
}

#[tokio::test]
async fn a05_loops_and_memory_bombs_end_and_the_next_request_is_served() {
    let world = World::new().await;
    let hook = world.live("beforeSignup", "export async function onExecutePreUserRegistration(e: any) { if (e.user.email.startsWith('loop')) for (;;) {} if (e.user.email.startsWith('bomb')) { const a = []; for (;;) a.push(new Array(1e5).fill(7)); } }").await;
    for name in ["loop", "bomb"] {
        assert_eq!(
            world.register(&format!("{name}@example.com")).await.0,
            201,
            "{name}: C25, logged and continues"
        );
        assert_eq!(world.register(&format!("good-{name}@example.com")).await.0, 201);
    }
    let page = world
        .manage
        .runs(&world.actor, SLUG, RunFilter { hook_id: Some(hook.id.clone()), ..filter() })
        .await
        .unwrap();
    let failed =
        page.runs.iter().filter(|run| matches!(run.outcome, RunOutcome::Limit | RunOutcome::Threw)).count();
    assert_eq!(failed, 2);
    // G22: the failures are in the log stream, under every name of their type.
    for name in ["failed_hook", "fh", "FAILED_HOOK"] {
        assert_eq!(
            world.manage.logs(&world.actor, SLUG, Some(name.into()), None).await.unwrap().len(),
            2,
            "{name}"
        );
    }
    // The policy of the hook overrides what its style says (K2).
    let settings = HookSettings { on_error: "deny".parse().ok(), ..HookSettings::default() };
    let strict = UpdateHook { settings: Some(settings), ..UpdateHook::default() };
    world.manage.update_hook(&world.actor, SLUG, &hook.id, strict).await.unwrap();
    let (status, body, _) = world.register("loop2@example.com").await;
    assert_eq!((status, body["reason"].as_str()), (403, Some("hook_failed")));
}

#[tokio::test]
async fn a05_projects_share_neither_cache_nor_users() {
    let world = World::new().await;
    let other = CreateProject { name: "Other".into(), slug: Some("other".into()), environment: None };
    world.manage.create_project(&world.actor, other).await.unwrap();
    let source = "export async function onExecutePreUserRegistration(e: any, api: any) {
  const known = await Aerocall.cache.get('mark');
  const user = await Aerocall.auth.getUser('first@example.com');
  await Aerocall.cache.set('mark', e.tenant.id);
  await api.user.setAppMetadata('known', known);
  await api.user.setAppMetadata('user', user?.email ?? 'none');
}";
    world.live("beforeSignup", source).await;
    let hook = world.hook_in("other", "beforeSignup", source).await;
    let request = contract::manage::DeployRequest { note: None, revision: None, allow_missing_secrets: None };
    world.manage.deploy(&world.actor, "other", &hook.id, request).await.unwrap();
    world.register("first@example.com").await;
    let (_, own, _) = world.register("second@example.com").await;
    assert_eq!(own["user"]["app_metadata"], json!({"known": "acme", "user": "first@example.com"}));
    let (_, foreign, _) = world.call_in("other", Endpoint::Register, account("third@example.com")).await;
    assert_eq!(foreign["user"]["app_metadata"], json!({"user": "none"}));
}

#[tokio::test]
async fn secrets_reach_hooks_but_never_a_record() {
    let world = World::new().await;
    let value = "sk_live_0123456789";
    world.manage.put_secret(&world.actor, SLUG, "API_KEY", PutSecret { value: value.into() }).await.unwrap();
    world.live("beforeSignup", "export async function onExecutePreUserRegistration(e: any, api: any) { console.log('with ' + e.secrets.API_KEY); api.access.deny('code', e.secrets.API_KEY.length + ' ' + e.secrets.API_KEY); }").await;
    let (status, _, _) = world.register("a@example.com").await;
    assert_eq!(status, 403);
    let page = world.manage.runs(&world.actor, SLUG, filter()).await.unwrap();
    let run = world.manage.run(&world.actor, SLUG, &page.runs[0].id).await.unwrap();
    let told = serde_json::to_string(&run).unwrap();
    assert!(!told.contains(value) && told.contains("with •••"), "{told}");
    let listed = serde_json::to_string(&world.manage.secrets(&world.actor, SLUG).await.unwrap()).unwrap();
    assert!(!listed.contains(value) && listed.contains("API_KEY"));
}

#[tokio::test]
async fn bypassing_all_hooks_is_one_audited_switch() {
    let world = World::new().await;
    world.live("beforeSignup", &refusing("nobody")).await;
    assert_eq!(world.register("a@example.com").await.0, 403);
    let mut settings = world.manage.project(&world.actor, SLUG).await.unwrap().settings;
    settings.bypass_hooks = true;
    let update = UpdateProject { settings: Some(settings), ..UpdateProject::default() };
    world.manage.update_project(&world.actor, SLUG, update).await.unwrap();
    let (status, _, journal) = world.register("a@example.com").await;
    assert_eq!((status, journal.runs[0].summary.message.as_deref()), (201, Some("bypassed")));
    let audit = world.manage.audit(&world.actor, SLUG, None).await.unwrap();
    assert!(audit.entries.iter().any(|entry| entry.action == "project.bypass_hooks_on"));
}
