use contract::{
    catalogue::endpoints::Endpoint::{Logout, Me, Refresh},
    error::ErrorCode,
};
use serde_json::{Value, json};

use crate::world::{EMAIL, world};

pub async fn me_answers_the_user() {
    let world = world().await;
    let token = world.register().await.text("/access_token");
    let reply = world.call_as(&token, Me, Value::Null).await;
    assert_eq!(reply.ok()["user"]["email"], EMAIL);
    assert!(!reply.ok().to_string().contains("argon2"));
}

pub async fn after_a_logout_neither_token_works() {
    let world = world().await;
    let signed_in = world.register().await;
    let (access, refresh) = (signed_in.text("/access_token"), signed_in.text("/refresh_token"));
    let out = world.call_as(&access, Logout, Value::Null).await.result.unwrap();
    assert_eq!((out.status, out.body), (204, None));
    assert_eq!(world.call_as(&access, Me, Value::Null).await.code(), ErrorCode::InvalidToken);
    assert_eq!(world.call_as(&access, Logout, Value::Null).await.code(), ErrorCode::InvalidToken);
    let again = world.call(Refresh, json!({"refresh_token": refresh})).await;
    assert_eq!(again.code(), ErrorCode::InvalidGrant);
    assert_eq!(world.events().await, ["auth.signup", "auth.logout"]);
}

pub async fn what_is_no_access_token_is_refused() {
    let world = world().await;
    let signed_in = world.register().await;
    let access = signed_in.text("/access_token");
    let (head, signature) = access.rsplit_once('.').unwrap();
    let flipped = if signature.starts_with('A') { "B" } else { "A" };
    let forged = format!("{head}.{flipped}{}", &signature[1..]);
    let unsigned = format!("eyJhbGciOiJub25lIn0.{}.", access.split('.').nth(1).unwrap());
    for token in
        ["", "x", "a.b.c", &forged, &unsigned, &signed_in.text("/refresh_token"), &"x".repeat(20_000)]
    {
        assert_eq!(world.call_as(token, Me, Value::Null).await.code(), ErrorCode::InvalidToken);
    }
    assert_eq!(world.call(Me, Value::Null).await.code(), ErrorCode::InvalidToken);
}
