//! What every answer carries, those that a layer gives in a handler's place included.

use std::time::Duration;

use reqwest::{Method, header};
use serde_json::{Value, json};
use tokio::{io::AsyncWriteExt as _, net::TcpStream};

use crate::app::{Reply, TestApp};

const ORIGIN: &str = "https://app.example";

/// What a page of another origin and a reader of the log need.
#[track_caller]
fn complete(reply: &Reply) {
    assert_eq!(reply.headers["access-control-allow-origin"], "*", "{reply:?}");
    let exposed = reply.headers["access-control-expose-headers"].to_str().expect("text");
    assert!(exposed.contains("x-request-id") && exposed.contains("retry-after"), "{exposed}");
    assert_eq!(reply.headers["x-content-type-options"], "nosniff", "{reply:?}");
    assert!(reply.headers.contains_key("x-request-id"), "{reply:?}");
    if reply.status.is_client_error() || reply.status.is_server_error() {
        assert_eq!(reply.json()["request_id"].as_str(), reply.headers["x-request-id"].to_str().ok());
    }
}

async fn ask(app: &TestApp, method: Method, path: &str, body: Option<(&str, String)>) -> Reply {
    let request = app.client.request(method, app.url(path)).header(header::ORIGIN, ORIGIN);
    app.send(match body {
        Some((kind, body)) => request.header(header::CONTENT_TYPE, kind).body(body),
        None => request,
    })
    .await
}

#[tokio::test]
async fn pages_of_other_origins_can_read_every_refusal_of_the_auth_api() {
    let app = TestApp::start().await;
    let json = |text: &str| Some(("application/json", text.to_owned()));
    for (method, path, body, status) in [
        (Method::POST, "/p/acme/auth/login", json("{"), 400),
        (Method::POST, "/p/acme/auth/login", json("{}"), 400),
        (Method::POST, "/p/acme/auth/login", Some(("text/plain", "x".to_owned())), 415),
        (Method::POST, "/p/acme/auth/login", json(&"x".repeat(70_000)), 413),
        (Method::GET, "/p/acme/auth/login", None, 405),
        (Method::DELETE, "/auth/login", None, 405),
        (Method::GET, "/p/acme/auth/me", None, 401),
        (Method::POST, "/p/acme/auth/none", None, 404),
        (Method::POST, "/auth/", None, 404),
        (Method::POST, "/p/none/auth/login", None, 404),
        (Method::POST, "/p/%ff/auth/login", None, 404),
        (Method::GET, "/p/none/.well-known/jwks.json", None, 404),
        (Method::GET, "/.well-known/none", None, 404),
        (Method::POST, "/.well-known/jwks.json", None, 405),
    ] {
        let reply = ask(&app, method, path, body).await;
        assert_eq!(reply.status, status, "{path}: {}", reply.text);
        complete(&reply);
    }
    let malformed = app.client.get(app.url("/.well-known/jwks.json")).header(header::ORIGIN, ORIGIN);
    let malformed = app.send(malformed.header("x-project", "")).await;
    malformed.expect_error(400, "invalid_request");
    complete(&malformed);
    complete(&ask(&app, Method::GET, "/.well-known/jwks.json", None).await);
    let preflight = app.client.request(Method::OPTIONS, app.url("/p/acme/auth/login"));
    let preflight = preflight.header(header::ORIGIN, ORIGIN).header("access-control-request-method", "POST");
    let preflight = app.send(preflight).await;
    assert_eq!(
        (preflight.status.as_u16(), &preflight.headers["access-control-allow-origin"]),
        (200, &"*".parse().expect("text"))
    );
    assert!(preflight.headers.contains_key("x-request-id"));
    // What only the own console and programs use is for no page of another origin.
    let own = ask(&app, Method::GET, "/api/v2/hooks", None).await;
    assert!(!own.headers.contains_key("access-control-allow-origin"));
}

#[tokio::test]
async fn pages_of_other_origins_can_read_that_the_server_is_busy_or_late() {
    let variables =
        [("HOOKWRIGHT_MAX_CONCURRENT_REQUESTS", "1"), ("HOOKWRIGHT_REQUEST_TIMEOUT_SECONDS", "2")];
    let app = TestApp::start_with(&variables).await;
    // A body that does not come holds the only place, until the time is over.
    let mut held = TcpStream::connect(app.running.address()).await.expect("connected");
    let half = format!(
        "POST /p/acme/auth/login HTTP/1.1\r\nhost: x\r\norigin: {ORIGIN}\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: 9\r\n\r\n{{"
    );
    held.write_all(half.as_bytes()).await.expect("sent");
    let busy = async {
        loop {
            let reply = ask(&app, Method::GET, "/.well-known/jwks.json", None).await;
            if reply.status == 503 {
                break reply;
            }
        }
    };
    let busy = tokio::time::timeout(Duration::from_secs(60), busy).await.expect("a busy server");
    busy.expect_error(503, "busy");
    complete(&busy);
    let mut late = String::new();
    tokio::io::AsyncReadExt::read_to_string(&mut held, &mut late).await.expect("an answer");
    let head = late.split("\r\n\r\n").next().unwrap_or_default().to_ascii_lowercase();
    assert!(head.starts_with("http/1.1 503"), "{late}");
    for name in ["access-control-allow-origin: *", "x-content-type-options: nosniff", "x-request-id: "] {
        assert!(head.contains(name), "{name} is missing: {late}");
    }
}

#[tokio::test]
async fn a_stranger_is_refused_before_the_body_is_read() {
    let app = TestApp::start().await;
    let user = app.register("a@work.example").await.expect(201);
    let token = user["access_token"].as_str().expect("a token");
    let path = "/p/acme/auth/password/change";
    for (kind, body) in [("application/json", "{nonsense"), ("text/plain", "x")] {
        let ask = || app.client.post(app.url(path)).header(header::CONTENT_TYPE, kind).body(body);
        app.send(ask()).await.expect_error(401, "invalid_token");
        app.send(ask().bearer_auth("nonsense")).await.expect_error(401, "invalid_token");
        let known = app.send(ask().bearer_auth(token)).await;
        assert!(matches!(known.status.as_u16(), 400 | 415), "{}", known.text);
    }
    app.post(path, json!({"nonsense": Value::Null})).await.expect_error(401, "invalid_token");
}
