use contract::{
    catalogue::{
        endpoints::Endpoint::{Login, Refresh, Register},
        triggers::Trigger,
    },
    error::ErrorCode,
    manage::RunOutcome,
};
use serde_json::{Value, json};

use crate::world::{EMAIL, IP, PASSWORD, claims, world};

pub async fn a1_before_signup_refuses_with_code_and_message() {
    let world = world().await;
    world
        .deploy(
            Trigger::PreUserRegistration,
            "export async function beforeSignup({ payload, api }) {
                if (payload.user.email.endsWith('@example.com')) api.access.deny('free_email', 'Use a work address.');
            }",
        )
        .await;
    let reply = world.register().await;
    assert_eq!(
        (reply.code(), reply.error().reason.as_deref()),
        (ErrorCode::AccessDenied, Some("free_email"))
    );
    assert_eq!(reply.error().message, "Use a work address.");
    assert!(world.user().await.is_none());
    assert!(world.events().await.is_empty());
    let allowed = world.call(Register, json!({"email": "dana@work.test", "password": PASSWORD})).await;
    assert!(allowed.result.is_ok());
}

pub async fn c4_the_validation_of_the_address_can_refuse() {
    let world = world().await;
    world
        .deploy(
            Trigger::ValidateRegistrationUsername,
            "exports.onExecuteValidateRegistrationUsername = async (event, api) => api.deny('Not ' + event.user.email);",
        )
        .await;
    let reply = world.register().await;
    assert_eq!(
        (reply.code(), reply.error().message.as_str()),
        (ErrorCode::AccessDenied, "Not dana@example.com")
    );
}

pub async fn k3_metadata_set_before_the_sign_up_is_metadata_and_no_column() {
    let world = world().await;
    world
        .deploy(
            Trigger::PreUserRegistration,
            "exports.onExecutePreUserRegistration = async (event, api) => {
                api.user.setUserMetadata('email_verified', true);
                api.user.setUserMetadata('drop', null);
                api.user.setAppMetadata('plan', event.user.user_metadata.drop);
            };",
        )
        .await;
    let body = json!({"email": EMAIL, "password": PASSWORD, "user_metadata": {"drop": "trial"}});
    let user = world.call(Register, body).await.ok()["user"].clone();
    assert_eq!(user["user_metadata"], json!({"email_verified": true}));
    assert_eq!(user["app_metadata"], json!({"plan": "trial"}));
    assert_eq!(user["email_verified"], false);
}

pub async fn k2_a_throw_in_the_execute_style_is_logged_and_registration_goes_on() {
    let world = world().await;
    world
        .deploy(
            Trigger::PreUserRegistration,
            "exports.onExecutePreUserRegistration = async () => { throw new Error('broken'); };",
        )
        .await;
    let reply = world.register().await;
    assert!(reply.result.is_ok());
    assert_eq!(reply.journal.runs[0].summary.outcome, RunOutcome::Threw);
    assert_eq!(world.log("failed_hook").await.len(), 1);
}

pub async fn k2_a_throw_in_the_signup_style_denies() {
    let world = world().await;
    world
        .deploy(Trigger::PreUserRegistration, "export function beforeSignup() { throw new Error('broken'); }")
        .await;
    assert_eq!(world.register().await.error().error.status(), 403);
    assert!(world.user().await.is_none());
    assert_eq!(world.log("failed_hook").await.len(), 1);
}

pub async fn c25_a_throw_after_the_sign_up_changes_nothing() {
    let world = world().await;
    world
        .deploy(
            Trigger::PostUserRegistration,
            "exports.onExecutePostUserRegistration = async () => { throw new Error('broken'); };",
        )
        .await;
    assert!(world.register().await.result.is_ok());
    assert_eq!(world.log("failed_hook").await.len(), 1);
}

pub async fn k4_post_login_adds_claims_and_metadata_and_sees_the_new_statistics() {
    let world = world().await;
    world.register().await.ok();
    world
        .deploy(
            Trigger::PostUserLogin,
            "exports.onExecutePostLogin = async (event, api) => {
                api.accessToken.setCustomClaim('https://shop/plan', 'pro');
                api.accessToken.setCustomClaim('sub', 'eve');
                api.user.setAppMetadata('logins', event.stats.logins_count);
                api.user.setUserMetadata('last', event.user.login_count);
            };",
        )
        .await;
    let reply = world.login().await;
    let token = claims(&reply.text("/access_token"));
    assert_eq!((&token["https://shop/plan"], &token["sub"]), (&json!("pro"), &reply.ok()["user"]["user_id"]));
    assert_eq!(reply.ok()["user"]["app_metadata"], json!({"logins": 1}));
    let row = world.user().await.unwrap();
    assert_eq!((row.user_metadata, row.app_metadata), (json!({"last": 1}), json!({"logins": 1})));
}

pub async fn c25_a_throw_at_post_login_is_logged_and_deny_blocks() {
    let world = world().await;
    world.register().await.ok();
    world
        .deploy(
            Trigger::PostUserLogin,
            "exports.onExecutePostLogin = async (event, api) => {
                if (event.user.email === 'dana@example.com' && event.stats.logins_count > 1) {
                    api.access.deny('Once is enough.');
                }
                throw new Error('broken');
            };",
        )
        .await;
    assert!(world.login().await.result.is_ok());
    assert_eq!(world.log("failed_hook").await.len(), 1);
    // What was refused before the throw stays refused.
    assert_eq!(world.login().await.error().message, "Once is enough.");
    assert_eq!(world.user().await.unwrap().login_count, 1);
}

pub async fn c4_post_login_can_refuse_and_only_metadata_is_written() {
    let world = world().await;
    world.register().await.ok();
    world
        .deploy(
            Trigger::PostUserLogin,
            "exports.onExecutePostLogin = async (event, api) => {
                api.user.setUserMetadata('seen', true);
                api.access.deny('Not today.');
            };",
        )
        .await;
    let reply = world.login().await;
    assert_eq!((reply.code(), reply.error().message.as_str()), (ErrorCode::AccessDenied, "Not today."));
    let row = world.user().await.unwrap();
    assert_eq!((row.login_count, row.user_metadata), (0, json!({"seen": true})));
    assert_eq!(world.events().await, ["auth.signup"]);
}

pub async fn c4_before_login_sees_the_attempt_and_can_refuse_before_the_password_is_checked() {
    let world = world().await;
    world.register().await.ok();
    world
        .deploy(
            Trigger::PreUserLogin,
            "export function beforeLogin({ payload, api }) {
                console.log(JSON.stringify(payload));
                if (payload.user.user === undefined) api.deny('Who?');
            }",
        )
        .await;
    assert!(world.login().await.result.is_ok());
    let stranger = world.call(Login, json!({"email": "eve@example.com", "password": "hunter2hunter2"})).await;
    assert_eq!((stranger.code(), stranger.error().message.as_str()), (ErrorCode::AccessDenied, "Who?"));
    let seen = serde_json::to_string(&stranger.journal.runs).unwrap();
    assert!(seen.contains("eve@example.com") && !seen.contains("hunter2"));
}

pub async fn c25_the_exchange_can_refuse_at_sign_up_after_the_user_exists() {
    let world = world().await;
    world
        .deploy(
            Trigger::CredentialsExchange,
            "exports.onExecuteCredentialsExchange = async (event, api) => api.access.deny('no_tokens', 'No tokens.');",
        )
        .await;
    let reply = world.register().await;
    assert_eq!((reply.code(), reply.error().reason.as_deref()), (ErrorCode::AccessDenied, Some("no_tokens")));
    assert!(world.user().await.is_some());
}

pub async fn c4_the_exchange_runs_at_refresh_and_a_refusal_leaves_the_token_usable() {
    let world = world().await;
    let token = world.register().await.text("/refresh_token");
    let hook = world
        .deploy(
            Trigger::CredentialsExchange,
            "exports.onExecuteCredentialsExchange = async (event, api) => {
                if (event.grant_type !== 'refresh_token') return;
                api.access.deny('later', 'Later.');
            };",
        )
        .await;
    let body = json!({"refresh_token": token});
    assert_eq!(world.call(Refresh, body.clone()).await.code(), ErrorCode::AccessDenied);
    let mut lease = world.db.live().write().await.unwrap();
    store::deployments::set_enabled(&mut lease, &world.project, &hook, false, "test", 0).await.unwrap();
    lease.commit().await.unwrap();
    world.hooks.reload().await.unwrap();
    assert!(world.call(Refresh, body).await.result.is_ok());
}

pub async fn c4_the_exchange_adds_claims_at_refresh() {
    let world = world().await;
    let token = world.register().await.text("/refresh_token");
    world
        .deploy(
            Trigger::CredentialsExchange,
            "exports.onExecuteCredentialsExchange = async (event, api) =>
                api.accessToken.setCustomClaim('grant', event.grant_type);",
        )
        .await;
    let reply = world.call(Refresh, json!({"refresh_token": token})).await;
    assert_eq!(claims(&reply.text("/access_token"))["grant"], "refresh_token");
}

pub async fn a_refresh_repeats_what_the_login_granted() {
    let world = world().await;
    world.register().await.ok();
    world
        .deploy(
            Trigger::PostUserLogin,
            "exports.onExecutePostLogin = async (event, api) => api.accessToken.setCustomClaim('plan', 'pro');",
        )
        .await;
    world
        .deploy(
            Trigger::CredentialsExchange,
            "exports.onExecuteCredentialsExchange = async (event, api) => {
                console.log(event.scope, event.audience, event.accessToken.customClaims.plan);
                api.accessToken.setCustomClaim(event.grant_type, true);
            };",
        )
        .await;
    let login = json!({
        "email": EMAIL, "password": PASSWORD, "scope": "openid email", "audience": "https://orders.example",
    });
    let mut reply = world.call(Login, login).await;
    for grant in ["password", "refresh_token", "refresh_token"] {
        let token = claims(&reply.text("/access_token"));
        assert_eq!(
            (&token["plan"], &token["aud"]),
            (&json!("pro"), &json!("https://orders.example")),
            "{grant}"
        );
        assert_eq!(token["scope"], "openid email");
        assert_eq!(token[grant], true);
        // What the exchange adds is asked anew each time.
        assert_eq!(token.get("password").is_some(), grant == "password");
        let log = &reply.journal.runs.last().unwrap().logs[0].message;
        assert_eq!(log, "openid email https://orders.example pro");
        reply = world.call(Refresh, json!({"refresh_token": reply.text("/refresh_token")})).await;
    }
}

pub async fn n24_what_no_database_can_hold_is_the_same_wherever_it_arrives() {
    let world = world().await;
    world.register().await.ok();
    world
        .deploy(
            Trigger::PostUserLogin,
            r"exports.onExecutePostLogin = async (event, api) => {
                const text = 'a\0b\ud800c';
                api.accessToken.setCustomClaim('claim\0', text);
                api.accessToken.setCustomClaim('nested', { 'k\0': text, 'k\udfff': 'second' });
                api.user.setUserMetadata('note\0', [text]);
                await Aerocall.cache.set('key\0', text);
                console.log(text, await Aerocall.cache.get('key\0'));
                if (event.request.ip === '203.0.113.66') api.access.deny(text);
            };",
        )
        .await;
    let text = "a\u{fffd}b\u{fffd}c";
    let mut reply = world.login().await;
    let log = &reply.journal.runs[0].logs[0].message;
    assert!(!log.contains('\0') && log.starts_with(text), "{log}");
    let calls = serde_json::to_string(&reply.journal.runs[0].api_calls).unwrap();
    assert!(calls.contains(text) && !calls.contains("\\u0000"), "{calls}");
    for grant in ["first", "refreshed", "refreshed again"] {
        let token = claims(&reply.text("/access_token"));
        assert_eq!(
            (&token["claim\u{fffd}"], &token["nested"]),
            (&json!(text), &json!({"k\u{fffd}": text})),
            "{grant}"
        );
        reply = world.call(Refresh, json!({"refresh_token": reply.text("/refresh_token")})).await;
    }
    assert_eq!(world.user().await.unwrap().user_metadata, json!({"note\u{fffd}": [text]}));
    assert_eq!(world.cached("key\u{fffd}").await, text);
    let login = json!({"email": EMAIL, "password": PASSWORD});
    let refused = world.call_from("203.0.113.66", Login, login).await;
    assert_eq!(
        (refused.error().reason.as_deref(), refused.error().message.as_str()),
        (Some("access_denied"), text)
    );
}

pub async fn c19_a_hook_makes_a_service_token() {
    let world = world().await;
    world
        .deploy(
            Trigger::PostUserRegistration,
            "exports.onExecutePostUserRegistration = async (event, api) => {
                const token = await api.token.createServiceToken({ scope: 'read:users', customClaims: { a: 1 } });
                await Aerocall.cache.set('token', token);
                await api.token.createServiceToken({ scope: 'x', customClaims: { sub: 'eve' } })
                    .catch((error) => console.log(error.message));
            };",
        )
        .await;
    let reply = world.register().await;
    let token = claims(&world.cached("token").await);
    assert_eq!(
        (&token["client_id"], &token["scope"], &token["a"]),
        (&json!("auth-service"), &json!("read:users"), &json!(1))
    );
    assert_eq!(token["exp"].as_i64().unwrap() - token["iat"].as_i64().unwrap(), 3600);
    let log = &reply.journal.runs[0].logs[0].message;
    assert!(log.contains("reserved"), "{log}");
}

pub async fn f17_a_hook_that_fails_to_deliver_leaves_it_to_the_mail() {
    let world = world().await;
    world
        .deploy(
            Trigger::SendVerificationEmail,
            "export function sendVerificationEmail() { throw new Error('no network'); }",
        )
        .await;
    assert!(world.register().await.result.is_ok());
    assert_eq!(world.mails().await.len(), 1);
}

pub async fn a4_hook_code_gets_context_payload_and_the_sdk() {
    let world = world().await;
    world
        .deploy(
            Trigger::PreUserRegistration,
            "export async function beforeSignup({ context, payload, Aerocall }) {
                const before = await Aerocall.cache.get('seen');
                await Aerocall.cache.set('seen', payload.user.email);
                const user = await Aerocall.auth.getUser(payload.user.email);
                console.log(JSON.stringify({ context, before, user: user && user.email }));
            }",
        )
        .await;
    let first = world.register().await;
    let again = world.call(Register, json!({"email": "eve@example.com", "password": PASSWORD})).await;
    let seen = |reply: &crate::world::Reply| -> Value {
        serde_json::from_str(&reply.journal.runs[0].logs[0].message).unwrap()
    };
    let (context, summary) = (&seen(&first)["context"], &first.journal.runs[0].summary);
    assert_eq!(context["project_id"], world.project.as_ref());
    assert_eq!((&context["project"], &context["environment"]), (&json!("shop"), &json!("production")));
    assert_eq!(context["request_id"], summary.request_id.as_ref());
    assert_eq!((&context["request"]["ip"], &context["dry_run"]), (&json!(IP), &json!(false)));
    assert_eq!(seen(&first)["before"], Value::Null);
    assert_eq!((&seen(&again)["before"], &seen(&again)["user"]), (&json!(EMAIL), &Value::Null));
}
