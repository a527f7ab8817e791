//! Who asks, and for which project: headers and addresses that cannot be read are refused and never guessed at.

use std::net::SocketAddr;

use reqwest::{Method, StatusCode, header::HeaderValue};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::app::{PASSWORD, Reply, TestApp};

const PROXY: (&str, &str) = ("HOOKWRIGHT_TRUSTED_PROXIES", "127.0.0.1");

/// Sends a head as it is and gives status and body.
async fn raw(address: SocketAddr, head: &[u8]) -> (u16, String) {
    let mut stream = TcpStream::connect(address).await.expect("connected");
    stream.write_all(head).await.expect("sent");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.expect("an answer");
    let text = String::from_utf8_lossy(&answer).into_owned();
    let status = text.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    (status, text)
}

async fn jwks(address: SocketAddr, path: &str, headers: &[u8]) -> (u16, String) {
    let head =
        [format!("GET {path} HTTP/1.1\r\nconnection: close\r\n").as_bytes(), headers, b"\r\n"].concat();
    raw(address, &head).await
}

#[tokio::test]
async fn n24_what_names_a_project_and_cannot_be_read_is_no_other_project() {
    let app = TestApp::start().await;
    let address = app.running.address();
    let keys = "/.well-known/jwks.json";
    // The project that would be served if none were named.
    assert_eq!(jwks(address, keys, b"host: x\r\n").await.0, 200);
    for path in [
        "/p/%ff",
        "/p/%FF%FE",
        "/p/ac%ffme",
        "/p/%c3",
        "/p/",
        "/p/%00",
        "/p/ACME",
        "/p/Acme",
        "/p/acme%20",
        "/p/acme%2F",
        "/p/acme%2fdemo",
        "/p/%2e%2e",
        "/p/nope",
    ] {
        let (status, text) = jwks(address, &format!("{path}{keys}"), b"host: x\r\n").await;
        assert_eq!(status, 404, "{path}: {text}");
        assert!(text.contains("\"request_id\""), "{text}");
    }
    for path in ["/p/%ff/auth/login", "/p//auth/login", "/p/ACME/auth/login"] {
        app.post(path, json!({"email": "a@b.example", "password": PASSWORD})).await.expect(404);
    }
    for project in [&b"\xff"[..], b"", b" ", b"acme, demo", b"\xc3\xa4"] {
        let headers = [b"host: x\r\nx-project: ", project, b"\r\n"].concat();
        let (status, text) = jwks(address, keys, &headers).await;
        assert!((400..=404).contains(&status), "{project:?}: {text}");
    }
    let twice = jwks(address, keys, b"host: x\r\nx-project: acme\r\nx-project: demo\r\n").await;
    assert_eq!(twice.0, 400, "{}", twice.1);
    let error = app.api(Method::GET, "/hooks?trigger_id=%ff", Value::Null).await;
    error.expect_error(400, "invalid_request");
    app.api(Method::GET, "/hooks/%ff", Value::Null).await.expect(404);
}

#[tokio::test]
async fn n24_a_malformed_host_is_refused() {
    let app = TestApp::start().await;
    let address = app.running.address();
    let keys = "/.well-known/jwks.json";
    for host in [
        &b"host: a, b\r\n"[..],
        b"host: a b\r\n",
        b"host: user@acme.example\r\n",
        b"host: acme.example:x\r\n",
        b"host: acme.example:99999\r\n",
        b"host: acme.example\r\nhost: acme.example\r\n",
        b"host: \xff\r\n",
    ] {
        let (status, text) = jwks(address, keys, host).await;
        assert_eq!(status, 400, "{}: {text}", String::from_utf8_lossy(host));
        assert!(!text.contains("\"keys\""), "{text}");
    }
    let (status, text) = jwks(address, "http://other.example/.well-known/jwks.json", b"host: x\r\n").await;
    assert_eq!(status, 400, "{text}");
    // An empty header is how HTTP says that the target has no authority.
    let readable = [
        &b"host: Other.Example.:3000\r\n"[..],
        b"host: [::1]:3000\r\n",
        b"host: 127.0.0.1\r\n",
        b"host:\r\n",
    ];
    for host in readable {
        assert_eq!(jwks(address, keys, host).await.0, 200);
    }
}

#[tokio::test]
async fn a_custom_host_is_found_in_every_form_of_its_name() {
    let app = TestApp::start_with(&[PROXY]).await;
    let host = json!({"custom_host": "Auth.ACME.example."});
    let project = app.api(Method::PATCH, "/projects/acme", host).await.expect(200);
    assert_eq!(project["custom_host"], "auth.acme.example");
    let path = "/.well-known/openid-configuration";
    let own = "\"issuer\":\"http://auth.acme.example\"";
    for headers in [
        &b"host: auth.acme.example\r\n"[..],
        b"host: AUTH.acme.example.:8443\r\n",
        b"host: x\r\nx-forwarded-host: auth.acme.example\r\n",
        b"host: x\r\nx-forwarded-host: evil.example, auth.acme.example:443\r\n",
        b"host: x\r\nx-forwarded-host: evil.example\r\nx-forwarded-host: auth.acme.example\r\n",
    ] {
        let (status, text) = jwks(app.running.address(), path, headers).await;
        assert!(status == 200 && text.contains(own), "{}: {text}", String::from_utf8_lossy(headers));
    }
    let (status, text) =
        jwks(app.running.address(), path, b"host: x\r\nx-forwarded-host: auth.acme.example, x y\r\n").await;
    assert_eq!(status, 400, "{text}");
}

#[tokio::test]
async fn addresses_and_hosts_of_all_projects_are_no_custom_host() {
    let app = TestApp::start().await;
    for host in ["127.0.0.1", "127.1", "[::1]", "localhost", "a.localhost", "10.0.0.1:80", "*.acme.example"] {
        let body = json!({"custom_host": host});
        let error = app.api(Method::PATCH, "/projects/acme", body).await.expect_error(400, "invalid_field");
        assert_eq!(error["field"], "custom_host", "{host}");
    }
    let host = |host: &str| json!({"custom_host": host});
    app.api(Method::PATCH, "/projects/demo", host("auth.example.com")).await.expect(200);
    let taken = app.api(Method::PATCH, "/projects/acme", host("AUTH.Example.com.")).await;
    taken.expect_error(409, "already_exists");
}

async fn login(app: &TestApp, email: &str, forwarded: &str) -> Reply {
    let request = app.client.post(app.url("/p/acme/auth/login"));
    let body = json!({"email": email, "password": "a wrong password"});
    app.send(request.header("x-forwarded-for", forwarded).json(&body)).await
}

#[tokio::test]
async fn n24_a_caller_cannot_choose_its_address() {
    let app = TestApp::start_with(&[PROXY]).await;
    app.register("a@work.example").await.expect(201);
    // The proxy appends the address, perhaps with a port; the client writes another one before it each time.
    for appended in ["203.0.113.9", "203.0.113.9:51234", "[2001:db8::9]:51234"] {
        let mut statuses = Vec::new();
        for number in 0..12 {
            let forwarded = format!("10.1.1.{number}, x, {appended}");
            statuses.push(login(&app, "a@work.example", &forwarded).await.status);
        }
        assert_eq!(statuses.last(), Some(&StatusCode::TOO_MANY_REQUESTS), "{appended}: {statuses:?}");
    }
    // Another port or form of the address is no other caller.
    login(&app, "a@work.example", "203.0.113.9:1").await.expect_error(429, "too_many_requests");
    login(&app, "a@work.example", "\"[::ffff:203.0.113.9]:1\"").await.expect_error(429, "too_many_requests");
    for unreadable in ["x", "1.2.3.4, x", "1.2.3.4, unknown", "1.2.3.4:port", "for=1.2.3.4"] {
        login(&app, "a@work.example", unreadable).await.expect_error(400, "invalid_request");
    }
    // `Forwarded` says nothing to this server.
    let request = app.client.post(app.url("/p/acme/auth/login")).header("forwarded", "for=198.51.100.1");
    let body = json!({"email": "a@work.example", "password": "a wrong password"});
    let reply = app.send(request.header("x-forwarded-for", "203.0.113.9").json(&body)).await;
    reply.expect_error(429, "too_many_requests");
}

#[tokio::test]
async fn n24_wrong_passwords_of_administrators_are_counted_by_the_true_address() {
    let app = TestApp::start_with(&[PROXY]).await;
    let mut statuses = Vec::new();
    for number in 0..14 {
        let request = app.client.post(app.url("/console/api/access/sign-in"));
        let forwarded = format!("10.2.2.{number}, x, 203.0.113.9:{}", 1000 + number);
        let request = request.header("x-forwarded-for", forwarded);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let request = request.body("email=dana%40example.com&password=a+wrong+password");
        statuses.push(app.send(request).await.status.as_u16());
    }
    assert_eq!(statuses.last(), Some(&429), "{statuses:?}");
}

#[tokio::test]
async fn hooks_see_the_address_without_its_port() {
    let app = TestApp::start_with(&[PROXY]).await;
    let hook = "export function beforeSignup({ event }) { console.log(event.request.ip + ' ' + event.request.hostname); }";
    let hook = app.live("beforeSignup", hook).await;
    let request = app.client.post(app.url("/p/acme/auth/register"));
    let request = request
        .header("x-forwarded-for", "1.2.3.4, x, 203.0.113.9:51234")
        .header("x-forwarded-host", "a, B.example:1");
    app.send(request.json(&json!({"email": "a@work.example", "password": PASSWORD}))).await.expect(201);
    let run = app.runs_of(&hook).await[0]["id"].as_str().expect("an id").to_owned();
    assert_eq!(app.read(&format!("/runs/{run}")).await["logs"][0]["message"], "203.0.113.9 b.example");
}

#[tokio::test]
async fn two_authorizations_or_types_are_none() {
    let app = TestApp::start().await;
    let request = app.client.get(app.url("/api/v2/hooks")).bearer_auth(&app.key);
    let second = HeaderValue::from_static("Bearer other");
    let mut request = request.build().expect("a request");
    request.headers_mut().append("authorization", second);
    let reply = app.client.execute(request).await.expect("an answer");
    assert_eq!(reply.status(), 401);
    let request = app.client.post(app.url("/auth/login")).header("content-type", "application/json");
    let request = request.header("content-type", "text/plain").body("{}");
    app.send(request).await.expect_error(415, "unsupported_media_type");
    let lower =
        app.client.get(app.url("/api/v2/hooks")).header("authorization", format!("bearer {}", app.key));
    app.send(lower.header("x-project", "acme")).await.expect(200);
    let basic = app.client.get(app.url("/api/v2/hooks")).basic_auth(&app.key, None::<&str>);
    app.send(basic).await.expect_error(401, "invalid_token");
}

#[tokio::test]
async fn numbers_out_of_range_and_unknown_words_in_a_query_are_refused() {
    let app = TestApp::start().await;
    let hook = app.hook("beforeSignup", "export function beforeSignup() {}").await;
    for (path, field) in [
        ("/runs?limit=abc".to_owned(), "limit"),
        ("/runs?limit=0".to_owned(), "limit"),
        ("/runs?limit=-1".to_owned(), "limit"),
        ("/runs?limit=201".to_owned(), "limit"),
        ("/runs?limit=".to_owned(), "limit"),
        ("/runs?limit=99999999999999999999".to_owned(), "limit"),
        ("/runs?mode=other".to_owned(), "mode"),
        ("/runs?outcome=other".to_owned(), "outcome"),
        ("/runs?hook_id=other".to_owned(), "hook_id"),
        ("/runs?cursor=other".to_owned(), "cursor"),
        ("/users?cursor=other".to_owned(), "cursor"),
        ("/mails?cursor=".to_owned(), "cursor"),
        ("/audit?cursor=other".to_owned(), "cursor"),
        (format!("/hooks/{hook}/versions?limit=0"), "limit"),
        (format!("/hooks/{hook}/versions?limit=201"), "limit"),
        (format!("/hooks/{hook}/versions?before=x"), "before"),
        ("/hooks?trigger_id=".to_owned(), "trigger_id"),
    ] {
        let error = app.api(Method::GET, &path, Value::Null).await.expect_error(400, "invalid_field");
        assert_eq!(error["field"], field, "{path}: {error}");
    }
    app.api(Method::GET, "/runs?limit=1&limit=2", Value::Null).await.expect(400);
    app.api(Method::GET, "/runs?limit=200&mode=live", Value::Null).await.expect(200);
}
