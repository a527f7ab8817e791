//! SQLite as it fails: no space, interrupted, gone. What was acknowledged stays, and writes go on when they can.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use serde_json::{Value, json};

use crate::{
    Db, Lease, Session, StoreError, Unavailability,
    db::{SqliteDb, presence::beside},
    instance_settings,
    testing::{TempDb, temp_sqlite},
};

const NOW: i64 = 1_790_000_000_000;

fn sqlite(db: &Db) -> &SqliteDb {
    match db {
        Db::Sqlite(db) => db,
        Db::Postgres(_) => panic!("not SQLite"),
    }
}

fn file(temp: &TempDb) -> &Path {
    sqlite(&temp.db).presence.database()
}

/// The only column of the only row.
async fn pragma(db: &Db, sql: &'static str) -> i64 {
    let mut conn = sqlite(db).writer.acquire().await.unwrap();
    sqlx::query_scalar(sql).fetch_one(&mut *conn).await.unwrap()
}

/// Removes what a later write could take the place of.
async fn no_room(db: &Db) {
    let mut lease = db.live().write().await.unwrap();
    for key in ["large", "write_probe"] {
        instance_settings::delete(&mut lease, key).await.unwrap();
    }
    lease.commit().await.unwrap();
    sqlx::query("VACUUM").execute(&sqlite(db).writer).await.unwrap();
}

/// Leaves the database no page more than it has.
async fn fill(db: &Db) {
    pragma(db, "PRAGMA max_page_count = 1").await;
}

async fn free(db: &Db) {
    pragma(db, "PRAGMA max_page_count = 1000000").await;
}

fn large() -> Value {
    Value::String("x".repeat(1 << 20))
}

async fn set(lease: &mut Lease, key: &str, value: &Value) -> Result<(), StoreError> {
    instance_settings::set(lease, key, value, NOW).await
}

async fn write(session: &Session, key: &str, value: &Value) -> Result<(), StoreError> {
    let mut lease = session.write().await?;
    set(&mut lease, key, value).await?;
    lease.commit().await
}

async fn read(db: &Db, key: &str) -> Option<Value> {
    instance_settings::get(&mut db.live().read().await.unwrap(), key).await.unwrap()
}

#[track_caller]
fn reason<T: std::fmt::Debug>(result: Result<T, StoreError>) -> Unavailability {
    result.unwrap_err().unavailability().unwrap()
}

#[tokio::test]
async fn n24_a_full_disk_ends_when_space_is_back() {
    let temp = temp_sqlite().await.unwrap();
    let (db, live) = (&temp.db, temp.db.live());
    for round in 0..3 {
        let kept = format!("kept-{round}");
        write(&live, &kept, &json!(round)).await.unwrap();
        db.ready(NOW).await.unwrap();
        no_room(db).await;

        fill(db).await;
        for _ in 0..3 {
            let mut lease = live.write().await.unwrap();
            set(&mut lease, "small", &json!(1)).await.unwrap();
            assert_eq!(reason(set(&mut lease, "large", &large()).await), Unavailability::Full);
            // SQLite has rolled back: this would be kept at once.
            assert_eq!(reason(set(&mut lease, "after", &json!(2)).await), Unavailability::Full);
            assert_eq!(reason(lease.commit().await), Unavailability::Full);
        }
        assert_eq!(reason(db.ready(NOW).await), Unavailability::Full);
        assert_eq!(read(db, &kept).await, Some(json!(round)), "what can be read is read");

        free(db).await;
        db.ready(NOW).await.unwrap();
        write(&live, "large", &large()).await.unwrap();
        for lost in ["small", "after"] {
            assert_eq!(read(db, lost).await, None);
        }
    }
    for round in 0..3 {
        assert_eq!(read(db, &format!("kept-{round}")).await, Some(json!(round)));
    }
}

#[tokio::test]
async fn n24_a_dry_run_on_a_full_disk_leaves_nothing() {
    let temp = temp_sqlite().await.unwrap();
    let (db, dry) = (&temp.db, temp.db.dry());
    // The writer belongs to the dry run from its first write on.
    fill(db).await;
    let mut lease = dry.write().await.unwrap();
    set(&mut lease, "first", &json!(1)).await.unwrap();
    assert_eq!(reason(set(&mut lease, "large", &large()).await), Unavailability::Full);
    assert_eq!(reason(set(&mut lease, "second", &json!(2)).await), Unavailability::Full);
    drop(lease);
    assert_eq!(reason(write(&dry, "third", &json!(3)).await), Unavailability::Full);
    drop(dry);
    free(db).await;
    for key in ["first", "large", "second", "third"] {
        assert_eq!(read(db, key).await, None, "{key}");
    }
}

#[tokio::test]
async fn n24_an_interrupted_write_is_undone_and_the_next_one_works() {
    let temp = temp_sqlite().await.unwrap();
    let (db, live) = (&temp.db, temp.db.live());
    let interrupt = Arc::new(AtomicBool::new(false));
    let mut conn = sqlite(db).writer.acquire().await.unwrap();
    let stop = interrupt.clone();
    conn.lock_handle().await.unwrap().set_progress_handler(1, move || !stop.load(Ordering::SeqCst));
    drop(conn);

    let mut lease = live.write().await.unwrap();
    set(&mut lease, "small", &json!(1)).await.unwrap();
    interrupt.store(true, Ordering::SeqCst);
    assert_eq!(reason(set(&mut lease, "next", &json!(1)).await), Unavailability::Timeout);
    interrupt.store(false, Ordering::SeqCst);
    assert!(reason(set(&mut lease, "after", &json!(1)).await) == Unavailability::Timeout);
    drop(lease);
    write(&live, "kept", &json!(1)).await.unwrap();

    // A rollback that is interrupted too proves nothing, so that the connection is closed.
    let mut lease = live.write().await.unwrap();
    set(&mut lease, "small", &json!(1)).await.unwrap();
    interrupt.store(true, Ordering::SeqCst);
    drop(lease);
    write(&live, "kept", &json!(2)).await.unwrap();
    for lost in ["small", "next", "after"] {
        assert_eq!(read(db, lost).await, None);
    }
    assert_eq!(read(db, "kept").await, Some(json!(2)));
}

#[tokio::test]
async fn a_transaction_that_ended_unseen_is_no_reason_to_refuse_the_next() {
    let temp = temp_sqlite().await.unwrap();
    let live = temp.db.live();
    let mut lease = live.write().await.unwrap();
    // As SQLite does by itself.
    lease.execute("ROLLBACK", Vec::new()).await.unwrap();
    drop(lease);
    write(&live, "kept", &json!(1)).await.unwrap();
    let mut lease = live.write().await.unwrap();
    lease.execute("COMMIT", Vec::new()).await.unwrap();
    assert!(lease.commit().await.is_err());
    write(&live, "kept", &json!(2)).await.unwrap();
}

#[tokio::test]
async fn a_database_that_was_deleted_or_replaced_is_told() {
    let temp = temp_sqlite().await.unwrap();
    let db = &temp.db;
    let aside = file(&temp).with_extension("aside");
    write(&db.live(), "kept", &json!(1)).await.unwrap();
    db.ready(NOW).await.unwrap();

    std::fs::rename(file(&temp), &aside).unwrap();
    assert_eq!(reason(db.ready(NOW).await), Unavailability::Replaced);
    assert_eq!(reason(write(&db.live(), "lost", &json!(1)).await), Unavailability::Replaced);
    assert_eq!(reason(db.live().read().await.map(drop)), Unavailability::Replaced);
    assert!(!file(&temp).exists(), "nothing is made in its place");

    std::fs::copy(&aside, file(&temp)).unwrap();
    assert_eq!(reason(db.ready(NOW).await), Unavailability::Replaced);
    assert_eq!(reason(write(&db.live(), "lost", &json!(1)).await), Unavailability::Replaced);

    std::fs::rename(&aside, file(&temp)).unwrap();
    db.ready(NOW).await.unwrap();
    assert_eq!(read(db, "kept").await, Some(json!(1)));
}

#[tokio::test]
async fn a_write_ahead_log_that_was_deleted_is_told() {
    let temp = temp_sqlite().await.unwrap();
    let db = &temp.db;
    write(&db.live(), "kept", &json!(1)).await.unwrap();
    std::fs::remove_file(beside(file(&temp), "-wal")).unwrap();
    assert_eq!(reason(write(&db.live(), "lost", &json!(1)).await), Unavailability::Replaced);
    assert_eq!(reason(db.ready(NOW).await), Unavailability::Replaced);
}

#[tokio::test]
async fn n24_a_commit_is_on_the_disk_when_it_is_acknowledged() {
    const FULL: i64 = 2;
    let temp = temp_sqlite().await.unwrap();
    assert_eq!(pragma(&temp.db, "PRAGMA synchronous").await, FULL);
}

#[tokio::test]
async fn a_file_has_one_server_under_all_its_names() {
    let temp = temp_sqlite().await.unwrap();
    let claim = temp.db.claim().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("link");
    #[cfg(unix)]
    std::os::unix::fs::symlink(file(&temp).parent().unwrap(), &link).unwrap();
    let url = format!("sqlite://{}", link.join(file(&temp).file_name().unwrap()).display());
    let other = Db::connect(&url, &crate::Options::default()).await.unwrap();
    let error = other.claim().unwrap_err().to_string();
    assert!(error.contains(&std::process::id().to_string()) && error.contains("another server"), "{error}");
    // Other commands go on beside the server.
    write(&other.live(), "kept", &json!(1)).await.unwrap();
    drop(claim);
    other.claim().unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn every_file_of_a_database_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let temp = temp_sqlite().await.unwrap();
    let _claim = temp.db.claim().unwrap();
    write(&temp.db.live(), "kept", &json!(1)).await.unwrap();
    let folder = file(&temp).parent().unwrap();
    let modes = || {
        let mut modes = Vec::new();
        for entry in std::fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            modes.push((entry.file_name(), entry.metadata().unwrap().permissions().mode() & 0o777));
        }
        modes
    };
    assert_eq!(modes().len(), 4, "database, log, index of the log, lock: {:?}", modes());
    assert!(modes().iter().all(|(_, mode)| *mode == 0o600), "{:?}", modes());

    // As an older version left them.
    for (name, _) in modes() {
        std::fs::set_permissions(folder.join(name), std::fs::Permissions::from_mode(0o644)).unwrap();
    }
    let url = format!("sqlite://{}", file(&temp).display());
    let _second = Db::connect(&url, &crate::Options::default()).await.unwrap();
    let wide: Vec<_> = modes().into_iter().filter(|(_, mode)| *mode != 0o600).collect();
    assert!(wide.iter().all(|(name, _)| name.to_string_lossy().ends_with(".lock")), "{wide:?}");
}
