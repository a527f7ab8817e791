use argon2::{PasswordHasher as _, password_hash::SaltString};
use contract::{
    catalogue::endpoints::Endpoint::{Login, Me, PasswordChange, PasswordForgot, PasswordReset},
    error::ErrorCode,
};
use futures::future::join_all;
use serde_json::json;
use store::{
    Clock as _,
    users::{self, UserChanges},
};

use crate::world::{EMAIL, IP, PASSWORD, START, World, claims, world};

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

/// Wrong passwords for the user from as many networks as needed to make the account slow.
async fn attacked(world: &World, email: &str) {
    let body = json!({"email": email, "password": "wrong"});
    for n in 0..50 {
        let ip = format!("2001:db8:{n:x}::1");
        assert_eq!(world.call_from(&ip, Login, body.clone()).await.code(), ErrorCode::InvalidCredentials);
    }
}

pub async fn a_crowd_is_slowed_down_and_the_owner_is_let_in() {
    let world = world().await;
    world.register().await.ok();
    world.login().await.ok();
    let right = json!({"email": EMAIL, "password": PASSWORD});
    let wrong = json!({"email": EMAIL, "password": "wrong"});
    attacked(&world, EMAIL).await;
    let ips: Vec<_> = (0..20).map(|n| format!("2001:db8:ff{n:x}::1")).collect();
    let flood = join_all(ips.iter().map(|ip| world.call_from(ip, Login, wrong.clone())));
    let owner = async {
        // Again and again, for as long as the flood lasts, from where the owner has signed in before.
        for _ in 0..3 {
            world.call_from(IP, Login, right.clone()).await.ok();
        }
    };
    let (replies, ()) = tokio::join!(flood, owner);
    let refused: Vec<_> = replies.iter().filter(|reply| reply.code() == ErrorCode::TooManyRequests).collect();
    assert!(refused.len() >= 13, "{} of 20", refused.len());
    for reply in refused {
        let wait = reply.error().details.as_ref().unwrap()["retry_after_seconds"].as_u64().unwrap();
        assert!((1..=10).contains(&wait), "{wait}");
    }
    // From a new network the right password waits for its turn and is let in.
    world.call_from("198.51.100.77", Login, right).await.ok();
}

pub async fn guesses_at_a_login_and_at_a_change_of_the_password_count_together() {
    let world = world().await;
    let token = world.register().await.text("/access_token");
    attacked(&world, EMAIL).await;
    let change =
        |current: &str| json!({"current_password": current, "new_password": "a better horse battery"});
    let ips: Vec<_> = (0..20).map(|n| format!("2001:db8:ff{n:x}::1")).collect();
    let flood = ips.iter().map(|ip| world.call_as_from(ip, &token, PasswordChange, change("wrong")));
    let (flood, owner) =
        tokio::join!(join_all(flood), world.call_as_from(IP, &token, PasswordChange, change(PASSWORD)));
    owner.ok();
    let refused = flood.iter().filter(|reply| reply.code() == ErrorCode::TooManyRequests).count();
    assert!(refused >= 13, "{refused} of 20");
}

pub async fn an_unknown_account_is_slowed_down_like_a_known_one() {
    let world = world().await;
    let email = "unknown@example.com";
    attacked(&world, email).await;
    let wrong = json!({"email": email, "password": "wrong"});
    let ips: Vec<_> = (0..20).map(|n| format!("2001:db8:ff{n:x}::1")).collect();
    let replies = join_all(ips.iter().map(|ip| world.call_from(ip, Login, wrong.clone()))).await;
    let refused = replies.iter().filter(|reply| reply.code() == ErrorCode::TooManyRequests).count();
    assert!(refused >= 13, "{refused} of 20");
}

pub async fn who_resets_the_password_is_let_in_from_there_while_the_account_is_attacked() {
    let world = world().await;
    world.register().await.ok();
    attacked(&world, EMAIL).await;
    world.call(PasswordForgot, json!({"email": EMAIL})).await.ok();
    let body = json!({"token": world.mailed_token().await, "password": "a better horse battery"});
    world.call_from("198.51.100.9", PasswordReset, body).await.ok();
    let wrong = json!({"email": EMAIL, "password": "wrong"});
    let right = json!({"email": EMAIL, "password": "a better horse battery"});
    let ips: Vec<_> = (0..10).map(|n| format!("2001:db8:ff{n:x}::1")).collect();
    let flood = join_all(ips.iter().map(|ip| world.call_from(ip, Login, wrong.clone())));
    let owner = world.call_from("198.51.100.9", Login, right);
    let (_, reply) = tokio::join!(flood, owner);
    reply.ok();
}

pub async fn a_site_of_ipv6_does_not_have_ten_attempts_for_each_of_its_networks() {
    let world = world().await;
    world.register().await.ok();
    let body = json!({"email": EMAIL, "password": "wrong"});
    let mut tried = 0;
    for n in 0..60 {
        let ip = format!("2001:db8:1:{n:x}::1");
        if world.call_from(&ip, Login, body.clone()).await.code() == ErrorCode::InvalidCredentials {
            tried += 1;
        }
    }
    assert_eq!(tried, 30);
    world.login().await.ok();
}

pub async fn an_old_hash_of_an_unnormalised_password_verifies_and_is_replaced() {
    let world = world().await;
    let typed = "Cafe\u{301}-blau-17";
    let body = |password: &str| json!({"email": EMAIL, "password": password});
    world.register().await.ok();
    let id = world.user().await.unwrap().id;
    // As it was made before passwords had a normal form.
    let params = argon2::Params::new(8, 1, 1, None).unwrap();
    let argon = argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params);
    let salt = SaltString::from_b64("c29tZXNhbHRzb21lc2FsdA").unwrap();
    let old = argon.hash_password(typed.as_bytes(), &salt).unwrap().to_string();
    let mut lease = world.db.live().write().await.unwrap();
    users::set_password(&mut lease, &world.project, &id, &old.as_str().into(), START).await.unwrap();
    lease.commit().await.unwrap();

    assert_eq!(world.call(Login, body("Café-blau-17")).await.code(), ErrorCode::InvalidCredentials);
    let (one, two) = tokio::join!(world.call(Login, body(typed)), world.call(Login, body(typed)));
    one.ok();
    two.ok();
    let user = world.user().await.unwrap();
    assert_ne!(user.password_hash.unwrap().expose(), &old);
    assert_eq!(user.last_password_reset, Some(START), "the password is the same");
    for form in [typed, "Café-blau-17"] {
        world.call(Login, body(form)).await.ok();
    }
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
