//! What happens to a user while a request of theirs is on its way.

use contract::{
    catalogue::{
        endpoints::Endpoint::{PasswordForgot, PasswordReset, Refresh},
        triggers::Trigger,
    },
    error::ErrorCode,
};
use serde_json::json;
use store::{
    sessions,
    users::{self, UserChanges},
};

use crate::{
    gate::Gate,
    world::{EMAIL, Reply, START, World, world},
};

/// Sends a request whose hook of this trigger waits, does something meanwhile, then lets the request go on.
async fn meanwhile(
    world: &World,
    (trigger, handler): (Trigger, &str),
    request: impl Future<Output = Reply>,
    doing: impl Future<Output = ()>,
) -> Reply {
    let gate = Gate::new().await;
    world.deploy(trigger, &gate.hook(handler)).await;
    let between = async {
        let waiting = gate.arrival().await;
        doing.await;
        waiting.release().await;
    };
    tokio::join!(request, between).0
}

async fn reset(world: &World) {
    world.call(PasswordForgot, json!({"email": EMAIL})).await.ok();
    let body = json!({"token": world.mailed_token().await, "password": "a better horse battery"});
    world.call(PasswordReset, body).await.ok();
}

async fn set_blocked(world: &World, blocked: bool) {
    let id = world.user().await.unwrap().id;
    let mut lease = world.db.live().write().await.unwrap();
    let changes = UserChanges { blocked: Some(blocked), ..Default::default() };
    users::update(&mut lease, &world.project, &id, changes, START).await.unwrap();
    lease.commit().await.unwrap();
}

async fn open_sessions(world: &World) -> usize {
    let id = world.user().await.unwrap().id;
    let mut lease = world.db.live().read().await.unwrap();
    let sessions = sessions::list(&mut lease, &world.project, &id).await.unwrap();
    sessions.iter().filter(|session| session.revoked_at.is_none()).count()
}

const AFTER_PASSWORD: (Trigger, &str) = (Trigger::PostUserLogin, "onExecutePostLogin");
const EXCHANGE: (Trigger, &str) = (Trigger::CredentialsExchange, "onExecuteCredentialsExchange");

pub async fn a_login_with_the_old_password_does_not_survive_the_reset() {
    let world = world().await;
    world.register().await.ok();
    let reply = meanwhile(&world, AFTER_PASSWORD, world.login(), reset(&world)).await;
    assert_eq!(reply.code(), ErrorCode::InvalidCredentials);
    assert_eq!(open_sessions(&world).await, 0);
}

pub async fn a_sign_up_does_not_survive_the_reset() {
    let world = world().await;
    let reply = meanwhile(&world, EXCHANGE, world.register(), reset(&world)).await;
    assert_eq!(reply.code(), ErrorCode::InvalidCredentials);
    assert_eq!(open_sessions(&world).await, 0);
}

pub async fn who_is_blocked_during_the_login_gets_no_session() {
    let world = world().await;
    world.register().await.ok();
    let reply = meanwhile(&world, AFTER_PASSWORD, world.login(), set_blocked(&world, true)).await;
    assert_eq!(reply.code(), ErrorCode::UserBlocked);
    assert_eq!((open_sessions(&world).await, world.user().await.unwrap().login_count), (1, 0));
}

pub async fn who_is_blocked_during_the_refresh_gets_no_tokens_and_keeps_the_one_at_hand() {
    let world = world().await;
    let body = json!({"refresh_token": world.register().await.text("/refresh_token")});
    let refresh = world.call(Refresh, body.clone());
    let reply = meanwhile(&world, EXCHANGE, refresh, set_blocked(&world, true)).await;
    assert_eq!(reply.code(), ErrorCode::UserBlocked);
    set_blocked(&world, false).await;
    world.call(Refresh, body).await.ok();
}

pub async fn a_token_that_cannot_be_signed_leaves_everything_as_it_was() {
    let mut world = world().await;
    let body = json!({"refresh_token": world.register().await.text("/refresh_token")});
    let stranger = world.auth_with_key([8; 32]);
    let good = std::mem::replace(&mut world.auth, stranger);
    assert_eq!(world.call(Refresh, body.clone()).await.code(), ErrorCode::Internal);
    assert_eq!(world.login().await.code(), ErrorCode::Internal);
    world.auth = good;
    world.call(Refresh, body).await.ok();
    assert_eq!(open_sessions(&world).await, 1);
}
