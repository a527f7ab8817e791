use contract::{catalogue::endpoints::Endpoint::Register, error::ErrorCode, manage::ProjectSettings};
use serde_json::{Value, json};

use crate::world::{EMAIL, PASSWORD, World, world};

pub async fn a_user_is_created_and_signed_in() {
    let world = world().await;
    let body = json!({
        "email": " Dana@Example.com ", "password": PASSWORD, "username": "dana", "name": "Dana Doe",
        "user_metadata": {"plan": "free"}, "app_metadata": {"role": "admin"}, "unknown": true,
    });
    let reply = world.call(Register, body).await;
    assert_eq!(reply.result.as_ref().unwrap().status, 201);
    assert_eq!(reply.text("/token_type"), "Bearer");
    assert_eq!(reply.ok()["expires_in"], 900);
    assert!(reply.text("/refresh_token").starts_with("hwr_"));
    let user = &reply.ok()["user"];
    assert_eq!(user["email"], "Dana@example.com", "its domain in lower case");
    assert_eq!(user["user_metadata"], json!({"plan": "free"}));
    assert_eq!(user["app_metadata"], json!({}));
    assert!(!reply.ok().to_string().contains("argon2"));

    let row = world.user().await.unwrap();
    assert!(row.password_hash.unwrap().expose().starts_with("$argon2id$"));
    assert_eq!(world.events().await, ["auth.signup"]);
    assert_eq!(reply.journal.user, Some(row.id));
}

pub async fn a_taken_address_or_name_is_refused_whatever_the_case() {
    let world = world().await;
    world.call(Register, json!({"email": EMAIL, "password": PASSWORD, "username": "dana"})).await.ok();
    let again = world.call(Register, json!({"email": "DANA@example.COM", "password": PASSWORD})).await;
    assert_eq!((again.code(), again.error().field.as_deref()), (ErrorCode::UserExists, Some("email")));
    let body = json!({"email": "eve@example.com", "password": PASSWORD, "username": "Dana"});
    let named = world.call(Register, body).await;
    assert_eq!((named.code(), named.error().field.as_deref()), (ErrorCode::UserExists, Some("username")));
}

pub async fn of_two_at_once_one_gets_the_address() {
    let world = world().await;
    let (one, two) = tokio::join!(world.register(), world.register());
    let created = [&one, &two].iter().filter(|reply| reply.result.is_ok()).count();
    assert_eq!(created, 1);
    let refused = if one.result.is_ok() { two } else { one };
    assert_eq!(refused.code(), ErrorCode::UserExists);
    assert_eq!(world.events().await, ["auth.signup"]);
}

pub async fn what_is_wrong_is_named() {
    let world = world().await;
    let with = |name: &str, value: Value| {
        let mut body = json!({"email": EMAIL, "password": PASSWORD});
        body[name] = value;
        body
    };
    let cases = [
        (json!([]), ErrorCode::InvalidField, None),
        (json!({"password": PASSWORD}), ErrorCode::InvalidField, Some("email")),
        (with("email", json!("nobody")), ErrorCode::InvalidField, Some("email")),
        (with("email", json!(7)), ErrorCode::InvalidField, Some("email")),
        (with("password", Value::Null), ErrorCode::InvalidField, Some("password")),
        (with("password", json!("x".repeat(257))), ErrorCode::InvalidField, Some("password")),
        (with("password", json!("short")), ErrorCode::WeakPassword, Some("password")),
        (with("username", json!({})), ErrorCode::InvalidField, Some("username")),
        (with("username", json!(" \t")), ErrorCode::InvalidField, Some("username")),
        (with("picture", json!("javascript:alert(1)")), ErrorCode::InvalidField, Some("picture")),
        (with("user_metadata", json!("x")), ErrorCode::InvalidField, Some("user_metadata")),
    ];
    for (body, code, field) in cases {
        let reply = world.call(Register, body.clone()).await;
        assert_eq!((reply.code(), reply.error().field.as_deref()), (code, field), "{body}");
        assert!(reply.error().request_id.is_some());
    }
    assert!(world.user().await.is_none());
}

pub async fn one_caller_cannot_sign_up_without_end() {
    let world = world().await;
    let sign_up = |n: usize| json!({"email": format!("user{n}@example.com"), "password": PASSWORD});
    for n in 0..100 {
        world.call(Register, sign_up(n)).await.ok();
    }
    assert_eq!(world.call(Register, sign_up(100)).await.code(), ErrorCode::TooManyRequests);
    world.call_from("198.51.100.1", Register, sign_up(100)).await.ok();
}

pub async fn sign_up_can_be_switched_off() {
    let world = World::with(ProjectSettings { signup_enabled: false, ..Default::default() }).await;
    assert_eq!(world.register().await.code(), ErrorCode::SignupDisabled);
}

pub async fn f17_without_a_hook_or_a_provider_the_mail_is_kept_and_the_log_says_so() {
    let world = world().await;
    world.register().await.ok();
    let mails = world.mails().await;
    assert_eq!(
        (mails.len(), mails[0].kind.as_str(), mails[0].recipient.as_str()),
        (1, "verify_email", EMAIL)
    );
    assert_eq!(mails[0].status.as_str(), "captured");
    let log = world.log("mail_not_delivered").await;
    assert_eq!((log.len(), log[0].level.as_str()), (1, "warn"));
    assert!(world.mailed_token().await.starts_with("hwt_"));
}

pub async fn the_verification_mail_can_be_switched_off() {
    let world = World::with(ProjectSettings { verify_email_on_signup: false, ..Default::default() }).await;
    world.register().await.ok();
    assert!(world.mails().await.is_empty());
}
