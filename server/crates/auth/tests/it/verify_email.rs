use contract::{
    catalogue::endpoints::Endpoint::{VerifyEmailConfirm, VerifyEmailRequest},
    error::ErrorCode,
};
use serde_json::json;
use store::users::{self, UserChanges};

use crate::world::{EMAIL, START, world};

pub async fn the_token_of_the_sign_up_mail_verifies_the_address_once() {
    let world = world().await;
    assert_eq!(world.register().await.ok()["user"]["email_verified"], false);
    let body = json!({"token": world.mailed_token().await});
    let reply = world.call(VerifyEmailConfirm, body.clone()).await;
    assert_eq!(reply.ok()["user"]["email_verified"], true);
    assert!(world.user().await.unwrap().email_verified);
    assert_eq!(world.call(VerifyEmailConfirm, body).await.code(), ErrorCode::InvalidTicket);
    assert_eq!(world.events().await, ["auth.signup", "auth.email.verified"]);
}

pub async fn another_mail_can_be_asked_for_until_the_address_is_verified() {
    let world = world().await;
    world.register().await.ok();
    world.clock.advance_s(1);
    let known = world.call(VerifyEmailRequest, json!({"email": EMAIL})).await.result.unwrap();
    assert_eq!((known.status, world.mails().await.len()), (202, 2));
    world.call(VerifyEmailConfirm, json!({"token": world.mailed_token().await})).await.ok();
    let verified = world.call(VerifyEmailRequest, json!({"email": EMAIL})).await.result.unwrap();
    let unknown = world.call(VerifyEmailRequest, json!({"email": "eve@example.com"})).await.result.unwrap();
    assert_eq!((&known, &known), (&verified, &unknown));
    assert_eq!(world.mails().await.len(), 2);
}

pub async fn a_token_does_not_prove_an_address_that_was_taken_afterwards() {
    let world = world().await;
    world.register().await.ok();
    let token = world.mailed_token().await;
    let id = world.user().await.unwrap().id;
    let mut lease = world.db.live().write().await.unwrap();
    let changes = UserChanges { email: Some("other@example.com".parse().ok()), ..Default::default() };
    users::update(&mut lease, &world.project, &id, changes, START).await.unwrap();
    lease.commit().await.unwrap();
    let reply = world.call(VerifyEmailConfirm, json!({"token": token})).await;
    assert_eq!(reply.code(), ErrorCode::InvalidTicket);
    let mut lease = world.db.live().read().await.unwrap();
    assert!(!users::by_id(&mut lease, &world.project, &id).await.unwrap().unwrap().email_verified);
}

pub async fn the_token_expires_after_a_day() {
    let world = world().await;
    world.register().await.ok();
    let token = world.mailed_token().await;
    world.clock.advance_s(24 * 60 * 60);
    let reply = world.call(VerifyEmailConfirm, json!({"token": token})).await;
    assert_eq!(reply.code(), ErrorCode::InvalidTicket);
}
