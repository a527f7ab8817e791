//! Unit tests and dry runs of hooks.

use contract::{
    catalogue::endpoints::Endpoint,
    error::ErrorCode,
    manage::{EndpointTest, RunMode, TestMode, UnitTest, VerdictKind},
};
use serde_json::json;

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
    assert!(world.manage.mails(&world.actor, SLUG).await.unwrap().is_empty());
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
async fn a12_an_endpoint_that_needs_a_token_is_tested_as_a_user() {
    let world = World::new().await;
    let (_, body, _) = world.register("dana@example.com").await;
    let test = EndpointTest {
        mode: TestMode::DryRun,
        body: None,
        user_id: body["user"]["user_id"].as_str().unwrap().parse().ok(),
        drafts: None,
        sources: None,
    };
    let result = world.manage.endpoint_test(&world.actor, SLUG, Endpoint::Me, test).await.unwrap();
    assert_eq!(result.response.body["user"]["email"], "dana@example.com");
}
