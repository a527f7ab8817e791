//! What is wrong is refused with a status, a code and the place.

use reqwest::Method;
use serde_json::{Value, json};

use crate::app::{PASSWORD, TestApp};

#[tokio::test]
async fn text_that_is_not_json_is_told_by_line_and_column() {
    let app = TestApp::start().await;
    for text in ["{\"email\": }", "{", "[1, 2", "{\"a\": 1} x", "nonsense"] {
        let request =
            app.client.post(app.url("/auth/register")).header("content-type", "application/json").body(text);
        let error = app.send(request).await.expect_error(400, "invalid_json");
        assert!(error["message"].as_str().is_some_and(|m| m.contains("line 1, column ")), "{error}");
    }
    let deep = "[".repeat(50_000);
    let request =
        app.client.post(app.url("/auth/register")).header("content-type", "application/json").body(deep);
    app.send(request).await.expect_error(400, "invalid_json");
}

#[tokio::test]
async fn wrong_types_and_missing_fields_are_named() {
    let app = TestApp::start().await;
    let cases = [
        ("/auth/register", json!({"email": 5, "password": PASSWORD}), "email"),
        ("/auth/register", json!({"password": PASSWORD}), "email"),
        ("/auth/register", json!({"email": "a@b.example"}), "password"),
        ("/auth/register", json!({"email": "no address", "password": PASSWORD}), "email"),
        ("/auth/login", json!({"email": "a@b.example", "password": null}), "password"),
        ("/auth/refresh", json!({}), "refresh_token"),
        ("/auth/password/forgot", json!({"email": ["a"]}), "email"),
        ("/auth/verify-email/confirm", json!({"token": 1}), "token"),
    ];
    for (path, body, field) in cases {
        let error = app.post(path, body).await.expect_error(400, "invalid_field");
        assert_eq!(error["field"], field, "{path}: {error}");
    }
    let empty = app.send(app.client.post(app.url("/auth/register"))).await;
    assert_eq!(empty.expect_error(400, "invalid_field")["field"], "email");
    app.post("/auth/register", json!([1])).await.expect_error(400, "invalid_field");

    let error =
        app.api(Method::POST, "/hooks", json!({"name": "x"})).await.expect_error(400, "invalid_field");
    assert_eq!(error["field"], "trigger");
    let error = app
        .api(Method::POST, "/hooks", json!({"trigger": "no-such"}))
        .await
        .expect_error(400, "invalid_field");
    assert_eq!(error["field"], "trigger");
    let error =
        app.api(Method::GET, "/runs?limit=many", Value::Null).await.expect_error(400, "invalid_field");
    assert_eq!(error["field"], "limit");
    let error =
        app.api(Method::GET, "/hooks?trigger_id=x", Value::Null).await.expect_error(400, "invalid_field");
    assert_eq!(error["field"], "trigger_id");
}

#[tokio::test]
async fn misspelt_fields_do_not_do_nothing() {
    let app = TestApp::start().await;
    let hook = app.hook("beforeSignup", "export function beforeSignup() {}").await;
    app.deploy(&hook).await;
    let mut tried = 0;
    for operation in hookwright::http::documentation().operations {
        if !operation.path.starts_with("/api/v2")
            || (operation.request.is_none() && operation.query.is_empty())
        {
            continue;
        }
        tried += 1;
        let path = operation.path.replace("{slug}", "acme").replace("{endpoint}", "register");
        let path = path.replace("{number}", "1").replace("{name}", "KEY").replace("{id}", &hook);
        let body = match operation.request {
            Some(_) => json!({"mispelt": 1}),
            None => Value::Null,
        };
        let query = if operation.request.is_none() { "?mispelt=1" } else { "" };
        let path = format!("{}{query}", path.trim_start_matches("/api/v2"));
        let error = app.api(operation.method, &path, body).await.expect_error(400, "invalid_field");
        assert_eq!(error["field"], "mispelt", "{}: {error}", operation.id);
    }
    assert!(tried > 10, "{tried}");

    // The one that mattered most: what its maker left out is nothing that a key may do.
    let key = app.api(Method::POST, "/keys", json!({"name": "ro"})).await;
    assert_eq!(key.expect_error(400, "invalid_field")["field"], "scopes");
    let key = app.api(Method::POST, "/keys", json!({"name": "ro", "scopes": []})).await;
    assert_eq!(key.expect_error(400, "invalid_field")["field"], "scopes");
    let nested = json!({"settings": {"bypass": true}});
    let nested = app.api(Method::PATCH, "/projects/acme", nested).await.expect_error(400, "invalid_field");
    assert_eq!(nested["field"], "settings.bypass");
}

#[tokio::test]
async fn other_media_types_are_refused() {
    let app = TestApp::start().await;
    let request = app.client.post(app.url("/auth/login")).header("content-type", "text/plain").body("{}");
    app.send(request).await.expect_error(415, "unsupported_media_type");
    let request =
        app.client.post(app.url("/auth/login")).header("content-type", "application/vnd.x+json").body("{}");
    app.send(request).await.expect_error(400, "invalid_field");
}

#[tokio::test]
async fn bodies_over_the_limit_are_refused_with_flat_memory() {
    let app = TestApp::start().await;
    let long = json!({"email": "a@b.example", "password": "x".repeat(70_000)});
    app.post("/auth/register", long).await.expect_error(413, "payload_too_large");

    // 12 MiB without a length, several times: the server must not keep them. Other tests run in this process
    // meanwhile, so the bound is half of what is sent.
    app.get("/healthz").await.expect(200);
    let before = resident_kib();
    for _ in 0..16 {
        let chunk: &'static [u8] = &[b' '; 64 << 10];
        let chunks = futures::stream::iter((0..192).map(move |_| Ok::<_, std::io::Error>(chunk)));
        let request = app
            .client
            .post(app.url("/auth/register"))
            .header("content-type", "application/json")
            .body(reqwest::Body::wrap_stream(chunks));
        app.send(request).await.expect_error(413, "payload_too_large");
    }
    let grown = resident_kib().saturating_sub(before);
    assert!(grown < 96 << 10, "resident memory has grown by {grown} KiB");

    let source = "x".repeat((1 << 20) + 1);
    let hook = app.hook("beforeSignup", "export function beforeSignup() {}").await;
    app.api(Method::PUT, &format!("/hooks/{hook}/draft"), json!({"source": source, "revision": 1}))
        .await
        .expect_error(413, "payload_too_large");
}

#[tokio::test]
async fn a_huge_announced_length_is_answered_at_once() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let app = TestApp::start().await;
    let mut stream = tokio::net::TcpStream::connect(app.running.address()).await.expect("connected");
    let head = "POST /auth/register HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
                content-length: 1099511627776\r\n\r\n{";
    stream.write_all(head.as_bytes()).await.expect("sent");
    let mut answer = [0; 12];
    let read = tokio::time::timeout(std::time::Duration::from_secs(2), stream.read_exact(&mut answer));
    read.await.expect("in time").expect("an answer");
    assert_eq!(&answer, b"HTTP/1.1 413");
}

#[tokio::test]
async fn what_does_not_exist_is_404_with_a_code() {
    let app = TestApp::start().await;
    let login = || json!({"email": "a@b.example", "password": PASSWORD});
    app.post("/p/nope/auth/login", login()).await.expect_error(404, "unknown_project");
    let by_header = app.client.post(app.url("/auth/login")).header("x-project", "nope").json(&login());
    app.send(by_header).await.expect_error(404, "unknown_project");
    app.get("/p/nope/.well-known/jwks.json").await.expect_error(404, "unknown_project");
    app.post("/auth/nope", json!({})).await.expect_error(404, "unknown_endpoint");
    app.post("/p/acme/auth/nope", json!({})).await.expect_error(404, "unknown_endpoint");
    app.get("/nope").await.expect_error(404, "not_found");

    let get = async |path: &str| app.api(Method::GET, path, Value::Null).await;
    get("/hooks/hok_nope").await.expect_error(404, "unknown_hook");
    get("/hooks/nonsense").await.expect_error(404, "unknown_hook");
    get("/hooks/hok_nope/versions").await.expect_error(404, "unknown_hook");
    get("/endpoints/nope").await.expect_error(404, "unknown_endpoint");
    get("/projects/nope").await.expect_error(404, "unknown_project");
    get("/runs/run_nope").await.expect_error(404, "not_found");
    get("/nope").await.expect_error(404, "not_found");
    let hook = app.hook("beforeSignup", "export function beforeSignup() {}").await;
    get(&format!("/hooks/{hook}/versions/7")).await.expect_error(404, "unknown_version");
    get(&format!("/hooks/{hook}/versions/x")).await.expect_error(404, "unknown_version");
    let rollback = app.api(Method::POST, &format!("/hooks/{hook}/versions/7/rollback"), json!({})).await;
    rollback.expect_error(404, "unknown_version");

    // The hook of one project does not exist in another.
    let elsewhere = app.client.get(app.url(&format!("/p/demo/api/v2/hooks/{hook}"))).bearer_auth(&app.key);
    app.send(elsewhere).await.expect_error(404, "unknown_hook");
}

#[tokio::test]
async fn a_wrong_method_is_405_with_the_right_ones() {
    let app = TestApp::start().await;
    let reply = app.get("/auth/register").await;
    reply.expect_error(405, "method_not_allowed");
    assert_eq!(reply.headers["allow"], "POST");
    let reply = app.api(Method::DELETE, "/hooks", Value::Null).await;
    reply.expect_error(405, "method_not_allowed");
}

#[tokio::test]
async fn two_people_saving_one_draft_keep_both_texts() {
    let app = TestApp::start().await;
    let hook = app.hook("beforeSignup", "// first\nexport function beforeSignup() {}").await;
    let path = format!("/hooks/{hook}/draft");
    let revision = app.read(&path).await["revision"].clone();
    let mine = json!({"source": "// mine", "revision": revision});
    let theirs = json!({"source": "// theirs", "revision": revision});
    app.api(Method::PUT, &path, theirs).await.expect(200);
    let error = app.api(Method::PUT, &path, mine).await.expect_error(409, "draft_conflict");
    assert_eq!(error["details"]["theirs"]["source"], "// theirs", "{error}");
    assert_eq!(error["details"]["yours"], "// mine", "{error}");
    assert_eq!(app.read(&path).await["source"], "// theirs");
}

#[tokio::test]
async fn what_does_not_compile_is_not_deployed_and_says_where() {
    let app = TestApp::start().await;
    let hook = app.hook("beforeSignup", "export function beforeSignup() {\n  let = ;\n}\n").await;
    let reply = app.api(Method::POST, &format!("/hooks/{hook}/deploy"), json!({})).await;
    let error = reply.expect_error(422, "compile_failed");
    assert_eq!(error["details"]["problems"][0]["line"], 2, "{error}");
    assert_eq!(app.read(&format!("/hooks/{hook}")).await["state"], "not_deployed");
    app.register("a@b.example").await.expect(201);
}

fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("VmRSS");
    line.split_whitespace().nth(1).and_then(|kib| kib.parse().ok()).expect("a number")
}
