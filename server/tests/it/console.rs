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
