//! The product's main job over the management API: draft, test, deploy, live traffic changes, roll back.

use reqwest::Method;
use serde_json::json;

use crate::app::TestApp;

const ALLOW: &str = "export async function beforeSignup() {}\n";
const REFUSE_FREE: &str = r#"
export async function beforeSignup({ payload, api }: HookArguments) {
  const domain = (payload.user.email ?? "").split("@")[1];
  console.log("checking", domain);
  if (domain === "gmail.com") {
    api.access.deny("free_email", "Please use a work email");
  }
}
"#;

/// Every test of this file runs on both databases.
macro_rules! on_both {
    ($($test:ident)+) => {
        mod sqlite {$(
            #[tokio::test]
            async fn $test() {
                super::$test(crate::app::TestApp::start().await).await;
            }
        )+}
        mod postgres {$(
            #[tokio::test]
            async fn $test() {
                crate::app::TestApp::on_postgres(super::$test).await;
            }
        )+}
    };
}

on_both! {
    a16_draft_test_deploy_and_roll_back
    a13_a_unit_test_runs_just_the_hook
    a14_a_dry_run_changes_nothing_and_shows_everything
    a6_endpoints_list_their_hooks_and_events
    hooks_are_switched_off_ordered_and_deleted
}

async fn a16_draft_test_deploy_and_roll_back(app: TestApp) {
    let hook = app.hook("beforeSignup", ALLOW).await;
    assert_eq!(app.deploy(&hook).await, 1);
    app.register("one@gmail.com").await.expect(201);

    // Row A11: a draft never serves live traffic.
    app.save(&hook, REFUSE_FREE).await;
    app.register("two@gmail.com").await.expect(201);
    assert_eq!(app.read(&format!("/hooks/{hook}")).await["draft_pending"], true);

    assert_eq!(app.deploy(&hook).await, 2);
    let error = app.register("three@gmail.com").await.expect_error(403, "access_denied");
    assert_eq!(error["reason"], "free_email");
    assert_eq!(error["message"], "Please use a work email");
    app.register("three@work.example").await.expect(201);

    let run = app.runs_of(&hook).await.into_iter().find(|run| run["outcome"] == "denied").expect("a run");
    assert_eq!(run["request_id"], error["request_id"]);
    let run = app.read(&format!("/runs/{}", run["id"].as_str().expect("an id"))).await;
    assert_eq!(run["logs"][0]["message"], "checking gmail.com", "{run}");
    assert!(!run.to_string().contains(crate::app::PASSWORD), "{run}");

    let rollback =
        app.api(Method::POST, &format!("/hooks/{hook}/versions/1/rollback"), json!({"note": "oops"})).await;
    let rolled_back = rollback.expect(200);
    assert_eq!((&rolled_back["version"], &rolled_back["restored_from"]), (&json!(3), &json!(1)));
    app.register("three@gmail.com").await.expect(201);
    assert_eq!(app.read(&format!("/hooks/{hook}/draft")).await["source"], REFUSE_FREE);

    let versions = app.read(&format!("/hooks/{hook}/versions")).await;
    let numbers: Vec<_> =
        versions.as_array().expect("versions").iter().map(|v| v["number"].clone()).collect();
    assert_eq!(numbers, [3, 2, 1]);
    assert_eq!(versions[0]["state"], "live");
    assert_eq!(app.read(&format!("/hooks/{hook}/versions/2")).await["source"], REFUSE_FREE);
}

async fn a13_a_unit_test_runs_just_the_hook(app: TestApp) {
    let hook = app.hook("beforeSignup", REFUSE_FREE).await;
    let mut event = app.read(&format!("/hooks/{hook}/sample")).await;
    event["user"]["email"] = json!("someone@gmail.com");
    let path = format!("/hooks/{hook}/test");
    let result = app.api(Method::POST, &path, json!({"event": event})).await.expect(200);
    assert_eq!(result["verdict"]["kind"], "denied", "{result}");
    assert_eq!(result["run"]["logs"][0]["message"], "checking gmail.com");

    event["user"]["email"] = json!("someone@work.example");
    let result = app.api(Method::POST, &path, json!({"event": event})).await.expect(200);
    assert_eq!(result["verdict"]["kind"], "allowed", "{result}");

    let broken = json!({"source": "export function beforeSignup() {\n  null.x;\n}"});
    let result = app.api(Method::POST, &path, broken).await.expect(200);
    assert_eq!(result["run"]["error"]["line"], 2, "{result}");
    assert_eq!(app.read("/users").await["users"], json!([]));
}

async fn a14_a_dry_run_changes_nothing_and_shows_everything(app: TestApp) {
    let hook = app.hook("beforeSignup", REFUSE_FREE).await;
    let test = async |mode: &str, email: &str| {
        let body = json!({"email": email, "password": crate::app::PASSWORD});
        // A draft never serves live traffic (row A11), a live test included.
        let drafts = if mode == "live" { json!([]) } else { json!([hook]) };
        let request = json!({"mode": mode, "body": body, "drafts": drafts});
        app.api(Method::POST, "/endpoints/register/test", request).await.expect(200)
    };
    let denied = test("dry_run", "a@gmail.com").await;
    assert_eq!(denied["response"]["status"], 403, "{denied}");
    assert_eq!(denied["verdict"]["kind"], "denied");

    let allowed = test("dry_run", "a@work.example").await;
    assert_eq!(allowed["response"]["status"], 201, "{allowed}");
    assert_eq!(allowed["runs"][0]["summary"]["hook_id"].as_str(), Some(hook.as_str()));
    assert!(
        allowed["changes"].as_array().is_some_and(|c| c.iter().any(|c| c["table"] == "users")),
        "{allowed}"
    );
    assert!(
        allowed["events"].as_array().is_some_and(|e| e.iter().any(|e| e["event"] == "auth.signup")),
        "{allowed}"
    );
    assert!(!allowed["mails"].as_array().expect("mails").is_empty(), "{allowed}");
    assert_eq!(app.read("/users").await["users"], json!([]));
    assert_eq!(app.read("/mails").await["mails"], json!([]));

    let live = test("live", "a@work.example").await;
    assert_eq!(live["response"]["status"], 201, "{live}");
    assert_eq!(app.read("/users").await["users"].as_array().map(Vec::len), Some(1));
}

async fn a6_endpoints_list_their_hooks_and_events(app: TestApp) {
    app.live("beforeSignup", ALLOW).await;
    let listed = app.read("/endpoints").await;
    let register = &listed["endpoints"].as_array().expect("endpoints")[0];
    assert_eq!(register["endpoint"], "register");
    let steps = register["steps"].as_array().expect("steps");
    let before = steps.iter().find(|step| step["trigger"] == "pre-user-registration").expect("the step");
    assert_eq!(before["hooks"][0]["state"], "enabled");
    assert!(steps.iter().any(|step| step["event"] == "auth.signup"));
}

async fn hooks_are_switched_off_ordered_and_deleted(app: TestApp) {
    let hook = app.live("beforeSignup", "export function beforeSignup({ api }) { api.deny('no'); }").await;
    app.register("a@work.example").await.expect_error(403, "access_denied");
    app.api(Method::PATCH, &format!("/hooks/{hook}"), json!({"enabled": false})).await.expect(200);
    app.register("a@work.example").await.expect(201);
    // Decision 9: the run log says why the hook did not run.
    let run = app.runs_of(&hook).await.remove(0);
    assert_eq!(run["outcome"], "skipped", "{run}");
    app.api(Method::PATCH, &format!("/hooks/{hook}"), json!({"enabled": true})).await.expect(200);
    app.register("b@work.example").await.expect_error(403, "access_denied");
    assert_eq!(app.api(Method::DELETE, &format!("/hooks/{hook}"), json!(null)).await.status, 204);
    app.register("b@work.example").await.expect(201);
}
