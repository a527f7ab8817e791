//! One mailbox, one account, in every spelling.

use contract::{
    catalogue::{
        endpoints::Endpoint::{Login, PasswordForgot, PasswordReset, Register},
        triggers::Trigger,
    },
    error::ErrorCode,
};
use serde_json::json;
use store::{
    new_id,
    users::{self, NewUser},
};

use crate::world::{PASSWORD, START, World, world};

async fn register(world: &World, email: &str) -> Result<String, ErrorCode> {
    let reply = world.call(Register, json!({"email": email, "password": PASSWORD})).await;
    match &reply.result {
        Ok(_) => Ok(reply.text("/user/email")),
        Err(error) => Err(error.error),
    }
}

pub async fn the_spellings_of_a_mailbox_are_one_account() {
    let world = world().await;
    let kept = register(&world, "Dana@bücher.example").await;
    assert_eq!(kept.as_deref(), Ok("Dana@xn--bcher-kva.example"));
    for spelling in [
        "dana@xn--bcher-kva.example",
        "dana@XN--BCHER-KVA.EXAMPLE",
        "DANA@BÜCHER.example",
        "dana@bu\u{308}cher.example",
        "dana@bücher。example",
        "dana@büc\u{ad}her.example",
        " dana@ｂücher.example ",
    ] {
        assert_eq!(register(&world, spelling).await, Err(ErrorCode::UserExists), "{spelling}");
        world.call(Login, json!({"email": spelling, "password": PASSWORD})).await.ok();
    }
    world.call(PasswordForgot, json!({"email": "dana@bücher.example"})).await.ok();
    let mail = world.mails().await.pop().unwrap();
    assert_eq!(
        (mail.kind.as_str(), mail.recipient.as_str()),
        ("reset_password", "Dana@xn--bcher-kva.example")
    );
    let body = json!({"token": world.mailed_token().await, "password": "a better horse battery"});
    world.call(PasswordReset, body).await.ok();
    assert_eq!(register(&world, "e\u{301}lodie@example.com").await.as_deref(), Ok("élodie@example.com"));
    assert_eq!(register(&world, "ÉLODIE@example.com").await, Err(ErrorCode::UserExists));
}

pub async fn a_rule_on_domains_is_not_passed_by_with_another_spelling() {
    let world = world().await;
    let source = "exports.onExecutePreUserRegistration = async (event, api) => {
        if (event.user.email.split('@')[1] === 'gmail.com') api.access.deny('free_email', 'No');
    };";
    world.deploy(Trigger::PreUserRegistration, source).await;
    for spelling in [
        "dana@gmail.com",
        "dana@GMAIL.COM",
        "dana@ｇmail.com",
        "dana@ｇｍａｉｌ．ｃｏｍ",
        "dana@gmail。com",
        "dana@gm\u{ad}ail.com",
        "dana@gmail\u{200b}.com",
        "dana@gmail.com\u{3000}",
        "dana@𝓰𝓶𝓪𝓲𝓵.com",
        "dana@gmail.com.",
        "dana@gmail%2ecom",
        "\"dana\"@gmail.com",
        "dana(work)@gmail.com",
        "dana@(work)gmail.com",
        "<dana@gmail.com>",
        "dana@gmail.com\u{0}",
    ] {
        let refused = register(&world, spelling).await;
        assert!(
            matches!(refused, Err(ErrorCode::AccessDenied | ErrorCode::InvalidField)),
            "{spelling}: {refused:?}"
        );
    }
    assert!(register(&world, "dana@example.com").await.is_ok());
}

pub async fn an_address_that_no_mail_can_be_sent_to_is_refused_at_sign_up() {
    let world = world().await;
    for bad in [
        "da..na@example.com",
        ".dana@example.com",
        "dana.@example.com",
        "dana@[127.0.0.1]",
        "dana@127.0.0.1",
        "dana@a_b.example",
        "dana@-a.example",
        "dana@xn--a.example",
        "da\u{200b}na@example.com",
        &format!("{}@example.com", "ü".repeat(33)),
        &format!("dana@{}.example", "ü".repeat(60)),
    ] {
        let reply = world.call(Register, json!({"email": bad, "password": PASSWORD})).await;
        assert_eq!(
            (reply.code(), reply.error().field.as_deref()),
            (ErrorCode::InvalidField, Some("email")),
            "{bad}"
        );
        assert!(reply.error().message.contains("is not an e-mail address: "), "{}", reply.error().message);
    }
    assert!(world.mails().await.is_empty());
}

pub async fn a_user_from_before_the_rules_can_still_sign_in() {
    let world = world().await;
    register(&world, "dana@example.com").await.unwrap();
    let password_hash = world.user().await.unwrap().password_hash;
    let new = NewUser { password_hash, ..NewUser::new(new_id(START)) };
    let mut lease = world.db.live().write().await.unwrap();
    let user = users::insert(&mut lease, &world.project, new, START).await.unwrap();
    store::testing::set_stored_email(&mut lease, &user.id, "Da..na@example.com", "da..na@example.com")
        .await
        .unwrap();
    lease.commit().await.unwrap();
    world.call(Login, json!({"email": "DA..NA@example.com", "password": PASSWORD})).await.ok();
    let wrong = world.call(Login, json!({"email": "er..in@example.com", "password": PASSWORD})).await;
    assert_eq!(wrong.code(), ErrorCode::InvalidCredentials, "what could be an old address tells nothing");
    world.call(PasswordForgot, json!({"email": "da..na@example.com"})).await.ok();
    assert_eq!(world.log("mail_not_delivered").await.len(), 2, "told, also of the captured one");
}
