//! Rows C25, K2 and K4: what an error in a hook means, by trigger and by the handler's name.

use serde_json::json;

use crate::app::{TestApp, claims};

const THROW: &str = "throw new Error('on purpose');";

fn source(handler: &str, body: &str) -> String {
    format!("export async function {handler}(event, api) {{\n  {body}\n}}\n")
}

#[tokio::test]
async fn c25_a_throw_before_registration_is_logged_and_registration_continues() {
    let app = TestApp::start().await;
    let hook = app.live("pre-user-registration", &source("onExecutePreUserRegistration", THROW)).await;
    app.register("a@work.example").await.expect(201);
    let run = app.runs_of(&hook).await.remove(0);
    assert_eq!(run["outcome"], "threw", "{run}");
    let entry = app.logs("failed_hook").await.remove(0);
    assert!(entry["description"].as_str().is_some_and(|text| text.contains("on purpose")), "{entry}");
}

#[tokio::test]
async fn k02_a_throw_in_before_signup_denies() {
    let app = TestApp::start().await;
    let body = "export async function beforeSignup() { throw new Error('on purpose'); }";
    let hook = app.live("beforeSignup", body).await;
    let reply = app.register("a@work.example").await;
    assert_eq!(reply.status, 403, "{}", reply.text);
    assert_eq!(app.runs_of(&hook).await.remove(0)["outcome"], "threw");

    // The hook's own setting shows and overrides this.
    let mut settings = app.read(&format!("/hooks/{hook}")).await["settings"].clone();
    settings["on_error"] = serde_json::json!("continue");
    let change = serde_json::json!({"settings": settings});
    app.api(reqwest::Method::PATCH, &format!("/hooks/{hook}"), change).await.expect(200);
    app.register("a@work.example").await.expect(201);
}

#[tokio::test]
async fn c25_a_throw_after_registration_is_logged() {
    let app = TestApp::start().await;
    let hook = app.live("post-user-registration", &source("onExecutePostUserRegistration", THROW)).await;
    app.register("a@work.example").await.expect(201);
    assert_eq!(app.runs_of(&hook).await.remove(0)["outcome"], "threw");
    assert_eq!(app.logs("failed_hook").await.len(), 1);
}

#[tokio::test]
async fn f05_an_after_hook_that_throws_does_not_stop_the_next() {
    let app = TestApp::start().await;
    let first = app
        .live("after_register", "export async function after_register(user) { throw new Error('x'); }")
        .await;
    let second = app
        .live("after_register", "export async function after_register(user) { console.log(user.email); }")
        .await;
    app.register("a@work.example").await.expect(201);
    assert_eq!(app.runs_of(&first).await.remove(0)["outcome"], "threw");
    let run = app.runs_of(&second).await.remove(0);
    let run = app.read(&format!("/runs/{}", run["id"].as_str().expect("an id"))).await;
    assert_eq!(run["logs"][0]["message"], "a@work.example", "{run}");
}

#[tokio::test]
async fn c25_credentials_exchange_deny_blocks_and_other_errors_are_logged() {
    let app = TestApp::start().await;
    app.register("a@work.example").await.expect(201);
    let hook = app.live("credentials-exchange", &source("onExecuteCredentialsExchange", THROW)).await;
    app.login("a@work.example").await.expect(200);
    assert_eq!(app.runs_of(&hook).await.remove(0)["outcome"], "threw");
    app.save(&hook, &source("onExecuteCredentialsExchange", "api.access.deny('closed', 'Not today');")).await;
    app.deploy(&hook).await;
    let error = app.login("a@work.example").await.expect_error(403, "access_denied");
    assert_eq!((error["reason"].as_str(), error["message"].as_str()), (Some("closed"), Some("Not today")));
}

#[tokio::test]
async fn c25_k04_a_throw_after_login_is_logged_and_the_login_completes() {
    let app = TestApp::start().await;
    app.register("a@work.example").await.expect(201);
    let hook = app.live("post-user-login", &source("onExecutePostLogin", THROW)).await;
    app.login("a@work.example").await.expect(200);
    assert_eq!(app.runs_of(&hook).await.remove(0)["outcome"], "threw");
    app.save(&hook, &source("onExecutePostLogin", "api.access.deny('Not today');")).await;
    app.deploy(&hook).await;
    app.login("a@work.example").await.expect_error(403, "access_denied");
}

#[tokio::test]
async fn c16_post_login_adds_claims_and_metadata() {
    let app = TestApp::start().await;
    app.register("a@work.example").await.expect(201);
    let body = "api.accessToken.setCustomClaim('https://acme/plan', 'pro');
        await api.user.setUserMetadata('seen', event.user.login_count);
        api.accessToken.setCustomClaim('sub', 'somebody else');";
    app.live("post-user-login", &source("onExecutePostLogin", body)).await;
    let tokens = app.login("a@work.example").await.expect(200);
    let claims = claims(tokens["access_token"].as_str().expect("a token"));
    assert_eq!(claims["https://acme/plan"], "pro");
    assert_eq!(claims["sub"], tokens["user"]["user_id"]);
    assert!(tokens["user"]["user_metadata"]["seen"].is_number(), "{tokens}");
}

#[tokio::test]
async fn k02_what_the_platform_throws_is_not_the_authors_message_to_the_user() {
    let app = TestApp::start().await;
    let source = |body: &str| format!("exports.beforeSignup = async (event, api) => {{ {body} }};");
    let hook = app.live("beforeSignup", &source("throw new Error('Only for staff.');")).await;
    let error = app.register("a@work.example").await.expect_error(403, "access_denied");
    assert_eq!(error["message"], "Only for staff.", "{error}");

    for (body, name, text) in [
        ("await fetch('http://127.0.0.1:1/');", "TypeError", "private address"),
        ("await Aerocall.cache.get('');", "PlatformError", "a cache key has"),
        ("await Aerocall.auth.sendEmail({ to: 1 });", "PlatformError", "sendEmail takes"),
        ("await new Promise(() => {});", "PlatformError", "nothing can settle"),
        ("require('axios');", "PlatformError", "Cannot find module"),
    ] {
        app.save(&hook, &source(body)).await;
        app.deploy(&hook).await;
        let error = app.register("a@work.example").await.expect_error(403, "access_denied");
        assert_eq!(error["reason"], "hook_failed", "{body}: {error}");
        assert!(!error["message"].as_str().expect("a message").contains(text), "{error}");
        let run = app.runs_of(&hook).await.remove(0);
        let run = app.read(&format!("/runs/{}", run["id"].as_str().expect("an id"))).await;
        assert_eq!(run["error"]["name"], name, "{run}");
        assert!(run["error"]["message"].as_str().is_some_and(|told| told.contains(text)), "{run}");
    }
}

#[tokio::test]
async fn send_email_rejects_an_address_that_mail_cannot_be_sent_to() {
    let app = TestApp::start().await;
    let body = "const told = [];
        for (const to of ['dana', 'da..na@x.example', 'a@x.example, b@x.example', 'dana@[127.0.0.1]',
            'a@x.example\\r\\nBcc: b@x.example', 'Doe, Dana <dana@x.example>', '']) {
            try { told.push((await Aerocall.auth.sendEmail({ to, subject: 'Hi', text: 'Hi' })).id); }
            catch (error) { told.push(String(error.message).includes('is not an e-mail address') ? 'refused' : error.message); }
        }
        const sent = await Aerocall.auth.sendEmail({ to: 'Dana <dana@bücher.example>', subject: 'Hi', text: 'Hi' });
        await api.user.setUserMetadata('told', [told, typeof sent.id]);";
    app.live("pre-user-registration", &source("onExecutePreUserRegistration", body)).await;
    let tokens = app.register("a@work.example").await.expect(201);
    let refused = vec!["refused"; 7];
    assert_eq!(tokens["user"]["user_metadata"]["told"], json!([refused, "string"]), "{tokens}");
    let mails = app.read("/mails").await;
    let recipients: Vec<_> =
        mails["mails"].as_array().expect("mails").iter().map(|mail| &mail["recipient"]).collect();
    assert!(recipients.contains(&&json!("Dana <dana@xn--bcher-kva.example>")), "{recipients:?}");
}

#[tokio::test]
async fn c25_k02_what_a_hook_does_to_the_builtins_is_judged_as_its_throw_and_a_deny_stays() {
    let app = TestApp::start().await;
    let spoil = "Object.prototype.toJSON = () => { throw 1 }; return { a: 1 };";
    let hook = app.live("pre-user-registration", &source("onExecutePreUserRegistration", spoil)).await;
    app.register("a@work.example").await.expect(201);
    assert_eq!(app.runs_of(&hook).await.remove(0)["outcome"], "threw");

    let deny = format!("api.access.deny('closed', 'Not today'); {spoil}");
    app.save(&hook, &source("onExecutePreUserRegistration", &deny)).await;
    app.deploy(&hook).await;
    let error = app.register("b@work.example").await.expect_error(403, "access_denied");
    assert_eq!(error["reason"], "closed", "{error}");

    app.save(&hook, &source("beforeSignup", spoil)).await;
    app.deploy(&hook).await;
    let error = app.register("b@work.example").await.expect_error(403, "access_denied");
    assert_eq!(app.runs_of(&hook).await.remove(0)["outcome"], "threw", "{error}");
}

#[tokio::test]
async fn c16_a_refused_login_keeps_the_metadata_that_hooks_asked_for() {
    let app = TestApp::start().await;
    app.register("a@work.example").await.expect(201);
    let earlier = "api.user.setAppMetadata('earlier', 1);";
    app.live("post-user-login", &source("onExecutePostLogin", earlier)).await;
    let body = "api.user.setUserMetadata('kept', event.stats.logins_count); api.access.deny('Not today');";
    let hook = app.live("post-user-login", &source("onExecutePostLogin", body)).await;
    app.login("a@work.example").await.expect_error(403, "access_denied");
    app.save(&hook, &source("onExecutePostLogin", "")).await;
    app.deploy(&hook).await;
    let user = app.login("a@work.example").await.expect(200)["user"].clone();
    assert_eq!(user["user_metadata"], serde_json::json!({"kept": 1}), "{user}");
    assert_eq!(user["app_metadata"], serde_json::json!({"earlier": 1}), "{user}");
    assert_eq!(user["login_count"], 1, "a refused login is none: {user}");

    // A refusal of the step after counts as well.
    app.save(&hook, &source("onExecutePostLogin", "api.user.setUserMetadata('kept', 2);")).await;
    app.deploy(&hook).await;
    let refuse = source("onExecuteCredentialsExchange", "api.access.deny('closed', 'Not today');");
    let exchange = app.live("credentials-exchange", &refuse).await;
    app.login("a@work.example").await.expect_error(403, "access_denied");
    app.save(&exchange, &source("onExecuteCredentialsExchange", "")).await;
    app.deploy(&exchange).await;
    app.save(&hook, &source("onExecutePostLogin", "")).await;
    app.deploy(&hook).await;
    let user = app.login("a@work.example").await.expect(200)["user"].clone();
    assert_eq!(user["user_metadata"], serde_json::json!({"kept": 2}), "{user}");
}
