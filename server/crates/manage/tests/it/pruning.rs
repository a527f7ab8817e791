//! Forgetting, of every table that there is.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use contract::{catalogue::endpoints::Endpoint, manage::SignInRequest};
use manage::ClientInfo;
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection as _, Row as _, SqliteConnection};
use store::{Clock as _, Options, SystemClock, testing::ManualClock};

use crate::fixture::{World, account};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
const YEAR_MS: i64 = 365 * DAY_MS;

/// What nobody asks for after a year.
const FORGOTTEN: [&str; 10] = [
    "admin_sessions",
    "cache_entries",
    "hook_runs",
    "log_entries",
    "mails",
    "outbox",
    "refresh_tokens",
    "requests",
    "sessions",
    "tickets",
];

/// What grows only by what administrators and users do, and stays until they undo it.
const KEPT: [&str; 14] = [
    "_sqlx_migrations",
    "admins",
    "api_keys",
    "audit_log",
    "cache_sizes",
    "deployment_counter",
    "deployments",
    "hook_versions",
    "hooks",
    "instance_settings",
    "projects",
    "secrets",
    "signing_keys",
    "users",
];

/// How many rows each table has.
async fn rows(world: &World) -> BTreeMap<String, i64> {
    world.hooks.flush().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("copy.db");
    world.db.backup_to(&file).await.unwrap();
    let mut conn = SqliteConnection::connect(&format!("sqlite://{}", file.display())).await.unwrap();
    let tables =
        sqlx::query("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'");
    let mut counts = BTreeMap::new();
    for table in tables.fetch_all(&mut conn).await.unwrap() {
        let name: String = table.get(0);
        let sql = AssertSqlSafe(format!("SELECT COUNT(*) FROM \"{name}\""));
        counts.insert(name, sqlx::query(sql).fetch_one(&mut conn).await.unwrap().get(0));
    }
    counts
}

#[tokio::test]
async fn everything_that_traffic_leaves_behind_is_forgotten() {
    let clock = Arc::new(ManualClock::at(SystemClock.now_ms()));
    let world = World::with(&Options::default(), clock.clone()).await;
    world
        .live(
            "afterSignup",
            "export async function afterSignup({ Aerocall }: HookArguments) {
  await Aerocall.cache.set('k', 1);
  throw new Error('for the log');
}",
        )
        .await;
    let (email, password) = ("dana@example.com", "correct horse battery");
    world.manage.create_admin(email, "Dana", password).await.unwrap();
    let sign_in = SignInRequest { email: email.into(), password: password.into() };
    world.manage.sign_in(sign_in, ClientInfo::default()).await.unwrap();
    assert_eq!(world.register(email).await.0, 201);
    assert_eq!(world.call(Endpoint::Login, account(email)).await.0, 200);
    assert_eq!(world.call(Endpoint::PasswordForgot, json!({"email": email})).await.0, 202);

    let before = rows(&world).await;
    for table in FORGOTTEN {
        assert!(before[table] > 0, "{table} is empty from the start, so that nothing would be shown");
    }
    let ruled: Vec<&str> = FORGOTTEN.iter().chain(&KEPT).copied().collect();
    for table in before.keys() {
        assert!(ruled.contains(&table.as_str()), "say what becomes of old rows of {table}");
    }
    assert_eq!(world.manage.prune().await.unwrap(), 0, "nothing is old yet");

    clock.advance_ms(2 * YEAR_MS);
    world.manage.prune().await.unwrap();
    let after = rows(&world).await;
    for (table, count) in &after {
        let expected = if FORGOTTEN.contains(&table.as_str()) { 0 } else { before[table] };
        assert_eq!(*count, expected, "{table}");
    }
}

#[tokio::test]
async fn a_clock_that_jumps_removes_nothing() {
    let clock = Arc::new(ManualClock::at(SystemClock.now_ms()));
    let world = World::with(&Options::default(), clock.clone()).await;
    assert_eq!(world.register("dana@example.com").await.0, 201);
    assert_eq!(world.call(Endpoint::PasswordForgot, json!({"email": "dana@example.com"})).await.0, 202);
    let minutes = |n: u64| Duration::from_secs(1_000_000 + 60 * n);
    let mut watch = world.manage.clock_watch(minutes(0)).await.unwrap();
    assert_eq!(world.manage.prune_by_steady_clock(&mut watch, minutes(0)).await.unwrap(), 0);
    let before = rows(&world).await;

    clock.advance_ms(400 * DAY_MS);
    assert_eq!(world.manage.prune_by_steady_clock(&mut watch, minutes(1)).await.unwrap(), 0);
    assert_eq!(rows(&world).await, before);
    // Nor after a restart, whose process knows nothing of the jump.
    let mut watch = world.manage.clock_watch(minutes(2)).await.unwrap();
    assert_eq!(world.manage.prune_by_steady_clock(&mut watch, minutes(2)).await.unwrap(), 0);
    assert_eq!(rows(&world).await, before);

    // The clock is put right, and so much time really passes.
    clock.advance_ms(-400 * DAY_MS);
    assert_eq!(world.manage.prune_by_steady_clock(&mut watch, minutes(3)).await.unwrap(), 0);
    clock.advance_ms(400 * DAY_MS);
    let later = minutes(3) + Duration::from_secs(400 * 24 * 60 * 60);
    assert!(world.manage.prune_by_steady_clock(&mut watch, later).await.unwrap() > 0);
}

#[tokio::test]
async fn a_read_that_no_hook_looks_at_is_written_down_only_when_it_fails() {
    let world = World::new().await;
    let (_, body, _) = world.register("dana@example.com").await;
    let written = rows(&world).await["requests"];
    let token = body["access_token"].as_str().unwrap();
    assert_eq!(world.read(Endpoint::Me, Some(token)).await, 200);
    assert_eq!(rows(&world).await["requests"], written);
    assert_eq!(world.read(Endpoint::Me, None).await, 401);
    assert_eq!(rows(&world).await["requests"], written + 1);
}
