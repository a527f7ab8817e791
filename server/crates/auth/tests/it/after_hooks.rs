//! Rows F7 to F16: the hooks that run after something has happened, and those that deliver tokens.

use contract::catalogue::{
    endpoints::Endpoint::{
        Login, Logout, Me, PasswordChange, PasswordForgot, PasswordReset, Refresh, VerifyEmailConfirm,
    },
    triggers::Trigger,
};
use serde_json::{Value, json};

use crate::world::{EMAIL, PASSWORD, Reply, World, world};

/// Puts a hook live that writes its arguments to the log.
async fn listen(world: &World, trigger: Trigger, handler: &str) {
    let source = format!("export function {handler}(...given) {{ console.log(JSON.stringify(given)); }}");
    world.deploy(trigger, &source).await;
}

/// Puts a hook live that delivers a token: leaves it in the cache, because the run log does not show it.
async fn deliver(world: &World, trigger: Trigger, handler: &str) {
    let source = format!(
        "export async function {handler}(email, token) {{
            console.log(JSON.stringify([email, token]));
            await Aerocall.cache.set('token', token);
        }}"
    );
    world.deploy(trigger, &source).await;
}

/// The arguments that the only hook of the request was given.
#[track_caller]
fn given(reply: &Reply) -> Vec<Value> {
    assert!(reply.result.is_ok(), "{:?}", reply.result);
    assert_eq!(reply.journal.runs.len(), 1);
    serde_json::from_str(&reply.journal.runs[0].logs[0].message).unwrap()
}

pub async fn f7_after_register_gets_the_user() {
    let world = world().await;
    listen(&world, Trigger::PostUserRegistration, "after_register").await;
    let reply = world.register().await;
    assert_eq!(given(&reply)[0]["email"], EMAIL);
    assert_eq!(given(&reply)[0]["user_id"], reply.ok()["user"]["user_id"]);
}

pub async fn f8_after_login_gets_the_user_at_a_login_with_a_password_only() {
    let world = world().await;
    listen(&world, Trigger::AfterLogin, "after_login").await;
    let registered = world.register().await;
    assert!(registered.journal.runs.is_empty());
    let reply = world.login().await;
    assert_eq!((&given(&reply)[0]["email"], &given(&reply)[0]["login_count"]), (&json!(EMAIL), &json!(1)));
    let refreshed = world.call(Refresh, json!({"refresh_token": reply.text("/refresh_token")})).await;
    assert!(refreshed.journal.runs.is_empty());
    let wrong = world.call(Login, json!({"email": EMAIL, "password": "wrong"})).await;
    assert!(wrong.journal.runs.is_empty());
}

pub async fn f9_after_logout_gets_the_users_id() {
    let world = world().await;
    let signed_in = world.register().await;
    listen(&world, Trigger::AfterLogout, "after_logout").await;
    let token = signed_in.text("/access_token");
    let reply = world.call_as(&token, Logout, Value::Null).await;
    assert_eq!(given(&reply)[0], signed_in.ok()["user"]["user_id"]);
    assert!(world.call_as(&token, Me, Value::Null).await.result.is_err());
}

pub async fn f10_after_password_change_gets_the_user() {
    let world = world().await;
    let token = world.register().await.text("/access_token");
    listen(&world, Trigger::AfterPasswordChange, "after_password_change").await;
    let body = json!({"current_password": PASSWORD, "new_password": "a better horse battery"});
    let user = given(&world.call_as(&token, PasswordChange, body).await).remove(0);
    assert_eq!(user["email"], EMAIL);
    assert!(user["last_password_reset"].is_string());
}

pub async fn f11_after_password_reset_gets_the_user() {
    let world = world().await;
    world.register().await.ok();
    world.call(PasswordForgot, json!({"email": EMAIL})).await.ok();
    listen(&world, Trigger::AfterPasswordReset, "after_password_reset").await;
    let body = json!({"token": world.mailed_token().await, "password": PASSWORD});
    assert_eq!(given(&world.call(PasswordReset, body).await)[0]["email"], EMAIL);
}

pub async fn f12_after_email_verify_gets_the_user() {
    let world = world().await;
    world.register().await.ok();
    listen(&world, Trigger::AfterEmailVerify, "after_email_verify").await;
    let body = json!({"token": world.mailed_token().await});
    let user = given(&world.call(VerifyEmailConfirm, body).await).remove(0);
    assert_eq!((&user["email"], &user["email_verified"]), (&json!(EMAIL), &json!(true)));
}

pub async fn f15_send_verification_email_takes_the_place_of_the_mail() {
    let world = world().await;
    deliver(&world, Trigger::SendVerificationEmail, "send_verification_email").await;
    let sent = given(&world.register().await);
    assert_eq!(sent[0], EMAIL);
    assert!(world.mails().await.is_empty());
    let token = world.cached("token").await;
    assert_ne!(sent[1], token.as_str());
    assert!(world.call(VerifyEmailConfirm, json!({"token": token})).await.result.is_ok());
}

pub async fn f16_send_password_reset_email_takes_the_place_of_the_mail() {
    let world = world().await;
    world.register().await.ok();
    let before = world.mails().await.len();
    deliver(&world, Trigger::SendPasswordResetEmail, "send_password_reset_email").await;
    let sent = given(&world.call(PasswordForgot, json!({"email": EMAIL})).await);
    assert_eq!(sent[0], EMAIL);
    assert_eq!(world.mails().await.len(), before);
    let token = world.cached("token").await;
    assert_ne!(sent[1], token.as_str());
    let body = json!({"token": token, "password": PASSWORD});
    assert!(world.call(PasswordReset, body).await.result.is_ok());
}
