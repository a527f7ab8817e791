//! Unit tests and dry runs of hooks.

use std::{sync::Arc, time::Duration};

use contract::{
    catalogue::endpoints::Endpoint,
    error::ErrorCode,
    ids::UserId,
    manage::{EndpointTest, RunMode, RunOutcome, SaveDraft, TestMode, UnitTest, VerdictKind},
};
use serde_json::json;
use store::{Options, SystemClock, sessions};

use crate::fixture::{SLUG, World, account, refusing};

fn unit() -> UnitTest {
    UnitTest { version: None, source: None, event: None, user_id: None }
}

#[tokio::test]
async fn a13_a_hook_alone_with_sample_and_edited_input() {
    let world = World::new().await;
    let source = "export async function onExecutePreUserRegistration(event: PreUserRegistrationEvent, api: PreUserRegistrationApi) {
  console.log('from', event.user.email);
  if (event.user.email?.endsWith('@gmail.com')) api.access.deny('free_email', 'Please use a work email');
}";
    let hook = world.hook("beforeSignup", source).await;
    let passed = world.manage.unit_test(&world.actor, SLUG, &hook.id, unit()).await.unwrap();
    assert_eq!(passed.verdict.kind, VerdictKind::Allowed);
    assert_eq!(
        (passed.run.logs[0].message.as_str(), passed.run.logs[0].line),
        ("from dana@example.com", Some(2))
    );
    assert_eq!(passed.run.summary.mode, RunMode::Unit);

    let mut event = world.manage.sample_event(&world.actor, SLUG, &hook.id).await.unwrap();
    event["user"]["email"] = json!("dana@gmail.com");
    let test = UnitTest { event: Some(event), ..unit() };
    let denied = world.manage.unit_test(&world.actor, SLUG, &hook.id, test).await.unwrap();
    assert_eq!(
        (denied.verdict.kind, denied.verdict.title.as_str()),
        (VerdictKind::Denied, "Denied: free_email")
    );
    assert!(denied.verdict.detail.contains("Please use a work email"));
    assert_eq!(denied.run.api_calls[0].line, Some(3));

    let test = UnitTest { source: Some("export default () => { null.x; }".into()), ..unit() };
    let failed = world.manage.unit_test(&world.actor, SLUG, &hook.id, test).await.unwrap();
    assert_eq!(failed.verdict.kind, VerdictKind::Failed);
    assert_eq!(failed.run.error.unwrap().name, "TypeError");

    let test = UnitTest { event: Some(json!("text")), ..unit() };
    let refused = world.manage.unit_test(&world.actor, SLUG, &hook.id, test).await.unwrap_err();
    assert_eq!(refused.field.as_deref(), Some("event"));
    let test = UnitTest { version: Some(7), ..unit() };
    let refused = world.manage.unit_test(&world.actor, SLUG, &hook.id, test).await.unwrap_err();
    assert_eq!(refused.error, ErrorCode::UnknownVersion);
}

#[tokio::test]
async fn a14_a_hook_that_fails_on_the_way_to_a_good_answer_is_named_by_the_verdict() {
    let world = World::new().await;
    let source =
        "export async function onExecutePreUserRegistration() { throw new TypeError('no such thing'); }";
    let hook = world.hook("onExecutePreUserRegistration", source).await;
    let result = world.dry_run(account("dana@example.com"), &[&hook.id]).await;
    assert_eq!((result.verdict.kind, result.response.status), (VerdictKind::Failed, 201));
    let expected = format!("Allowed: 201, but “{}” failed", hook.name);
    assert_eq!(result.verdict.title, expected);
    assert!(result.verdict.detail.contains("no such thing"), "{}", result.verdict.detail);
}

#[tokio::test]
async fn a14_a_dry_run_is_the_live_code_and_changes_nothing() {
    let world = World::new().await;
    let hook = world
        .hook(
            "beforeSignup",
            "export async function onExecutePreUserRegistration(e: any, api: any) {
  await api.user.setUserMetadata('plan', 'free');
  await Aerocall.cache.set('k', 1);
  const seen = await Aerocall.cache.get('k');
  const answer = await fetch('https://api.example.com/check', { method: 'POST', body: '{}' });
  console.log(seen, answer.status);
}",
        )
        .await;
    world.live("afterSignup", "export async function afterSignup({ payload, Aerocall }: HookArguments) { await Aerocall.auth.sendEmail({ to: payload.user.email!, subject: 'Welcome', text: 'Hi' }); }").await;
    let result = world.dry_run(account("dana@example.com"), &[&hook.id]).await;
    assert_eq!(
        (result.verdict.kind, result.response.status),
        (VerdictKind::Allowed, 201),
        "{:?}",
        result.response
    );
    assert_eq!(result.response.body["user"]["user_metadata"]["plan"], "free");
    assert_eq!(result.runs[0].logs[0].message, "1 200");
    assert!(result.mails.iter().any(|mail| mail.subject == "Welcome"));
    assert!(result.events.iter().any(|event| event.event == "auth.signup"));
    assert!(result.changes.iter().any(|change| change.table == "users" && change.operation == "insert"));
    let told = serde_json::to_string(&result).unwrap();
    assert!(!told.contains("correct horse battery") && !told.contains("$argon2"), "no password and no hash");
    assert!(result.token.unwrap().claims["sub"].as_str().unwrap().starts_with("usr_"));

    // Nothing of it has happened.
    let users = world.manage.users(&world.actor, SLUG, None, None).await.unwrap();
    assert!(users.users.is_empty());
    assert!(world.manage.mails(&world.actor, SLUG, None).await.unwrap().mails.is_empty());
    let again = world.dry_run(account("dana@example.com"), &[]).await;
    assert_eq!(again.response.status, 201);
    // A draft runs only when the test asks for it.
    assert_eq!(again.response.body["user"]["user_metadata"], json!({}));
}

#[tokio::test]
async fn a14_a_refusal_names_hook_and_text_and_what_was_not_reached() {
    let world = World::new().await;
    world.live("beforeSignup", &refusing("Please use a work email")).await;
    let result = world.dry_run(account("dana@gmail.com"), &[]).await;
    assert_eq!(result.verdict.title, "Denied by hook 1: refused");
    assert!(result.verdict.detail.contains("The user sees “Please use a work email” · 403"));
    let create = result.steps.iter().find(|step| step.label == "Create the user").unwrap();
    assert_eq!(create.note.as_deref(), Some("not reached"));
    assert!(result.changes.is_empty());
}

#[tokio::test]
async fn a14_live_mode_is_a_real_request_and_never_runs_a_draft() {
    let world = World::new().await;
    let hook = world.hook("beforeSignup", &refusing("draft")).await;
    let test = |drafts| EndpointTest {
        mode: TestMode::Live,
        body: Some(account("real@example.com")),
        user_id: None,
        drafts,
        sources: None,
        versions: None,
    };
    let refused = world
        .manage
        .endpoint_test(&world.actor, SLUG, Endpoint::Register, test(Some(vec![hook.id])))
        .await
        .unwrap_err();
    assert_eq!(refused.error, ErrorCode::InvalidField);
    let done = world.manage.endpoint_test(&world.actor, SLUG, Endpoint::Register, test(None)).await.unwrap();
    assert_eq!(done.response.status, 201);
    assert_eq!(world.manage.users(&world.actor, SLUG, None, None).await.unwrap().users.len(), 1);
}

#[tokio::test]
async fn a14_a_dry_run_that_takes_long_does_not_hold_up_live_traffic() {
    let options = Options { acquire_timeout: Duration::from_secs(2), ..Options::default() };
    let world = World::with(&options, Arc::new(SystemClock)).await;
    let slow = world
        .hook(
            "afterSignup",
            "export async function afterSignup() { await new Promise(done => setTimeout(done, 3000)); }",
        )
        .await;
    let drafts = [&slow.id];
    let mut dry = std::pin::pin!(world.dry_run(account("dry@example.com"), &drafts));
    let mut live = 0;
    let result = loop {
        tokio::select! {
            result = &mut dry => break result,
            // What every live change begins with.
            writer = async { world.db.live().write().await } => writer.unwrap().commit().await.unwrap(),
        }
        live += 1;
    };
    assert!(live > 0);
    // The flow has one more thing to write after its hooks. What it did until then is still told.
    assert_eq!((result.response.status, &result.response.body["error"]), (503, &json!("busy")));
    assert!(result.verdict.detail.contains("The dry run was rolled back"), "{}", result.verdict.detail);
    assert!(result.changes.iter().any(|change| change.table == "users"));
    assert_eq!(result.runs.len(), 1);
}

#[tokio::test]
async fn a14_a_live_test_ends_as_it_should_when_whoever_asked_hangs_up() {
    let world = World::new().await;
    let hook = world
        .live(
            "afterSignup",
            "export async function afterSignup() { await new Promise(done => setTimeout(done, 500)); }",
        )
        .await;
    let (manage, actor) = (world.manage.clone(), world.actor.clone());
    let asked = tokio::spawn(async move {
        let test = EndpointTest {
            mode: TestMode::Live,
            body: Some(account("real@example.com")),
            user_id: None,
            drafts: None,
            sources: None,
            versions: None,
        };
        manage.endpoint_test(&actor, SLUG, Endpoint::Register, test).await
    });
    while world.manage.users(&world.actor, SLUG, None, None).await.unwrap().users.is_empty() {
        tokio::task::yield_now().await;
    }
    asked.abort();
    let filter = || serde_json::from_value(json!({"hook_id": hook.id})).unwrap();
    let runs = tokio::time::timeout(Duration::from_secs(30), async {
        loop {
            let page = world.manage.runs(&world.actor, SLUG, filter()).await.unwrap();
            if !page.runs.is_empty() {
                break page.runs;
            }
            tokio::task::yield_now().await;
        }
    })
    .await
    .unwrap();
    assert_eq!(runs[0].outcome, RunOutcome::Returned);
}

#[tokio::test]
async fn a12_a_dry_run_as_a_user_shows_what_the_endpoint_changes_and_nothing_else() {
    let world = World::new().await;
    let (_, body, _) = world.register("dana@example.com").await;
    let test = EndpointTest {
        mode: TestMode::DryRun,
        body: Some(
            json!({"current_password": "correct horse battery", "new_password": "a new horse battery"}),
        ),
        user_id: body["user"]["user_id"].as_str().unwrap().parse().ok(),
        drafts: None,
        sources: None,
        versions: None,
    };
    let result =
        world.manage.endpoint_test(&world.actor, SLUG, Endpoint::PasswordChange, test).await.unwrap();
    assert_eq!(result.response.status, 200, "{:?}", result.response.body);
    assert_eq!(result.changes[0].table, "users");
    assert!(result.changes.iter().all(|change| change.operation != "insert"), "{:?}", result.changes);
}

#[tokio::test]
async fn a12_the_session_of_a_live_test_ends_with_it() {
    let world = World::new().await;
    let (_, body, _) = world.register("dana@example.com").await;
    let user: UserId = body["user"]["user_id"].as_str().unwrap().parse().unwrap();
    let test = EndpointTest {
        mode: TestMode::Live,
        body: None,
        user_id: Some(user.clone()),
        drafts: None,
        sources: None,
        versions: None,
    };
    let result = world.manage.endpoint_test(&world.actor, SLUG, Endpoint::Me, test).await.unwrap();
    assert_eq!(result.response.body["user"]["email"], "dana@example.com");
    let project = world.hooks.project_by_slug(SLUG).unwrap();
    let session = world.db.live();
    let all = sessions::list(&mut session.read().await.unwrap(), &project.id, &user).await.unwrap();
    let (test, real): (Vec<_>, Vec<_>) = all.iter().partition(|one| one.auth_method == "console_test");
    assert_eq!((test.len(), real.len()), (1, 1));
    assert!(test[0].revoked_at.is_some() && real[0].revoked_at.is_none());
}

#[tokio::test]
async fn a12_an_endpoint_that_needs_a_token_is_tested_as_a_user() {
    let world = World::new().await;
    let (_, body, _) = world.register("dana@example.com").await;
    let test = EndpointTest {
        mode: TestMode::DryRun,
        body: None,
        user_id: body["user"]["user_id"].as_str().unwrap().parse().ok(),
        drafts: None,
        sources: None,
        versions: None,
    };
    let result = world.manage.endpoint_test(&world.actor, SLUG, Endpoint::Me, test).await.unwrap();
    assert_eq!(result.response.body["user"]["email"], "dana@example.com");
}

#[tokio::test]
async fn a14_a_dry_run_can_try_a_version_in_place_of_the_live_one() {
    let world = World::new().await;
    let hook = world.live("beforeSignup", &refusing("one")).await;
    let draft = SaveDraft { source: refusing("two"), language: None, revision: hook.draft.revision };
    world.manage.save_draft(&world.actor, SLUG, &hook.id, draft).await.unwrap();
    world.deploy(&hook.id).await.unwrap();
    let test = |mode, number, drafts| EndpointTest {
        mode,
        body: Some(account("dana@example.com")),
        user_id: None,
        drafts,
        sources: None,
        versions: Some([(hook.id.to_string(), number)].into()),
    };
    let try_out = async |test| world.manage.endpoint_test(&world.actor, SLUG, Endpoint::Register, test).await;

    let old = try_out(test(TestMode::DryRun, 1, None)).await.unwrap();
    assert_eq!(old.response.body["message"], "one");
    assert_eq!(old.runs[0].summary.version, Some(1));
    assert_eq!(world.register("dana@example.com").await.1["message"], "two");

    let unknown = try_out(test(TestMode::DryRun, 9, None)).await.unwrap_err();
    assert_eq!(unknown.error, ErrorCode::UnknownVersion);
    let both = try_out(test(TestMode::DryRun, 1, Some(vec![hook.id.clone()]))).await.unwrap_err();
    assert_eq!((both.error, both.field.as_deref()), (ErrorCode::InvalidField, Some("versions")));
    let live = try_out(test(TestMode::Live, 1, None)).await.unwrap_err();
    assert_eq!(live.error, ErrorCode::InvalidField);
}
