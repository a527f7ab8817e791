//! Live requests: what goes on when the answer has been given, or the caller has gone.

use std::sync::Arc;

use contract::{
    catalogue::{
        endpoints::Endpoint::{self, Login, PasswordForgot},
        triggers::Trigger,
    },
    error::{ErrorBody, ErrorCode},
};
use serde_json::{Value, json};

use crate::{
    gate::Gate,
    world::{EMAIL, IP, PASSWORD, World, world},
};

async fn serve(
    world: &World,
    endpoint: Endpoint,
    body: Value,
    place: Arc<()>,
) -> Result<auth::Answer, ErrorBody> {
    let exchange = world.exchange(endpoint, Some(&body), world.db.live(), IP);
    world.auth.serve(endpoint, exchange, Some(body), None, place).await
}

async fn forgot(world: &World, email: &str) -> Result<auth::Answer, ErrorBody> {
    serve(world, PasswordForgot, json!({"email": email}), Arc::default()).await
}

pub async fn a_request_for_a_token_is_answered_while_its_hooks_run() {
    let world = world().await;
    world.register().await.ok();
    let gate = Gate::new().await;
    world.deploy(Trigger::SendPasswordResetEmail, &gate.hook("sendPasswordResetEmail")).await;
    let mails = world.mails().await.len();

    let known = forgot(&world, EMAIL).await.unwrap();
    assert_eq!(known.status, 202);
    assert_eq!(known, forgot(&world, "eve@example.com").await.unwrap());
    // Only now may the hook go on.
    gate.arrival().await.release().await;
    world.auth.idle().await;
    assert_eq!(world.mails().await.len(), mails, "the hook has delivered it");
    assert_eq!(world.events().await, ["auth.signup", "auth.password.reset.requested"]);
}

pub async fn a_database_that_takes_no_writes_does_not_tell_who_is_known() {
    let world = world().await;
    world.register().await.ok();
    let writer = world.db.live().write().await.unwrap();
    assert_eq!(forgot(&world, EMAIL).await, forgot(&world, "eve@example.com").await);
    drop(writer);
    world.auth.idle().await;
    assert_eq!(world.events().await.len(), 2);
}

pub async fn a_bad_request_for_a_token_is_refused_for_everybody() {
    let world = world().await;
    assert_eq!(forgot(&world, "nobody").await.unwrap_err().error, ErrorCode::InvalidField);
    for _ in 0..10 {
        forgot(&world, EMAIL).await.unwrap();
    }
    let refused = forgot(&world, EMAIL).await.unwrap_err();
    assert!(refused.request_id.is_some());
    assert_eq!(refused.error, ErrorCode::TooManyRequests);
}

pub async fn a_caller_who_hangs_up_neither_stops_the_flow_nor_frees_its_place() {
    let world = world().await;
    world.register().await.ok();
    let gate = Gate::new().await;
    world.deploy(Trigger::AfterLogin, &gate.hook("afterLogin")).await;
    let place = Arc::new(());
    let waiting = {
        let login = serve(&world, Login, json!({"email": EMAIL, "password": PASSWORD}), place.clone());
        tokio::select! {
            answer = login => panic!("answered before its hook had ended: {answer:?}"),
            waiting = gate.arrival() => waiting,
        }
    };
    assert_eq!(Arc::strong_count(&place), 2);
    waiting.release().await;
    world.auth.idle().await;
    assert_eq!(Arc::strong_count(&place), 1);
    world.hooks.flush().await;
    let mut lease = world.db.live().read().await.unwrap();
    let runs =
        store::hook_runs::list(&mut lease, &world.project, Default::default(), None, 10).await.unwrap();
    assert_eq!(runs[0].outcome, "returned");
}
