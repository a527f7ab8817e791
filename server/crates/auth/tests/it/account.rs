use contract::{
    catalogue::{
        endpoints::Endpoint::{Login, Logout, Me, Refresh},
        triggers::Trigger,
    },
    error::ErrorCode,
};
use serde_json::{Value, json};
use store::users;

use crate::world::{EMAIL, PASSWORD, Reply, START, World, world};

#[track_caller]
fn no_content(reply: &Reply) {
    let answer = reply.result.as_ref().unwrap();
    assert_eq!((answer.status, &answer.body), (204, &None));
}

/// The access token with another signature.
fn forged(access: &str) -> String {
    let (head, signature) = access.rsplit_once('.').unwrap();
    let flipped = if signature.starts_with('A') { "B" } else { "A" };
    format!("{head}.{flipped}{}", &signature[1..])
}

/// Counts the sign-outs that the project's hook sees.
async fn count_logouts(world: &World) {
    let source = "export async function onLogout({ Aerocall }) {
        await Aerocall.cache.set('out', String(Number((await Aerocall.cache.get('out')) ?? 0) + 1));
    }";
    world.deploy(Trigger::AfterLogout, source).await;
}

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
    let again = world.call(Refresh, json!({"refresh_token": refresh})).await;
    assert_eq!(again.code(), ErrorCode::InvalidGrant);
    assert_eq!(world.events().await, ["auth.signup", "auth.logout"]);
}

pub async fn what_is_no_access_token_is_refused() {
    let world = world().await;
    let signed_in = world.register().await;
    let access = signed_in.text("/access_token");
    let forged = forged(&access);
    let unsigned = format!("eyJhbGciOiJub25lIn0.{}.", access.split('.').nth(1).unwrap());
    for token in
        ["", "x", "a.b.c", &forged, &unsigned, &signed_in.text("/refresh_token"), &"x".repeat(20_000)]
    {
        assert_eq!(world.call_as(token, Me, Value::Null).await.code(), ErrorCode::InvalidToken);
    }
    assert_eq!(world.call(Me, Value::Null).await.code(), ErrorCode::InvalidToken);
}

pub async fn a_logout_is_answered_the_same_again_and_again_and_its_hooks_run_once() {
    let world = world().await;
    count_logouts(&world).await;
    let signed_in = world.register().await;
    let (access, refresh) = (signed_in.text("/access_token"), signed_in.text("/refresh_token"));
    for body in [Value::Null, json!({}), json!({"refresh_token": null}), json!({"refresh_token": refresh})] {
        no_content(&world.call_as(&access, Logout, body).await);
    }
    no_content(&world.call(Logout, json!({"refresh_token": refresh})).await);
    assert_eq!(world.events().await, ["auth.signup", "auth.logout"]);
    assert_eq!(world.cached("out").await, "1");
}

pub async fn an_access_token_that_has_expired_still_ends_its_session() {
    let world = world().await;
    let signed_in = world.register().await;
    let (access, refresh) = (signed_in.text("/access_token"), signed_in.text("/refresh_token"));
    world.clock.advance_s(2 * 24 * 60 * 60);
    assert_eq!(world.call_as(&access, Me, Value::Null).await.code(), ErrorCode::InvalidToken);
    no_content(&world.call_as(&access, Logout, Value::Null).await);
    assert_eq!(world.call(Refresh, json!({"refresh_token": refresh})).await.code(), ErrorCode::InvalidGrant);
    no_content(&world.call_as(&access, Logout, Value::Null).await);
}

pub async fn a_refresh_token_ends_its_session_used_or_not() {
    let world = world().await;
    for used in [false, true] {
        let signed_in = if used { world.login().await } else { world.register().await };
        let mut newest = signed_in.text("/refresh_token");
        let presented = newest.clone();
        if used {
            newest = world.call(Refresh, json!({"refresh_token": presented})).await.text("/refresh_token");
        }
        no_content(&world.call(Logout, json!({"refresh_token": presented})).await);
        let access = signed_in.text("/access_token");
        assert_eq!(world.call_as(&access, Me, Value::Null).await.code(), ErrorCode::InvalidToken);
        let reply = world.call(Refresh, json!({"refresh_token": newest})).await;
        assert_eq!(reply.code(), ErrorCode::InvalidGrant);
    }
}

pub async fn both_tokens_end_the_sessions_of_both() {
    let world = world().await;
    count_logouts(&world).await;
    let (one, two, three) = (world.register().await, world.login().await, world.login().await);
    let body = json!({"refresh_token": two.text("/refresh_token")});
    no_content(&world.call_as(&one.text("/access_token"), Logout, body).await);
    for (reply, on) in [(&one, false), (&two, false), (&three, true)] {
        let me = world.call_as(&reply.text("/access_token"), Me, Value::Null).await;
        assert_eq!(me.result.is_ok(), on);
    }
    assert_eq!(world.cached("out").await, "2");
}

pub async fn a_logout_without_a_genuine_token_is_refused_and_ends_nothing() {
    let world = world().await;
    let signed_in = world.register().await;
    let (access, refresh) = (signed_in.text("/access_token"), signed_in.text("/refresh_token"));
    let unknown = format!("{}{}", &refresh[..refresh.len() - 4], "AAAA");
    // Of another instance, whose project has the same name.
    let elsewhere = async { crate::world::world().await.register().await.text("/access_token") };
    let stranger = tokio::spawn(elsewhere).await.unwrap();
    for (bearer, body) in [
        (None, Value::Null),
        (None, json!({})),
        (None, json!({"refresh_token": unknown})),
        (None, json!({"refresh_token": access})),
        (Some(forged(&access)), Value::Null),
        (Some(forged(&access)), json!({"refresh_token": unknown})),
        (Some("x".to_owned()), Value::Null),
        (Some(refresh.clone()), Value::Null),
        (Some(stranger.clone()), Value::Null),
    ] {
        let reply = match &bearer {
            Some(token) => world.call_as(token, Logout, body.clone()).await,
            None => world.call(Logout, body.clone()).await,
        };
        assert_eq!(reply.code(), ErrorCode::InvalidToken, "{bearer:?} {body}");
    }
    for body in [json!({"refresh_token": 7}), json!([])] {
        assert_eq!(world.call_as(&access, Logout, body).await.code(), ErrorCode::InvalidField);
    }
    assert!(world.call_as(&access, Me, Value::Null).await.result.is_ok());
    assert_eq!(world.events().await, ["auth.signup"]);
}

pub async fn a_token_that_is_not_genuine_does_not_keep_the_other_from_ending_its_session() {
    let world = world().await;
    let one = world.register().await;
    let body = json!({"refresh_token": one.text("/refresh_token")});
    no_content(&world.call_as(&forged(&one.text("/access_token")), Logout, body).await);
    let two = world.login().await;
    let unknown = json!({"refresh_token": "hwr_forgotten"});
    no_content(&world.call_as(&two.text("/access_token"), Logout, unknown).await);
    for reply in [one, two] {
        let me = world.call_as(&reply.text("/access_token"), Me, Value::Null).await;
        assert_eq!(me.code(), ErrorCode::InvalidToken);
    }
}

pub async fn a_user_who_is_blocked_or_gone_can_sign_out() {
    let world = world().await;
    let signed_in = world.register().await;
    let access = signed_in.text("/access_token");
    let id = world.user().await.unwrap().id;
    let mut lease = world.db.live().write().await.unwrap();
    let changes = users::UserChanges { blocked: Some(true), ..Default::default() };
    users::update(&mut lease, &world.project, &id, changes, START).await.unwrap();
    lease.commit().await.unwrap();
    no_content(&world.call_as(&access, Logout, Value::Null).await);
    let mut lease = world.db.live().write().await.unwrap();
    users::delete(&mut lease, &world.project, &id).await.unwrap();
    lease.commit().await.unwrap();
    no_content(&world.call_as(&access, Logout, Value::Null).await);
    let gone = world.call(Login, json!({"email": EMAIL, "password": PASSWORD})).await;
    assert_eq!(gone.code(), ErrorCode::InvalidCredentials);
}
