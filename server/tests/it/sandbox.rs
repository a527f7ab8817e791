//! Hooks that misbehave, over HTTP: the trigger's policy, a run record, and the next request is served.

use serde_json::{Value, json};

use crate::app::TestApp;

/// Registers past a hook of the logging kind that misbehaves; gives its run.
async fn run_of(body: &str) -> Value {
    let app = TestApp::start().await;
    let hook = app
        .live(
            "pre-user-registration",
            &format!("export async function onExecutePreUserRegistration() {{ {body} }}"),
        )
        .await;
    let started = std::time::Instant::now();
    app.register("a@work.example").await.expect(201);
    assert!(started.elapsed().as_secs() < 10, "{:?}", started.elapsed());
    let run = app.runs_of(&hook).await.remove(0);
    app.api(reqwest::Method::DELETE, &format!("/hooks/{hook}"), Value::Null).await;
    app.register("b@work.example").await.expect(201);
    app.read(&format!("/runs/{}", run["id"].as_str().expect("an id"))).await
}

#[tokio::test]
async fn a05_a_hook_that_loops_is_ended() {
    let run = run_of("while (true) {}").await;
    assert_eq!(run["summary"]["outcome"], "limit", "{run}");
}

#[tokio::test]
async fn a05_a_hook_that_swallows_everything_is_ended() {
    let run = run_of("for (;;) { try { while (true) {} } catch {} finally { continue; } }").await;
    assert_eq!(run["summary"]["outcome"], "limit", "{run}");
}

#[tokio::test]
async fn a05_a_hook_that_eats_memory_is_ended() {
    let run = run_of("const all = []; for (;;) all.push(new Array(10000).fill(1));").await;
    let outcome = &run["summary"]["outcome"];
    assert!(outcome == "limit" || outcome == "threw", "{run}");
}

#[tokio::test]
async fn a05_a_hook_that_recurses_throws() {
    let run = run_of("const f = () => f() + 1; f();").await;
    let outcome = &run["summary"]["outcome"];
    assert!(outcome == "limit" || outcome == "threw", "{run}");
}

#[tokio::test]
async fn a05_the_server_answers_others_meanwhile() {
    let app = TestApp::start().await;
    app.live(
        "pre-user-registration",
        "export async function onExecutePreUserRegistration() { while (true) {} }",
    )
    .await;
    let attackers = futures::future::join_all((0..8).map(|n| {
        let app = &app;
        async move { app.register(&format!("a{n}@work.example")).await.status }
    }));
    let good = async {
        let mut slowest = std::time::Duration::ZERO;
        for n in 0..20 {
            let started = std::time::Instant::now();
            let request = json!({"email": format!("nobody{n}@work.example"), "password": "wrong"});
            app.post("/p/demo/auth/login", request).await.expect_error(401, "invalid_credentials");
            slowest = slowest.max(started.elapsed());
        }
        slowest
    };
    let (statuses, slowest) = tokio::join!(attackers, good);
    assert!(statuses.iter().all(|status| status.as_u16() == 201), "{statuses:?}");
    assert!(slowest.as_millis() < 2_000, "{slowest:?}");
}

#[tokio::test]
async fn a05_nothing_leaks_from_one_call_to_the_next() {
    let app = TestApp::start().await;
    let source = "let seen = 0;
        export async function beforeSignup({ api }) {
            seen += 1; globalThis.mark = (globalThis.mark ?? 0) + 1; Array.prototype.mark = ([].mark ?? 0) + 1;
            if (seen + globalThis.mark + [].mark !== 3) api.deny('state leaked');
        }";
    app.live("beforeSignup", source).await;
    for n in 0..5 {
        app.register(&format!("a{n}@work.example")).await.expect(201);
    }
}
