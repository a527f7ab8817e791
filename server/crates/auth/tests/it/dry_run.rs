use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use contract::{
    catalogue::{
        endpoints::Endpoint::{Login, Me, PasswordForgot, Register},
        triggers::Trigger,
    },
    manage::RunMode,
};
use serde_json::{Value, json};

use crate::world::{EMAIL, IP, PASSWORD, World, claims, world};

/// The whole database as one file. What compares it runs on SQLite only; the store's suite does so on PostgreSQL.
async fn dump(world: &World) -> Vec<u8> {
    world.hooks.flush().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("copy.db");
    world.db.backup_to(&file).await.unwrap();
    std::fs::read(file).unwrap()
}

#[tokio::test]
async fn a14_a_dry_run_is_the_live_flow_and_leaves_the_database_as_it_was() {
    let world = world().await;
    world.register().await.ok();
    let before = dump(&world).await;

    let session = world.db.dry();
    let body = json!({"email": "eve@example.com", "password": PASSWORD});
    let reply = world.dry(&session, Register, body, None).await;
    assert!(reply.text("/refresh_token").starts_with("hwr_"));
    let changes = session.changes().await;
    for table in ["users", "outbox", "tickets", "mails", "log_entries", "sessions", "refresh_tokens"] {
        assert!(changes.iter().any(|change| change.table == table), "{table}");
    }
    assert!(!format!("{changes:?}").contains("argon2"));
    session.discard().await.unwrap();
    assert!(before == dump(&world).await, "the database has changed");

    for (endpoint, body) in [
        (Login, json!({"email": EMAIL, "password": PASSWORD})),
        (Login, json!({"email": EMAIL, "password": "wrong"})),
        (PasswordForgot, json!({"email": EMAIL})),
    ] {
        let session = world.db.dry();
        let _reply = world.dry(&session, endpoint, body, None).await;
        session.discard().await.unwrap();
    }
    assert!(before == dump(&world).await, "the database has changed");
}

pub async fn a_dry_run_of_a_project_without_keys_makes_none() {
    let world = world().await;
    let session = world.db.dry();
    let reply = world.dry(&session, Register, json!({"email": EMAIL, "password": PASSWORD}), None).await;
    assert!(reply.result.is_ok());
    assert!(session.changes().await.iter().all(|change| change.table != "signing_keys"));
    session.discard().await.unwrap();
}

#[tokio::test]
async fn a14_a_test_acts_as_a_user_with_a_session_that_does_not_stay() {
    let world = world().await;
    let id = world.register().await.text("/user/user_id").parse().unwrap();
    let before = dump(&world).await;
    let session = world.db.dry();
    let exchange = world.exchange(Me, None, session.clone(), IP);
    let (token, _) = world.auth.access_token_for(&exchange, &id).await.unwrap();
    let reply = world.dry(&session, Me, Value::Null, Some(&token)).await;
    assert_eq!(reply.ok()["user"]["email"], EMAIL);
    session.discard().await.unwrap();
    assert!(before == dump(&world).await, "the database has changed");
    assert!(world.call_as(&token, Me, Value::Null).await.result.is_err());
}

pub async fn a11_no_published_key_verifies_what_a_dry_run_signed() {
    let world = world().await;
    let own = world.register().await;
    world
        .deploy(
            Trigger::PostUserLogin,
            "exports.onExecutePostLogin = async (event, api) => {
                api.accessToken.setCustomClaim('role', 'admin');
                const token = await api.token.createServiceToken({ scope: 'read:users' });
                console.log(token.split('.')[0]);
            };",
        )
        .await;
    let session = world.db.dry();
    let reply = world.dry(&session, Login, json!({"email": EMAIL, "password": PASSWORD}), None).await;
    let access = reply.text("/access_token");
    let me = world.dry(&session, Me, Value::Null, Some(&access)).await;
    assert_eq!(me.ok()["user"]["email"], EMAIL, "the dry run itself takes it");
    let live = world.dry(&session, Me, Value::Null, Some(&own.text("/access_token"))).await;
    assert!(live.result.is_err(), "a test acts as whom it names, with no token of live traffic");
    session.discard().await.unwrap();

    assert_eq!(claims(&access)["role"], "admin");
    let project = world.hooks.default_project().unwrap();
    let published = world.auth.jwks(&project).await.unwrap().to_string();
    let service: Value =
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(&reply.journal.runs[0].logs[0].message).unwrap())
            .unwrap();
    let access_key = jsonwebtoken::decode_header(&access).unwrap().kid.unwrap();
    for key in [access_key.as_str(), service["kid"].as_str().unwrap()] {
        assert!(key.starts_with("sgk_") && !published.contains(key), "{key}");
    }
    assert!(world.call_as(&access, Me, Value::Null).await.result.is_err());
}

pub async fn a14_hooks_run_in_a_dry_run_and_know_it() {
    let world = world().await;
    world
        .deploy(
            Trigger::PostUserRegistration,
            "export function afterSignup({ context }) { console.log(context.dry_run); }",
        )
        .await;
    let session = world.db.dry();
    let reply = world.dry(&session, Register, json!({"email": EMAIL, "password": PASSWORD}), None).await;
    session.discard().await.unwrap();
    let run = &reply.journal.runs[0];
    assert_eq!((run.summary.mode, run.logs[0].message.as_str()), (RunMode::DryRun, "true"));
    assert!(world.user().await.is_none());
    assert!(world.log("failed_hook").await.is_empty());
}
