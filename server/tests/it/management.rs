//! The management API: keys and scopes, secrets, projects.

use contract::manage::{CreateApiKey, Scope};
use hookwright::http::table::Guard;
use manage::Actor;
use reqwest::Method;
use serde_json::{Value, json};

use crate::app::{PASSWORD, TestApp};

async fn key(app: &TestApp, project: Option<&str>, scopes: &[Scope]) -> String {
    let request = CreateApiKey { name: "narrow".into(), scopes: scopes.to_vec(), expires_in_days: None };
    app.running.app().manage().create_api_key(&Actor::system(), project, request).await.expect("a key").token
}

#[tokio::test]
async fn c07_a_key_is_needed_and_its_scopes_count() {
    let app = TestApp::start().await;
    let reply = app.get("/api/v2/hooks").await;
    reply.expect_error(401, "invalid_token");
    assert!(reply.headers.contains_key("www-authenticate"));
    let call = async |token: &str, method: Method, path: &str, body: Value| {
        let request = app.client.request(method, app.url(path)).bearer_auth(token);
        app.send(if body.is_null() { request } else { request.json(&body) }).await
    };
    call("hwk_nonsense", Method::GET, "/api/v2/hooks", Value::Null).await.expect_error(401, "invalid_token");

    let reader = key(&app, None, &[Scope::ReadHooks]).await;
    call(&reader, Method::GET, "/api/v2/hooks", Value::Null).await.expect(200);
    let create = json!({"trigger": "beforeSignup"});
    call(&reader, Method::POST, "/api/v2/hooks", create).await.expect_error(403, "forbidden");

    // A key of one project opens no other, and needs not name its own.
    let bound = key(&app, Some("acme"), &[Scope::ReadHooks, Scope::CreateHooks]).await;
    call(&bound, Method::GET, "/p/demo/api/v2/hooks", Value::Null).await.expect_error(404, "unknown_project");
    let hook =
        call(&bound, Method::POST, "/api/v2/hooks", json!({"trigger": "beforeSignup"})).await.expect(201);
    let listed = app.read("/hooks?trigger_id=before-signup").await;
    assert_eq!(listed[0]["id"], hook["id"]);
}

/// The address of an operation, with parameters of the right form.
fn address(operation: &hookwright::http::table::Operation) -> String {
    let path =
        operation.path.replace("{slug}", "acme").replace("{endpoint}", "login").replace("{number}", "1");
    let path = path.replace("{name}", "KEY");
    match operation.group {
        "Users" => path.replace("{id}", "usr_1"),
        "Instance" => path.replace("{id}", "key_1"),
        "Runs" => path.replace("{id}", "run_1"),
        "API keys" => path.replace("{id}", "key_1"),
        _ => path.replace("{id}", "hok_1"),
    }
}

/// Bodies that no operation takes, so that an answer about one shows that it was looked at.
const NONSENSE: [(&str, &str); 3] = [
    ("application/json", "{nonsense"),
    ("text/plain", "nonsense"),
    ("application/json", "{\"nonsense\": 1}"),
];

#[tokio::test]
async fn c07_every_operation_asks_for_the_scope_that_is_documented_before_it_reads_the_body() {
    let app = TestApp::start().await;
    let mut with_body = 0;
    for operation in hookwright::http::documentation().operations {
        let Guard::ApiKey(scope) = operation.guard else { continue };
        let others: Vec<Scope> = Scope::ALL.iter().copied().filter(|other| *other != scope).collect();
        let wrong = [key(&app, Some("acme"), &others).await, key(&app, None, &others).await];
        let url = app.url(&address(&operation));
        let bodies = if operation.request.is_some() { &NONSENSE[..] } else { &[("text/plain", "")] };
        with_body += usize::from(operation.request.is_some());
        for (kind, body) in bodies {
            let ask = || {
                let request = app.client.request(operation.method.clone(), &url);
                if body.is_empty() { request } else { request.header("content-type", *kind).body(*body) }
            };
            for token in &wrong {
                let reply = app.send(ask().bearer_auth(token)).await;
                assert_eq!(reply.status, 403, "{} needs {scope}: {}", operation.id, reply.text);
            }
            let nobody = app.send(ask()).await;
            assert_eq!(nobody.status, 401, "{}: {}", operation.id, nobody.text);
            let stranger = app.send(ask().bearer_auth("hwk_nonsense")).await;
            assert_eq!(stranger.status, 401, "{}: {}", operation.id, stranger.text);
        }
    }
    assert!(with_body >= 14, "{with_body}");
}

#[tokio::test]
async fn c07_another_project_is_refused_before_the_body_is_read() {
    let app = TestApp::start().await;
    let bound = key(&app, Some("demo"), Scope::ALL).await;
    for operation in hookwright::http::documentation().operations {
        let Guard::ApiKey(_) = operation.guard else { continue };
        if operation.request.is_none() {
            continue;
        }
        let of_instance = operation.of_instance;
        for (kind, body) in NONSENSE {
            let request = app.client.request(operation.method.clone(), app.url(&address(&operation)));
            let request = request.bearer_auth(&bound).header("x-project", "acme");
            let reply = app.send(request.header("content-type", kind).body(body)).await;
            let expected = if of_instance { (403, "forbidden") } else { (404, "unknown_project") };
            reply.expect_error(expected.0, expected.1);
        }
    }
}

#[tokio::test]
async fn b06_what_a_test_shows_has_no_secret_in_it() {
    const SECRET: &str = "sk_live_open-sesame";
    let app = TestApp::start().await;
    app.api(Method::PUT, "/secrets/CODE", json!({"value": SECRET})).await.expect(200);
    let spill = "await Aerocall.auth.sendEmail({ to: `a+${event.secrets.CODE}@b.example`, subject: event.secrets.CODE,
        text: `it is ${event.secrets.CODE}`, html: `<b>${event.secrets.CODE}</b>` });
      api.user.setUserMetadata('code', event.secrets.CODE);
      api.user.setAppMetadata(event.secrets.CODE, [event.secrets.CODE]);";
    let before = format!("exports.onExecutePreUserRegistration = async (event, api) => {{ {spill} }};");
    let hook = app.live("pre-user-registration", &before).await;
    let unit = app.api(Method::POST, &format!("/hooks/{hook}/test"), json!({})).await;
    assert_eq!(unit.expect(200)["mails"][0]["text"], "it is •••");
    assert!(!unit.text.contains(SECRET), "{}", unit.text);

    let claims = "exports.onExecuteCredentialsExchange = async (event, api) => {
      api.accessToken.setCustomClaim('code', event.secrets.CODE);
      api.accessToken.setCustomClaim(event.secrets.CODE, 1);
    };";
    app.live("credentials-exchange", claims).await;
    let body = json!({"mode": "dry_run", "body": {"email": "a@b.example", "password": PASSWORD}});
    let dry = app.api(Method::POST, "/endpoints/register/test", body).await;
    let result = dry.expect(200);
    assert_eq!(result["response"]["body"]["user"]["user_metadata"]["code"], "•••", "{result}");
    assert_eq!(result["token"]["claims"]["code"], "•••", "{result}");
    assert_eq!(result["mails"][0]["subject"], "•••", "{result}");
    for part in ["changes", "events", "runs"] {
        assert!(result[part].to_string().contains("•••"), "{part}: {result}");
    }
    assert!(!dry.text.contains(SECRET), "{}", dry.text);
}

#[tokio::test]
async fn secrets_are_write_only_and_hooks_read_them() {
    let app = TestApp::start().await;
    let put = app.api(Method::PUT, "/secrets/CODE", json!({"value": "open-sesame"})).await;
    put.expect(200);
    assert!(!put.text.contains("open-sesame"));
    let hook = "export async function beforeSignup({ event, api }) {
        if (event.secrets.CODE !== 'open-sesame') api.deny('wrong secret');
        console.log(event.secrets.CODE);
    }";
    let hook = app.live("beforeSignup", hook).await;
    app.register("a@work.example").await.expect(201);
    let run = app.runs_of(&hook).await.remove(0);
    let run = app.read(&format!("/runs/{}", run["id"].as_str().expect("an id"))).await;
    assert!(!run.to_string().contains("open-sesame"), "{run}");
    let listed = app.api(Method::GET, "/secrets", Value::Null).await;
    assert_eq!(listed.expect(200)[0]["name"], "CODE");
    assert!(!listed.text.contains("open-sesame"));
    assert_eq!(app.api(Method::DELETE, "/secrets/CODE", Value::Null).await.status, 204);
    app.register("b@work.example").await.expect_error(403, "access_denied");
}

#[tokio::test]
async fn a_line_break_at_the_end_of_a_secret_is_removed_and_told() {
    let app = TestApp::start().await;
    let set = async |value: &str| app.api(Method::PUT, "/secrets/KEY", json!({"value": value})).await;
    let hook = "export function beforeSignup({ event }) { return JSON.stringify([...event.secrets.KEY].map((c) => c.charCodeAt(0))); }";
    let hook = app.hook("beforeSignup", hook).await;
    let kept = async || {
        let test = app.api(Method::POST, &format!("/hooks/{hook}/test"), json!({})).await.expect(200);
        let codes: Vec<u8> =
            serde_json::from_str(test["run"]["output"].as_str().expect("text")).expect("codes");
        String::from_utf8(codes).expect("text")
    };
    for (value, expected, notices) in [
        ("sk_live_123", "sk_live_123", 0),
        ("sk_live_123\n", "sk_live_123", 1),
        ("sk_live_123\r\n", "sk_live_123", 1),
        ("line one of it\nline two of it\n", "line one of it\nline two of it", 1),
        (" sk_live_123", " sk_live_123", 1),
        ("sk_live_123 \n", "sk_live_123 ", 2),
        ("\nsk_live_123", "\nsk_live_123", 1),
    ] {
        let told = set(value).await.expect(200)["notices"].clone();
        assert_eq!(told.as_array().map(Vec::len), Some(notices), "{value:?}: {told}");
        assert_eq!(kept().await, expected, "{value:?}");
    }
    for nothing in ["", "\n", "\r\n\n"] {
        assert_eq!(set(nothing).await.expect_error(400, "invalid_field")["field"], "value");
    }
}

#[tokio::test]
async fn a_secret_that_is_a_common_word_is_warned_of_when_set_and_when_deployed() {
    let app = TestApp::start().await;
    let set = async |name: &str, value: &str| {
        let path = format!("/secrets/{name}");
        app.api(Method::PUT, &path, json!({"value": value})).await.expect(200)["notices"].clone()
    };
    assert!(set("TIER", "premium").await[0].as_str().is_some_and(|told| told.contains("ordinary word")));
    assert!(set("FLAG", "on").await[0].as_str().is_some_and(|told| told.contains("shorter than 6 bytes")));
    assert_eq!(set("KEY", "sk_live_123").await, json!([]));
    assert!(
        app.read("/secrets")
            .await
            .as_array()
            .is_some_and(|all| all.iter().all(|s| s["notices"] == json!([])))
    );

    let source = "export function beforeSignup({ event, api }) {
        const { TIER } = event.secrets;
        if (event.secrets.KEY && event.secrets.TIER === 'premium') api.access.deny('plan', 'Only premium customers may sign up');
    }";
    let hook = app.hook("beforeSignup", source).await;
    let check = app.api(Method::POST, &format!("/hooks/{hook}/check"), json!({})).await.expect(200);
    let warnings = check["warnings"].as_array().expect("warnings").clone();
    assert!(
        warnings.len() == 1 && warnings[0].as_str().is_some_and(|text| text.starts_with("TIER ")),
        "{check}"
    );
    let deployed = app.api(Method::POST, &format!("/hooks/{hook}/deploy"), json!({})).await.expect(200);
    assert_eq!(deployed["warnings"], check["warnings"]);

    // The user reads what the author wrote; the record hides the value.
    let refused = app.register("a@work.example").await.expect_error(403, "access_denied");
    assert_eq!(refused["message"], "Only premium customers may sign up");
    assert_eq!(app.runs_of(&hook).await[0]["message"], "plan: Only ••• customers may sign up");
}

#[tokio::test]
async fn space_around_settings_is_removed_by_the_server() {
    let app = TestApp::start().await;
    let mut settings = app.read("/projects/acme").await["settings"].clone();
    settings["mail_from"] = json!(" Acme <no-reply@acme.example>\n");
    settings["reset_password_url"] = json!(" https://acme.example/reset?token={token} ");
    settings["allowed_hosts"] = json!([" api.acme.example "]);
    let body = json!({"settings": settings, "name": " Acme ", "custom_host": " auth.acme.example "});
    let project = app.api(Method::PATCH, "/projects/acme", body).await.expect(200);
    assert_eq!(project["settings"]["mail_from"], "Acme <no-reply@acme.example>");
    assert_eq!(project["settings"]["reset_password_url"], "https://acme.example/reset?token={token}");
    assert_eq!(project["settings"]["allowed_hosts"], json!(["api.acme.example"]));
    assert_eq!((&project["name"], &project["custom_host"]), (&json!("Acme"), &json!("auth.acme.example")));
}

#[tokio::test]
async fn projects_come_and_go() {
    let app = TestApp::start().await;
    let made = app.api(Method::POST, "/projects", json!({"name": "Blue Shop"})).await.expect(201);
    assert_eq!(made["slug"], "blue-shop");
    app.api(Method::POST, "/projects", json!({"name": "x", "slug": "acme"}))
        .await
        .expect_error(409, "already_exists");
    let mut settings = made["settings"].clone();
    settings["signup_enabled"] = json!(false);
    app.api(Method::PATCH, "/projects/blue-shop", json!({"settings": settings})).await.expect(200);
    // Hosts are compared without a port, so one with a port would never be reached.
    settings["allowed_hosts"] = json!(["api.example.com:8443"]);
    let refused = app.api(Method::PATCH, "/projects/blue-shop", json!({"settings": settings})).await;
    assert_eq!(refused.expect_error(400, "invalid_field")["field"], "settings.allowed_hosts");
    let body = json!({"email": "a@work.example", "password": crate::app::PASSWORD});
    app.post("/p/blue-shop/auth/register", body.clone()).await.expect_error(403, "signup_disabled");
    assert_eq!(app.api(Method::DELETE, "/projects/blue-shop", Value::Null).await.status, 204);
    app.post("/p/blue-shop/auth/register", body).await.expect_error(404, "unknown_project");
    let actions: Vec<Value> = app.read("/audit").await["entries"].as_array().expect("entries").clone();
    assert!(actions.iter().all(|entry| entry["actor"].is_string()), "{actions:?}");
}

#[tokio::test]
async fn a_user_is_read_by_id_in_its_project_only() {
    let app = TestApp::start().await;
    let user = app.register("a@work.example").await.expect(201)["user"].clone();
    let path = format!("/users/{}", user["user_id"].as_str().expect("an id"));
    assert_eq!(app.read(&path).await["email"], "a@work.example");
    let elsewhere = app.client.get(app.url(&format!("/p/demo/api/v2{path}"))).bearer_auth(&app.key);
    app.send(elsewhere).await.expect_error(404, "not_found");

    let test = json!({"mode": "dry_run", "user_id": "usr_1"});
    let error = app.api(Method::POST, "/endpoints/me/test", test).await.expect_error(404, "not_found");
    assert_eq!(error["field"], "user_id");
}

#[tokio::test]
async fn a09_types_are_those_of_the_trigger() {
    let app = TestApp::start().await;
    let hook = app.hook("post-login", "export async function onExecutePostLogin(event, api) {}").await;
    let files = app.read(&format!("/hooks/{hook}/types")).await;
    let text: String =
        files.as_array().expect("files").iter().filter_map(|file| file["text"].as_str()).collect();
    assert!(text.contains("interface PostUserLoginApi"), "{text}");
    assert!(!text.contains("interface PreUserRegistrationApi"));
}

#[tokio::test]
async fn a_custom_host_takes_no_requests_of_others() {
    let app = TestApp::start().await;
    app.api(Method::POST, "/projects", json!({"name": "Other", "slug": "other"})).await.expect(201);
    let set = |host: &str| json!({"custom_host": host});

    // The instance's own host is everybody's.
    let own = app.api(Method::PATCH, "/projects/acme", set("127.0.0.1")).await;
    assert_eq!(own.expect_error(400, "invalid_field")["field"], "custom_host");

    // Whoever may touch one project only may send the host that it has, and no other.
    let bound = key(&app, Some("acme"), &[Scope::UpdateProjects]).await;
    let change = async |body: Value| {
        app.send(app.client.patch(app.url("/api/v2/projects/acme")).bearer_auth(&bound).json(&body)).await
    };
    change(set("auth.acme.example")).await.expect_error(403, "forbidden");
    app.api(Method::PATCH, "/projects/acme", set("auth.acme.example")).await.expect(200);
    change(set("auth.acme.example")).await.expect(200);
    change(set("")).await.expect_error(403, "forbidden");

    // An address that names a project is for this one, whatever the host says; a header is not an address.
    let issuer = async |path: &str| {
        let request = app.client.get(app.url(&format!("{path}/.well-known/openid-configuration")));
        let request = request.header("host", "auth.acme.example").header("x-project", "other");
        app.send(request).await.expect(200)["issuer"].clone()
    };
    assert_eq!(issuer("/p/other").await, app.url("/p/other"));
    assert_ne!(issuer("").await, app.url("/p/other"));
    let create = app.client.post(app.url("/p/other/api/v2/keys")).header("host", "auth.acme.example");
    let create = create.bearer_auth(&app.key).json(&json!({"name": "x", "scopes": ["read:hooks"]}));
    assert_eq!(app.send(create).await.expect(201)["key"]["project"], "other");
}

#[tokio::test]
async fn keys_of_the_instance_are_listed_and_end() {
    let app = TestApp::start().await;
    for days in [0, 3651] {
        let body = json!({"name": "ci", "scopes": ["read:hooks"], "expires_in_days": days});
        let error = app.api(Method::POST, "/keys", body).await.expect_error(400, "invalid_field");
        assert_eq!(error["field"], "expires_in_days", "{error}");
    }
    let body = json!({"name": "ci", "scopes": ["read:hooks"], "expires_in_days": 30});
    let made = app.api(Method::POST, "/instance/keys", body).await.expect(201);
    let token = made["token"].as_str().expect("a token").to_owned();
    let use_it = async || app.send(app.client.get(app.url("/api/v2/hooks")).bearer_auth(&token)).await;
    use_it().await.expect(200);
    let listed = app.read("/instance/keys").await;
    let names: Vec<_> = listed.as_array().expect("keys").iter().map(|key| key["name"].clone()).collect();
    assert_eq!(names, ["ci", "tests"]);
    let path = format!("/instance/keys/{}", made["key"]["id"].as_str().expect("an id"));
    assert_eq!(app.api(Method::DELETE, &path, Value::Null).await.status, 204);
    use_it().await.expect_error(401, "invalid_token");
    assert_eq!(app.read("/instance/keys").await.as_array().map(Vec::len), Some(1));

    app.api(Method::DELETE, "/projects/acme", Value::Null).await;
    let audit = app.read("/instance/audit").await;
    let actions: Vec<_> =
        audit["entries"].as_array().expect("entries").iter().map(|entry| &entry["action"]).collect();
    assert_eq!(actions, ["project.delete", "api_key.revoke", "api_key.create", "api_key.create"]);

    // What opens one project opens nothing of the instance, not even an end of its keys.
    let bound = key(&app, Some("demo"), Scope::ALL).await;
    for (method, path) in [(Method::GET, "/keys"), (Method::GET, "/audit"), (Method::DELETE, "/keys/key_1")] {
        let request = app.client.request(method, app.url(&format!("/api/v2/instance{path}")));
        app.send(request.bearer_auth(&bound)).await.expect_error(403, "forbidden");
    }
}
