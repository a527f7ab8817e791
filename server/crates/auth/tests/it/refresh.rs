use contract::{
    catalogue::{
        endpoints::Endpoint::{Logout, Me, PasswordChange, Refresh},
        triggers::Trigger,
    },
    error::ErrorCode,
    manage::ProjectSettings,
};
use futures::future::join_all;
use serde_json::{Value, json};
use store::users::{self, UserChanges};

use crate::{
    gate::Gate,
    world::{PASSWORD, Reply, START, World, claims, world},
};

/// A project in which a used token is never answered again.
async fn strict() -> World {
    World::with(ProjectSettings { refresh_reuse_seconds: Some(0), ..ProjectSettings::default() }).await
}

async fn refresh(world: &World, token: &str) -> Reply {
    world.call(Refresh, json!({"refresh_token": token})).await
}

pub async fn a_refresh_token_works_once_and_its_reuse_ends_the_whole_family() {
    let world = strict().await;
    let first = world.register().await.text("/refresh_token");
    world.clock.advance_s(1);
    let second = refresh(&world, &first).await;
    let (next, access) = (second.text("/refresh_token"), second.text("/access_token"));
    assert_ne!(first, next);
    assert!(world.call_as(&access, Me, Value::Null).await.result.is_ok());
    assert_eq!(world.events().await, ["auth.signup", "auth.token.refreshed"]);

    assert_eq!(refresh(&world, &first).await.code(), ErrorCode::RefreshTokenReused);
    assert_eq!(refresh(&world, &next).await.code(), ErrorCode::InvalidGrant);
    assert_eq!(world.call_as(&access, Me, Value::Null).await.code(), ErrorCode::InvalidToken);
    let log = world.log("refresh_token_reused").await;
    assert_eq!((log.len(), log[0].level.as_str()), (1, "warn"));
}

pub async fn of_two_at_once_one_is_a_reuse_where_the_project_is_strict() {
    let world = strict().await;
    let token = world.register().await.text("/refresh_token");
    let (one, two) = tokio::join!(refresh(&world, &token), refresh(&world, &token));
    let rotated = [&one, &two].iter().filter(|reply| reply.result.is_ok()).count();
    assert_eq!(rotated, 1);
    let refused = if one.result.is_ok() { two } else { one };
    assert_eq!(refused.code(), ErrorCode::RefreshTokenReused);
}

pub async fn a_session_ends_when_its_time_is_over_however_often_it_was_refreshed() {
    let world = world().await;
    let token = world.register().await.text("/refresh_token");
    world.clock.advance_s(20 * 24 * 60 * 60);
    let token = refresh(&world, &token).await.text("/refresh_token");
    world.clock.advance_s(10 * 24 * 60 * 60 + 1);
    assert_eq!(refresh(&world, &token).await.code(), ErrorCode::InvalidGrant);
}

pub async fn what_is_no_refresh_token_is_refused() {
    let world = world().await;
    let access = world.register().await.text("/access_token");
    for token in ["hwr_nothing", "x"] {
        assert_eq!(refresh(&world, token).await.code(), ErrorCode::InvalidGrant);
    }
    assert_eq!(refresh(&world, &access).await.result.unwrap_err().error.status() / 100, 4);
    let missing = world.call(Refresh, json!({})).await;
    assert_eq!(missing.error().field.as_deref(), Some("refresh_token"));
}

pub async fn ten_tabs_that_refresh_at_once_all_get_working_tokens_of_one_family() {
    let world = world().await;
    let token = world.register().await.text("/refresh_token");
    let replies = join_all((0..10).map(|_| refresh(&world, &token))).await;
    let next = replies[0].text("/refresh_token");
    for reply in &replies {
        assert_eq!(reply.text("/refresh_token"), next, "the family does not fork");
        assert!(world.call_as(&reply.text("/access_token"), Me, Value::Null).await.result.is_ok());
    }
    let access: std::collections::HashSet<_> =
        replies.iter().map(|reply| reply.text("/access_token")).collect();
    assert_eq!(access.len(), 10, "each has an access token of its own");
    // And they go on in the same way.
    let replies = join_all((0..3).map(|_| refresh(&world, &next))).await;
    assert!(replies.iter().all(|reply| reply.result.is_ok()));
    assert!(world.log("refresh_token_reused").await.is_empty());
}

pub async fn an_answer_that_was_lost_is_given_again_within_the_window() {
    let world = world().await;
    let token = world.register().await.text("/refresh_token");
    let lost = refresh(&world, &token).await.text("/refresh_token");
    world.clock.advance_s(9);
    let again = refresh(&world, &token).await.text("/refresh_token");
    assert_eq!(again, lost);
    assert_ne!(refresh(&world, &again).await.text("/refresh_token"), again);
}

pub async fn a_tab_whose_hook_takes_longer_than_the_window_gets_the_answer_of_the_faster_one() {
    let world = world().await;
    let token = world.register().await.text("/refresh_token");
    let gate = Gate::new().await;
    world.deploy(Trigger::CredentialsExchange, &gate.hook("onExecuteCredentialsExchange")).await;
    let faster = async {
        let slow = gate.arrival().await;
        world.clock.advance_s(11);
        let at_once = async { gate.arrival().await.release().await };
        let (faster, ()) = tokio::join!(refresh(&world, &token), at_once);
        slow.release().await;
        faster
    };
    let (slow, faster) = tokio::join!(refresh(&world, &token), faster);
    assert_eq!(slow.text("/refresh_token"), faster.text("/refresh_token"));
    assert!(world.call_as(&slow.text("/access_token"), Me, Value::Null).await.result.is_ok());
    assert!(world.log("refresh_token_reused").await.is_empty());
}

pub async fn the_window_begins_with_the_first_use_and_afterwards_a_reuse_ends_the_family() {
    let world = world().await;
    let token = world.register().await.text("/refresh_token");
    let next = refresh(&world, &token).await.text("/refresh_token");
    world.clock.advance_s(6);
    refresh(&world, &token).await.ok();
    world.clock.advance_s(6);
    assert_eq!(refresh(&world, &token).await.code(), ErrorCode::RefreshTokenReused);
    assert_eq!(refresh(&world, &next).await.code(), ErrorCode::InvalidGrant);
    assert_eq!(world.log("refresh_token_reused").await.len(), 1);
}

pub async fn a_grandparent_ends_the_family_within_the_window_too() {
    let world = world().await;
    let first = world.register().await.text("/refresh_token");
    let second = refresh(&world, &first).await.text("/refresh_token");
    let third = refresh(&world, &second).await.text("/refresh_token");
    assert_eq!(refresh(&world, &first).await.code(), ErrorCode::RefreshTokenReused);
    for token in [second, third] {
        assert!(refresh(&world, &token).await.result.is_err());
    }
}

pub async fn the_windows_length_is_the_projects_own() {
    let settings = ProjectSettings { refresh_reuse_seconds: Some(60), ..ProjectSettings::default() };
    let world = World::with(settings).await;
    let token = world.register().await.text("/refresh_token");
    refresh(&world, &token).await.ok();
    world.clock.advance_s(59);
    refresh(&world, &token).await.ok();
    world.clock.advance_s(1);
    assert_eq!(refresh(&world, &token).await.code(), ErrorCode::RefreshTokenReused);
}

pub async fn what_ends_a_session_ends_the_window_at_once() {
    let world = world().await;
    let signed_in = world.register().await;
    let token = signed_in.text("/refresh_token");
    refresh(&world, &token).await.ok();
    world.call_as(&signed_in.text("/access_token"), Logout, Value::Null).await.result.unwrap();
    assert_eq!(refresh(&world, &token).await.code(), ErrorCode::RefreshTokenReused, "after a logout");

    let signed_in = world.login().await;
    let token = signed_in.text("/refresh_token");
    let next = refresh(&world, &token).await;
    let body = json!({"current_password": PASSWORD, "new_password": "a better horse battery"});
    world.call_as(&next.text("/access_token"), PasswordChange, body).await.ok();
    assert!(refresh(&world, &token).await.result.is_err(), "after a change of the password");
}

pub async fn a_user_who_is_blocked_or_gone_gets_nothing_within_the_window() {
    let world = world().await;
    let token = world.register().await.text("/refresh_token");
    refresh(&world, &token).await.ok();
    let id = world.user().await.unwrap().id;
    let changes = UserChanges { blocked: Some(true), ..Default::default() };
    let mut lease = world.db.live().write().await.unwrap();
    users::update(&mut lease, &world.project, &id, changes, START).await.unwrap();
    lease.commit().await.unwrap();
    assert_eq!(refresh(&world, &token).await.code(), ErrorCode::UserBlocked);
    let mut lease = world.db.live().write().await.unwrap();
    users::delete(&mut lease, &world.project, &id).await.unwrap();
    lease.commit().await.unwrap();
    assert_eq!(refresh(&world, &token).await.code(), ErrorCode::InvalidGrant);
}

pub async fn the_hooks_run_for_the_second_answer_too() {
    let world = world().await;
    let source = "export const onExecuteCredentialsExchange = async (event, api) => {
        const n = (await Aerocall.cache.get('n')) ?? 0;
        await Aerocall.cache.set('n', n + 1);
        api.accessToken.setCustomClaim('n', n);
    };";
    world.deploy(Trigger::CredentialsExchange, source).await;
    let token = world.register().await.text("/refresh_token");
    for n in 1..=2 {
        let access = refresh(&world, &token).await.text("/access_token");
        assert_eq!(claims(&access)["n"], n);
    }
}

pub async fn a_successor_cannot_be_made_from_what_is_stored() {
    let world = world().await;
    let token = world.register().await.text("/refresh_token");
    let next = refresh(&world, &token).await.text("/refresh_token");
    let mut world = world;
    // The key to what is sealed is another one: the answer cannot be repeated.
    world.auth = world.auth_with_key([8; 32]);
    let reply = refresh(&world, &token).await;
    assert!(reply.result.is_err());
    assert!(!format!("{:?}", reply.error()).contains(&next));
}
