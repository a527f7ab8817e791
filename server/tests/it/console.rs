//! The console's door: rendering, cookies, origins, static files; and what stands beside it.

use serde_json::json;

use crate::app::TestApp;

#[tokio::test]
async fn the_root_leads_to_the_console_and_the_console_to_the_sign_in() {
    let app = TestApp::start().await;
    let reply = app.get("/").await;
    assert!(reply.status.is_redirection());
    assert_eq!(reply.headers["location"], "/console");
    let reply = app.get("/console").await;
    assert!(reply.status.is_redirection(), "{} {}", reply.status, reply.text);
    assert!(
        reply.headers["location"].to_str().is_ok_and(|to| to.starts_with("/console/")),
        "{:?}",
        reply.headers
    );
}

#[tokio::test]
async fn pages_are_rendered_with_a_strict_policy() {
    let app = TestApp::start().await;
    let reply = app.get("/console/setup?token=x").await;
    reply.expect(200);
    assert!(reply.text.starts_with("<!DOCTYPE html>"), "{}", reply.text);
    let policy = reply.headers["content-security-policy"].to_str().expect("text");
    assert!(policy.contains("frame-ancestors 'none'") && policy.contains("'nonce-"), "{policy}");
    assert!(!policy.contains("script-src 'self' 'unsafe-inline'"), "{policy}");
    let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).expect("a nonce");
    for script in reply.text.split("<script").skip(1) {
        let tag = script.split('>').next().unwrap_or_default();
        assert!(tag.contains("src=") || tag.contains(nonce), "an inline script without the nonce: {tag}");
    }
    assert_eq!(reply.headers["x-content-type-options"], "nosniff");
    assert_eq!(reply.headers["cache-control"], "no-store");
    assert!(!app.get("/console/p/no-such/auth/hooks").await.status.is_success());
}

#[tokio::test]
async fn requests_of_other_sites_are_refused() {
    let app = TestApp::start().await;
    let url = app.url("/console/api/sign_in");
    for (name, value) in
        [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site"), ("origin", "null")]
    {
        let request = app.client.post(&url).header(name, value).json(&json!({}));
        app.send(request).await.expect_error(403, "origin_mismatch");
    }
    let own = app.client.post(&url).header("origin", &app.base).json(&json!({}));
    assert_ne!(app.send(own).await.status, 403);
}

#[tokio::test]
async fn bodies_over_the_limit_are_refused_in_the_usual_form() {
    let app = TestApp::start().await;
    let url = app.url("/console/api/sign_in");
    let long = vec![b'x'; 2 << 20];
    let announced = app.client.post(&url).body(long.clone());
    app.send(announced).await.expect_error(413, "payload_too_large");
    let chunks = futures::stream::iter(
        long.chunks(64 << 10).map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec())).collect::<Vec<_>>(),
    );
    let streamed = app.client.post(&url).body(reqwest::Body::wrap_stream(chunks));
    app.send(streamed).await.expect_error(413, "payload_too_large");
}

#[tokio::test]
async fn calls_that_are_none_are_refused_in_the_usual_form() {
    let app = TestApp::start().await;
    let url = app.url("/console/api/hooks/list");
    for body in ["{", "", "[]", "{\"project\": 5}"] {
        let request = app.client.post(&url).header("content-type", "application/json").body(body);
        let error = app.send(request).await.expect(400);
        assert_eq!(error["error"], "invalid_field", "{body}: {error}");
        assert!(error["message"].as_str().is_some_and(|text| text.starts_with("The body is not")), "{error}");
    }
    app.get("/console/api/hooks/list").await.expect_error(405, "method_not_allowed");
    app.get("/console/api/no/such").await.expect_error(404, "not_found");
    app.post("/console/api/no/such", json!({})).await.expect_error(404, "not_found");
}

#[tokio::test]
async fn health_is_told_to_a_full_server_too() {
    use tokio::io::AsyncWriteExt as _;
    let app = TestApp::start_with(&[("HOOKWRIGHT_MAX_CONCURRENT_REQUESTS", "2")]).await;
    let half = b"POST /auth/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{";
    let mut held = Vec::new();
    for _ in 0..2 {
        let mut stream = tokio::net::TcpStream::connect(app.running.address()).await.expect("connected");
        stream.write_all(half).await.expect("sent");
        held.push(stream);
    }
    while app.get("/.well-known/jwks.json").await.status != 503 {}
    assert_eq!(app.get("/healthz").await.expect(200)["status"], "alive");
    assert_eq!(app.get("/readyz").await.expect(200)["status"], "ready");
    app.get("/.well-known/jwks.json").await.expect_error(503, "busy");
    drop(held);
}

#[tokio::test]
async fn static_files_are_found_by_hash_only() {
    let app = TestApp::start().await;
    app.get("/assets/none/main.css").await.expect_error(404, "not_found");
    let outside = app.get("/assets/..%2f..%2fCargo.toml").await;
    assert_eq!(outside.status, 404);
}

#[tokio::test]
async fn health_is_told() {
    let app = TestApp::start().await;
    assert_eq!(app.get("/healthz").await.expect(200)["status"], "alive");
    assert_eq!(app.get("/readyz").await.expect(200)["status"], "ready");
}

#[tokio::test]
async fn the_reference_is_readable_and_the_description_is_served() {
    let app = TestApp::start().await;
    let document = app.get("/api/openapi.json").await.expect(200);
    assert_eq!(document["servers"][0]["url"], app.base);
    let page = app.get("/api/reference").await;
    page.expect(200);
    for text in ["/auth/register", "beforeSignup", "/api/v2/hooks/{id}/deploy", "record-ErrorBody"] {
        assert!(page.text.contains(text), "{text} is missing");
    }
}
