//! Clients that do not wait for their answers.

use reqwest::Method;
use serde_json::json;
use tokio::net::TcpListener;

use crate::app::TestApp;

#[tokio::test]
async fn a_client_that_hangs_up_frees_no_place_while_its_hooks_run() {
    let variables =
        [("HOOKWRIGHT_MAX_CONCURRENT_REQUESTS", "2"), ("HOOKWRIGHT_ALLOW_PRIVATE_ADDRESSES", "true")];
    let app = TestApp::start_with(&variables).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let source = format!("export async function after_register() {{ await fetch('http://{address}/'); }}");
    let hook = app.live("after_register", &source).await;
    let mut settings = app.read(&format!("/hooks/{hook}")).await["settings"].clone();
    settings["wall_ms"] = json!(30_000);
    app.api(Method::PATCH, &format!("/hooks/{hook}"), json!({"settings": settings})).await.expect(200);

    let mut waiting = Vec::new();
    for email in ["a@work.example", "b@work.example"] {
        tokio::select! {
            reply = app.register(email) => panic!("answered before its hook had ended: {reply:?}"),
            hook = listener.accept() => waiting.push(hook.expect("a connection")),
        }
    }
    app.login("a@work.example").await.expect_error(503, "busy");

    // Nobody listens to the hooks any more, so they end.
    drop((waiting, listener));
    app.running.app().auth().idle().await;
    app.login("a@work.example").await.expect(200);
    assert_eq!(app.runs_of(&hook).await.len(), 2);
}
