use contract::{
    catalogue::endpoints::Endpoint::{Login, Me},
    error::ErrorCode,
};
use serde_json::json;
use store::{
    Clock as _,
    users::{self, UserChanges},
};

use crate::world::{EMAIL, IP, PASSWORD, START, claims, world};

pub async fn c26_a_login_updates_the_statistics_and_answers_with_them() {
    let world = world().await;
    world.register().await.ok();
    world.clock.advance_s(60);
    let reply = world.login().await;
    assert_eq!(reply.ok()["user"]["login_count"], 1);
    assert_eq!(reply.ok()["user"]["last_ip"], IP);
    let row = world.user().await.unwrap();
    assert_eq!((row.login_count, row.last_login), (1, Some(world.clock.now_ms())));
    assert_eq!(row.last_ip.as_deref(), Some(IP));
    assert_eq!(world.login().await.ok()["user"]["login_count"], 2);
    assert_eq!(world.events().await, ["auth.signup", "auth.login", "auth.login"]);
}

pub async fn the_access_token_says_who_for_whom_and_how_long() {
    let world = world().await;
    world.register().await.ok();
    let body = json!({
        "email": EMAIL, "password": PASSWORD, "scope": "openid admin", "audience": "https://api.example.com",
    });
    let reply = world.call(Login, body).await;
    let token = reply.text("/access_token");
    let claims = claims(&token);
    assert_eq!(claims["iss"], "https://auth.example.com/p/shop");
    assert_eq!(claims["sub"], reply.ok()["user"]["user_id"]);
    assert_eq!(claims["aud"], "https://api.example.com");
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 900);
    assert_eq!((&claims["client_id"], &claims["scope"]), (&json!("default"), &json!("openid")));
    assert_eq!(reply.ok()["scope"], "openid", "not all that was asked for");
    assert!(claims["sid"].as_str().unwrap().starts_with("ses_"));
    assert!(world.call_as(&token, Me, json!(null)).await.result.is_ok());
    world.clock.advance_s(901);
    assert_eq!(world.call_as(&token, Me, json!(null)).await.code(), ErrorCode::InvalidToken);
}

pub async fn a_wrong_password_and_an_unknown_address_look_the_same() {
    let world = world().await;
    world.register().await.ok();
    let mut wrong = world.call(Login, json!({"email": EMAIL, "password": "wrong"})).await.error().clone();
    let mut unknown =
        world.call(Login, json!({"email": "eve@example.com", "password": PASSWORD})).await.error().clone();
    assert_eq!(wrong.error, ErrorCode::InvalidCredentials);
    (wrong.request_id, unknown.request_id) = (None, None);
    assert_eq!(wrong, unknown);
}

pub async fn a_blocked_user_is_told_so_only_with_the_right_password() {
    let world = world().await;
    let token = world.register().await.text("/access_token");
    let id = world.user().await.unwrap().id;
    let mut lease = world.db.live().write().await.unwrap();
    let changes = UserChanges { blocked: Some(true), ..Default::default() };
    users::update(&mut lease, &world.project, &id, changes, START).await.unwrap();
    lease.commit().await.unwrap();
    let wrong = world.call(Login, json!({"email": EMAIL, "password": "wrong"})).await;
    assert_eq!(wrong.code(), ErrorCode::InvalidCredentials);
    assert_eq!(world.login().await.code(), ErrorCode::UserBlocked);
    assert_eq!(world.call_as(&token, Me, json!(null)).await.code(), ErrorCode::UserBlocked);
}

pub async fn guessing_is_slowed_down_per_caller() {
    let world = world().await;
    world.register().await.ok();
    for _ in 0..10 {
        let reply = world.call(Login, json!({"email": EMAIL, "password": "wrong"})).await;
        assert_eq!(reply.code(), ErrorCode::InvalidCredentials);
    }
    assert_eq!(world.login().await.code(), ErrorCode::TooManyRequests);
    let elsewhere =
        world.call_from("198.51.100.1", Login, json!({"email": EMAIL, "password": PASSWORD})).await;
    assert!(elsewhere.result.is_ok());
}

pub async fn one_caller_cannot_try_many_addresses() {
    let world = world().await;
    world.register().await.ok();
    for n in 0..100 {
        let body = json!({"email": format!("user{n}@example.com"), "password": "wrong"});
        assert_eq!(world.call(Login, body).await.code(), ErrorCode::InvalidCredentials);
    }
    let refused = world.login().await;
    assert_eq!(refused.code(), ErrorCode::TooManyRequests);
    assert!(refused.error().details.as_ref().unwrap()["retry_after_seconds"].as_u64().unwrap() > 60);
    let body = json!({"email": EMAIL, "password": PASSWORD});
    assert!(world.call_from("198.51.100.1", Login, body).await.result.is_ok());
}

pub async fn the_right_password_forgets_the_wrong_ones() {
    let world = world().await;
    world.register().await.ok();
    for _ in 0..3 {
        for _ in 0..9 {
            world.call(Login, json!({"email": EMAIL, "password": "wrong"})).await.error();
        }
        world.login().await.ok();
    }
}
