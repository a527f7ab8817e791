use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use contract::{
    catalogue::endpoints::Endpoint::{Login, Me, PasswordChange, PasswordForgot, PasswordReset, Register},
    error::ErrorCode,
};
use serde_json::{Value, json};

use sha2::{Digest as _, Sha256};
use store::{
    Secret, new_id,
    tickets::{self, Ticket, TicketPurpose},
    users::{self, UserChanges},
};

use crate::world::{EMAIL, PASSWORD, START, World, world};

const NEW: &str = "a better horse battery";

async fn can_log_in(world: &World, password: &str) -> bool {
    world.call(Login, json!({"email": EMAIL, "password": password})).await.result.is_ok()
}

pub async fn a_change_needs_the_current_password_and_ends_the_other_sessions() {
    let world = world().await;
    let other = world.register().await.text("/access_token");
    let mine = world.login().await.text("/access_token");
    let body = |current: &str, new: &str| json!({"current_password": current, "new_password": new});

    let wrong = world.call_as(&mine, PasswordChange, body("wrong", NEW)).await;
    assert_eq!(
        (wrong.code(), wrong.error().field.as_deref()),
        (ErrorCode::InvalidCredentials, Some("current_password"))
    );
    let weak = world.call_as(&mine, PasswordChange, body(PASSWORD, "short")).await;
    assert_eq!((weak.code(), weak.error().field.as_deref()), (ErrorCode::WeakPassword, Some("new_password")));

    let changed = world.call_as(&mine, PasswordChange, body(PASSWORD, NEW)).await;
    assert!(changed.ok()["user"]["last_password_reset"].is_string());
    assert!(world.call_as(&mine, Me, Value::Null).await.result.is_ok());
    assert_eq!(world.call_as(&other, Me, Value::Null).await.code(), ErrorCode::InvalidToken);
    assert!(!can_log_in(&world, PASSWORD).await);
    assert!(can_log_in(&world, NEW).await);
}

pub async fn a_reset_token_works_once_within_the_hour_and_ends_every_session() {
    let world = world().await;
    let access = world.register().await.text("/access_token");
    world.call(PasswordForgot, json!({"email": EMAIL})).await.ok();
    let token = world.mailed_token().await;
    let body = json!({"token": token, "password": NEW});

    let weak = world.call(PasswordReset, json!({"token": token, "password": "short"})).await;
    assert_eq!(weak.code(), ErrorCode::WeakPassword);
    world.call(PasswordReset, body.clone()).await.ok();
    assert_eq!(world.call(PasswordReset, body).await.code(), ErrorCode::InvalidTicket);
    assert_eq!(world.call_as(&access, Me, Value::Null).await.code(), ErrorCode::InvalidToken);
    assert!(!can_log_in(&world, PASSWORD).await);
    assert!(can_log_in(&world, NEW).await);

    world.call(PasswordForgot, json!({"email": EMAIL})).await.ok();
    let late = world.mailed_token().await;
    world.clock.advance_s(60 * 60);
    let reply = world.call(PasswordReset, json!({"token": late, "password": PASSWORD})).await;
    assert_eq!(reply.code(), ErrorCode::InvalidTicket);
}

pub async fn a_newer_token_makes_the_earlier_void() {
    let world = world().await;
    world.register().await.ok();
    world.call(PasswordForgot, json!({"email": EMAIL})).await.ok();
    let earlier = world.mailed_token().await;
    world.clock.advance_s(1);
    world.call(PasswordForgot, json!({"email": EMAIL})).await.ok();
    let later = world.mailed_token().await;
    assert_ne!(earlier, later);
    let body = |token: &str| json!({"token": token, "password": NEW});
    assert_eq!(world.call(PasswordReset, body(&earlier)).await.code(), ErrorCode::InvalidTicket);
    world.call(PasswordReset, body(&later)).await.ok();
}

pub async fn a_reset_makes_every_other_token_void() {
    let world = world().await;
    world.register().await.ok();
    world.call(PasswordForgot, json!({"email": EMAIL})).await.ok();
    let token = world.mailed_token().await;
    // As two requests at the same time may leave it.
    let other = Ticket {
        id: new_id(START),
        project_id: world.project.clone(),
        user_id: world.user().await.unwrap().id,
        purpose: TicketPurpose::ResetPassword,
        email: EMAIL.into(),
        token_hash: Secret::new(URL_SAFE_NO_PAD.encode(Sha256::digest("hwt_other"))),
        created_at: START,
        expires_at: START + 60 * 60 * 1000,
        used_at: None,
    };
    let mut lease = world.db.live().write().await.unwrap();
    tickets::insert(&mut lease, &other).await.unwrap();
    lease.commit().await.unwrap();
    let body = |token: &str| json!({"token": token, "password": NEW});
    world.call(PasswordReset, body(&token)).await.ok();
    assert_eq!(world.call(PasswordReset, body("hwt_other")).await.code(), ErrorCode::InvalidTicket);
}

pub async fn a_reset_token_is_no_good_once_the_address_has_changed() {
    let world = world().await;
    world.register().await.ok();
    world.call(PasswordForgot, json!({"email": EMAIL})).await.ok();
    let token = world.mailed_token().await;
    let id = world.user().await.unwrap().id;
    let mut lease = world.db.live().write().await.unwrap();
    let changes = UserChanges { email: Some("other@example.com".parse().ok()), ..Default::default() };
    users::update(&mut lease, &world.project, &id, changes, START).await.unwrap();
    lease.commit().await.unwrap();
    let reply = world.call(PasswordReset, json!({"token": token, "password": NEW})).await;
    assert_eq!(reply.code(), ErrorCode::InvalidTicket);
}

pub async fn the_answer_does_not_tell_whether_the_address_is_known() {
    let world = world().await;
    world.register().await.ok();
    let known = world.call(PasswordForgot, json!({"email": EMAIL})).await.result.unwrap();
    let unknown = world.call(PasswordForgot, json!({"email": "eve@example.com"})).await.result.unwrap();
    assert_eq!(known, unknown);
    assert_eq!(known.status, 202);
    assert_eq!(world.events().await, ["auth.signup", "auth.password.reset.requested"]);
}

pub async fn a_verification_token_is_no_reset_token() {
    let world = world().await;
    world.register().await.ok();
    let token = world.mailed_token().await;
    let reply = world.call(PasswordReset, json!({"token": token, "password": NEW})).await;
    assert_eq!(reply.code(), ErrorCode::InvalidTicket);
}

pub async fn a_password_is_the_same_however_its_accents_are_typed() {
    let world = world().await;
    let (composed, decomposed) = ("Caf\u{e9}-blau-17", "Cafe\u{301}-blau-17");
    world.call(Register, json!({"email": EMAIL, "password": decomposed})).await.ok();
    assert!(can_log_in(&world, composed).await && can_log_in(&world, decomposed).await);
    assert!(can_log_in(&world, "Cafe\u{301}-blau\u{2d}17").await);
    assert!(!can_log_in(&world, "Cafe-blau-17").await);

    let mine = world.call(Login, json!({"email": EMAIL, "password": composed})).await.text("/access_token");
    let body = json!({"current_password": composed, "new_password": "a\u{a0}better\u{3000}ｈorse"});
    world.call_as(&mine, PasswordChange, body).await.ok();
    assert!(can_log_in(&world, "a better ｈorse").await, "spaces are one, width stays");
    assert!(!can_log_in(&world, "a better horse").await);

    world.call(PasswordForgot, json!({"email": EMAIL})).await.ok();
    let body = json!({"token": world.mailed_token().await, "password": composed});
    world.call(PasswordReset, body).await.ok();
    assert!(can_log_in(&world, decomposed).await);
}

pub async fn a_new_password_has_characters_that_a_person_sees_and_can_repeat() {
    let world = world().await;
    let register = async |password: &str| {
        let reply = world.call(Register, json!({"email": EMAIL, "password": password})).await;
        (reply.code(), reply.error().field.clone())
    };
    let password = Some("password".to_owned());
    for weak in ["e\u{301}e\u{301}e\u{301}e\u{301}", "x\u{301}x\u{301}x\u{301}x\u{301}", "1234567"] {
        assert_eq!(register(weak).await, (ErrorCode::WeakPassword, password.clone()), "{weak}");
    }
    for bad in
        ["", "tab\tand more", "zero\u{200b}width", "bell\u{7}bell", "\u{378}unassigned", "del\u{7f}eted!"]
    {
        assert_eq!(register(bad).await, (ErrorCode::InvalidField, password.clone()), "{bad:?}");
    }
    let token = world.register().await.text("/access_token");
    let body = json!({"current_password": PASSWORD, "new_password": "tab\tand more"});
    let reply = world.call_as(&token, PasswordChange, body).await;
    assert_eq!(reply.error().field.as_deref(), Some("new_password"));
    world.call(PasswordForgot, json!({"email": EMAIL})).await.ok();
    let body = json!({"token": world.mailed_token().await, "password": "tab\tand more"});
    assert_eq!(world.call(PasswordReset, body).await.code(), ErrorCode::InvalidField);
}

pub async fn strangers_can_neither_fill_the_mailbox_nor_make_every_token_void() {
    let world = world().await;
    world.register().await.ok();
    let ask = async |n: u32| {
        let reply =
            world.call_from(&format!("198.51.100.{n}"), PasswordForgot, json!({"email": EMAIL})).await;
        assert_eq!(reply.result.unwrap().status, 202);
    };
    let mails = async || world.mails().await.iter().filter(|mail| mail.kind == "reset_password").count();
    for n in 0..40 {
        ask(n).await;
    }
    assert_eq!(mails().await, 5);
    let body = json!({"token": world.mailed_token().await, "password": NEW});
    world.call(PasswordReset, body).await.ok();
    // Used up: the next one that is asked for is made.
    ask(50).await;
    assert_eq!(mails().await, 6);
    ask(51).await;
    assert_eq!(mails().await, 6);
    world.clock.advance_s(5 * 60);
    ask(52).await;
    assert_eq!(mails().await, 7);
}

pub async fn asking_for_tokens_is_limited_the_same_for_known_and_unknown_addresses() {
    let world = world().await;
    world.register().await.ok();
    for email in [EMAIL, "eve@example.com"] {
        for _ in 0..10 {
            world.call(PasswordForgot, json!({"email": email})).await.ok();
        }
        assert_eq!(
            world.call(PasswordForgot, json!({"email": email})).await.code(),
            ErrorCode::TooManyRequests
        );
    }
}
