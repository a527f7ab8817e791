//! Values that are nested deep: they are put into others on their way, and all of those must be read again.

use contract::ids::{ProjectId, RunId};
use reqwest::Method;
use serde_json::{Value, json};
use store::hook_runs;

use crate::app::{PASSWORD, TestApp};

fn nested(levels: usize) -> Value {
    (1..levels).fold(json!({}), |inner, _| json!({"a": inner}))
}

#[tokio::test]
async fn a05_what_callers_nest_deep_is_refused_and_the_rest_reaches_the_checks() {
    let app = TestApp::start().await;
    let hook = app
        .live(
            "pre-user-registration",
            "exports.onExecutePreUserRegistration = async (event, api) => {
              await Aerocall.cache.set('seen', event);
              api.access.deny('seen', 'Seen.');
            };",
        )
        .await;
    let body =
        |field: &str, levels| json!({"email": "a@b.example", "password": PASSWORD, field: nested(levels)});
    for (field, levels) in [("user_metadata", 33), ("user_metadata", 122), ("of_nobody", 124)] {
        let error =
            app.post("/p/acme/auth/register", body(field, levels)).await.expect_error(400, "invalid_field");
        assert_eq!(error["field"], field, "{error}");
    }
    for field in ["user_metadata", "of_nobody"] {
        let error =
            app.post("/p/acme/auth/register", body(field, 32)).await.expect_error(403, "access_denied");
        assert_eq!(error["reason"], "seen", "{error}");
        let run = app.runs_of(&hook).await.remove(0);
        let run = app.read(&format!("/runs/{}", run["id"].as_str().expect("an id"))).await;
        assert_eq!(run["input"]["request"]["body"][field], nested(32), "{run}");
    }

    let deep = json!({"event": {"user": nested(100)}});
    let error =
        app.api(Method::POST, &format!("/hooks/{hook}/test"), deep).await.expect_error(400, "invalid_field");
    assert_eq!(error["field"], "event", "{error}");
    let deep = json!({"mode": "dry_run", "body": body("user_metadata", 100)});
    let result = app.api(Method::POST, "/endpoints/register/test", deep).await.expect(200);
    assert_eq!(result["response"]["body"]["field"], "user_metadata", "{result}");
}

#[tokio::test]
async fn g07_whatever_a_run_returns_its_record_can_be_read() {
    let app = TestApp::start().await;
    let hook = app
        .live(
            "pre-user-registration",
            "exports.onExecutePreUserRegistration = async (event, api) => {
              const nested = (levels) => { let value = 1; while (levels--) value = [value]; return value; };
              api.user.setUserMetadata('deep', nested(110));
              await Aerocall.cache.set('deep', nested(115));
              await Aerocall.cache.get('deep');
              return nested(118);
            };",
        )
        .await;
    let user = app.register("a@b.example").await.expect(201)["user"].clone();
    assert_eq!(user["user_metadata"], json!({}), "{user}");
    let run = app.runs_of(&hook).await.remove(0);
    let path = format!("/runs/{}", run["id"].as_str().expect("an id"));
    let run = app.read(&path).await;
    assert_eq!(
        (&run["summary"]["outcome"], &run["api_calls"][0]["args"][0]),
        (&json!("returned"), &json!("deep")),
        "{run}"
    );
    assert!(run["output"].is_array() && run["host_calls"][1]["result"].is_array(), "{run}");
    assert!(run["logs"][0]["message"].as_str().is_some_and(|text| text.contains("nested deeper")), "{run}");

    // One that an earlier server has written.
    let id: RunId = run["summary"]["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
    let mut conn = app.running.app().db().live().write().await.expect("the database");
    let project = project(&app).await;
    let mut row = hook_runs::by_id(&mut conn, &project, &id).await.expect("read").expect("a run");
    row.id = store::new_id(row.started_at);
    row.detail = json!({"input": nested(127)});
    let path = format!("/runs/{}", row.id);
    hook_runs::insert_many(&mut conn, &[row]).await.expect("written");
    conn.commit().await.expect("committed");
    let run = app.read(&path).await;
    assert_eq!((&run["summary"]["outcome"], &run["input"]), (&json!("returned"), &Value::Null), "{run}");
}

async fn project(app: &TestApp) -> ProjectId {
    let project = app.read("/projects/acme").await;
    project["id"].as_str().and_then(|id| id.parse().ok()).expect("an id")
}
