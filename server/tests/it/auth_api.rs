//! The auth API end to end: who may do what with which token.

use serde_json::{Value, json};

use crate::app::{PASSWORD, TestApp, claims};

async fn me(app: &TestApp, token: &str) -> crate::app::Reply {
    app.send(app.client.get(app.url("/p/acme/auth/me")).bearer_auth(token)).await
}

#[tokio::test]
async fn a_fresh_instance_registers_without_naming_a_project() {
    let app = TestApp::start().await;
    let body = json!({"email": "dana@work.example", "password": PASSWORD});
    let reply = app.post("/auth/register", body).await;
    let tokens = reply.expect(201);
    assert_eq!(tokens["token_type"], "Bearer");
    assert_eq!(reply.headers["cache-control"], "no-store");
    assert!(reply.headers["x-request-id"].to_str().is_ok_and(|id| id.starts_with("req_")));
    assert_eq!(claims(tokens["access_token"].as_str().expect("a token"))["iss"], app.url("/p/demo"));
    assert!(!reply.text.contains("argon2"), "{}", reply.text);
}

#[tokio::test]
async fn register_login_refresh_logout() {
    let app = TestApp::start().await;
    app.register("a@work.example").await.expect(201);
    app.register("A@Work.example").await.expect_error(409, "user_exists");
    let wrong = json!({"email": "a@work.example", "password": "not this one"});
    let reply = app.post("/p/acme/auth/login", wrong).await;
    reply.expect_error(401, "invalid_credentials");
    assert_eq!(reply.headers["www-authenticate"], "Bearer");

    let first = app.login("a@work.example").await.expect(200);
    let access = first["access_token"].as_str().expect("a token");
    assert_eq!(me(&app, access).await.expect(200)["user"]["email"], "a@work.example");

    let refresh =
        async |token: &Value| app.post("/p/acme/auth/refresh", json!({"refresh_token": token})).await;
    let second = refresh(&first["refresh_token"]).await.expect(200);
    assert_ne!(second["refresh_token"], first["refresh_token"]);
    let again = refresh(&first["refresh_token"]).await.expect(200);
    assert_eq!(again["refresh_token"], second["refresh_token"], "an answer that was lost is given again");
    let next = refresh(&second["refresh_token"]).await.expect(200);
    refresh(&first["refresh_token"]).await.expect_error(401, "refresh_token_reused");
    refresh(&next["refresh_token"]).await.expect(401);
    let renewed = next["access_token"].as_str().expect("a token");
    me(&app, renewed).await.expect_error(401, "invalid_token");

    let third = app.login("a@work.example").await.expect(200);
    let access = third["access_token"].as_str().expect("a token");
    for body in [None, Some(json!({})), Some(json!({"refresh_token": third["refresh_token"]}))] {
        assert_eq!(app.post_as("/p/acme/auth/logout", access, body).await.status, 204);
    }
    let body = json!({"refresh_token": third["refresh_token"]});
    assert_eq!(app.post("/p/acme/auth/logout", body).await.status, 204);
    app.post("/p/acme/auth/logout", json!({})).await.expect_error(401, "invalid_token");
    let reply = me(&app, access).await;
    reply.expect_error(401, "invalid_token");
    assert_eq!(reply.headers["www-authenticate"], "Bearer error=\"invalid_token\"");
    me(&app, "nonsense").await.expect_error(401, "invalid_token");
    app.get("/p/acme/auth/me").await.expect_error(401, "invalid_token");
}

#[tokio::test]
async fn the_token_of_one_project_opens_no_other() {
    let app = TestApp::start().await;
    let tokens = app.register("a@work.example").await.expect(201);
    let access = tokens["access_token"].as_str().expect("a token");
    let elsewhere = app.client.get(app.url("/p/demo/auth/me")).bearer_auth(access);
    app.send(elsewhere).await.expect_error(401, "invalid_token");
    app.post_as("/p/demo/auth/logout", access, None).await.expect_error(401, "invalid_token");
    let body = json!({"refresh_token": tokens["refresh_token"]});
    app.post("/p/demo/auth/logout", body).await.expect_error(401, "invalid_token");
    me(&app, access).await.expect(200);
}

#[tokio::test]
async fn a_project_is_found_by_prefix_header_and_host() {
    let app = TestApp::start().await;
    let change = json!({"custom_host": "auth.acme.example"});
    app.api(reqwest::Method::PATCH, "/projects/acme", change).await.expect(200);
    let issuer =
        async |request: reqwest::RequestBuilder| app.send(request).await.expect(200)["issuer"].clone();
    let path = "/.well-known/openid-configuration";
    let by_prefix = issuer(app.client.get(app.url(&format!("/p/acme{path}")))).await;
    let by_header = issuer(app.client.get(app.url(path)).header("x-project", "acme")).await;
    let by_host = issuer(app.client.get(app.url(path)).header("host", "auth.acme.example")).await;
    let by_default = issuer(app.client.get(app.url(path))).await;
    assert_eq!(by_prefix, by_header);
    assert_eq!(by_prefix, by_host);
    assert_eq!(by_default, app.url("/p/demo"));
}

#[tokio::test]
async fn tokens_verify_against_the_published_keys() {
    let app = TestApp::start().await;
    let tokens = app.register("a@work.example").await.expect(201);
    let access = tokens["access_token"].as_str().expect("a token");
    let keys = async || app.get("/p/acme/.well-known/jwks.json").await.expect(200)["keys"].clone();
    let before = keys().await;
    assert!(before[0]["d"].is_null() && before[0]["kid"].is_string(), "{before}");
    app.api(reqwest::Method::POST, "/projects/acme/keys/rotate", Value::Null).await;
    assert_eq!(keys().await.as_array().map(Vec::len), Some(2));
    me(&app, access).await.expect(200);
    let renewed = app.login("a@work.example").await.expect(200);
    me(&app, renewed["access_token"].as_str().expect("a token")).await.expect(200);
}

#[tokio::test]
async fn passwords_change_and_reset() {
    let app = TestApp::start().await;
    app.register("a@work.example").await.expect(201);
    let access =
        app.login("a@work.example").await.expect(200)["access_token"].as_str().expect("a token").to_owned();
    let change = json!({"current_password": PASSWORD, "new_password": "another horse battery"});
    app.post_as("/p/acme/auth/password/change", &access, Some(change)).await.expect(200);
    app.login("a@work.example").await.expect_error(401, "invalid_credentials");

    let known =
        app.post("/p/acme/auth/password/forgot", json!({"email": "a@work.example"})).await.expect(202);
    let unknown =
        app.post("/p/acme/auth/password/forgot", json!({"email": "b@work.example"})).await.expect(202);
    assert_eq!(known, unknown);
    // The answer does not wait for the work.
    app.running.app().auth().idle().await;
    // Row F17: without a provider the e-mail is kept, and the log says so.
    let mails = app.read("/mails").await;
    let mail = mails["mails"]
        .as_array()
        .and_then(|mails| mails.iter().find(|mail| mail["kind"] == "reset_password"));
    let text = mail.expect("a mail")["text"].as_str().expect("text").to_owned();
    let token = text
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-')
        .find(|w| w.starts_with("hwt_"));
    let reset = json!({"token": token, "password": PASSWORD});
    app.post("/p/acme/auth/password/reset", reset.clone()).await.expect(200);
    app.post("/p/acme/auth/password/reset", reset).await.expect_error(400, "invalid_ticket");
    app.login("a@work.example").await.expect(200);
    assert!(!app.logs("mail_not_delivered").await.is_empty());
}

#[tokio::test]
async fn who_guesses_is_told_how_long_to_wait() {
    let app = TestApp::start().await;
    app.register("a@work.example").await.expect(201);
    let wrong = json!({"email": "a@work.example", "password": "wrong"});
    for _ in 0..10 {
        app.post("/p/acme/auth/login", wrong.clone()).await.expect_error(401, "invalid_credentials");
    }
    let refused = app.login("a@work.example").await;
    let body = refused.expect_error(429, "too_many_requests");
    assert_eq!(
        refused.headers["retry-after"].to_str().ok(),
        Some(&*body["details"]["retry_after_seconds"].to_string())
    );
    assert!(body["details"]["retry_after_seconds"].as_u64().is_some_and(|seconds| seconds > 60), "{body}");
}

#[tokio::test]
async fn pages_of_other_origins_may_call_without_credentials() {
    let app = TestApp::start().await;
    let preflight = app
        .client
        .request(reqwest::Method::OPTIONS, app.url("/p/acme/auth/login"))
        .header("origin", "https://shop.example")
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "authorization,content-type,traceparent");
    let reply = app.send(preflight).await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.headers["access-control-allow-origin"], "*");
    // By name: a `*` does not stand for `Authorization`.
    assert_eq!(reply.headers["access-control-allow-headers"], "authorization,content-type,traceparent");
    assert!(!reply.headers.contains_key("access-control-allow-credentials"));

    let app = TestApp::start_with(&[("HOOKWRIGHT_CORS_ORIGINS", "https://shop.example")]).await;
    let ask = async |origin: &str| {
        let request = app.client.get(app.url("/.well-known/jwks.json")).header("origin", origin);
        app.send(request).await.headers.get("access-control-allow-origin").cloned()
    };
    assert_eq!(ask("https://shop.example").await.expect("allowed"), "https://shop.example");
    assert!(ask("https://evil.example").await.is_none());
}
