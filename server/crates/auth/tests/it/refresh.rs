use contract::{
    catalogue::endpoints::Endpoint::{Me, Refresh},
    error::ErrorCode,
};
use serde_json::{Value, json};

use crate::world::{Reply, World, world};

async fn refresh(world: &World, token: &str) -> Reply {
    world.call(Refresh, json!({"refresh_token": token})).await
}

pub async fn a_refresh_token_works_once_and_its_reuse_ends_the_whole_family() {
    let world = world().await;
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

pub async fn of_two_at_once_one_is_a_reuse() {
    let world = world().await;
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
