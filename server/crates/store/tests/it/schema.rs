//! Migrating, being away, and the backup.

use std::collections::BTreeSet;

use store::{Db, Options, StoreError, projects};

use crate::{fixtures::project, harness::TestDb};

#[test]
fn both_databases_have_the_same_migrations() {
    let names = |folder: &str| -> BTreeSet<String> {
        let folder = format!("{}/../../../migrations/{folder}", env!("CARGO_MANIFEST_DIR"));
        let entries = std::fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    };
    assert_eq!(names("sqlite"), names("postgres"));
}

#[tokio::test]
async fn only_known_databases_are_connected_to() {
    for url in ["mysql://localhost/x", "sqlite::memory:", ""] {
        let error = Db::connect(url, &Options::default()).await.err().unwrap();
        assert!(matches!(error, StoreError::Settings(_)), "{url}: {error:?}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unavailable() {
    let options = Options { acquire_timeout: std::time::Duration::from_millis(500), ..Options::default() };
    let error = Db::connect("postgres://x@127.0.0.1:9/x", &options).await.err().unwrap();
    assert!(error.is_transient(), "{error:?}");
}

pub async fn migrates_once_and_knows_it(test: TestDb) {
    assert_eq!(test.db.pending_migrations().await.unwrap(), 0);
    let before = test.dump().await;
    test.db.migrate().await.unwrap();
    assert_eq!(test.dump().await, before);
    test.db.ping().await.unwrap();
}

pub async fn closed_database_is_unavailable(test: TestDb) {
    test.db.close().await;
    let error = test.db.ping().await.unwrap_err();
    assert!(error.is_transient(), "{error:?}");
    assert_eq!(error.to_string(), "the database is unavailable: it cannot be reached");
}

pub async fn copies_itself_while_running(test: TestDb) {
    test.project("shop").await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("copy.db");
    if matches!(test.db, Db::Postgres(_)) {
        assert!(matches!(test.db.backup_to(&file).await, Err(StoreError::Unsupported(_))));
        return;
    }
    test.db.backup_to(&file).await.unwrap();
    let copy = Db::connect(&format!("sqlite://{}", file.display()), &Options::default()).await.unwrap();
    assert_eq!(copy.pending_migrations().await.unwrap(), 0);
    let mut lease = copy.live().read().await.unwrap();
    assert!(projects::by_slug(&mut lease, "shop").await.unwrap().is_some());
    drop(lease);
    let mut lease = copy.live().write().await.unwrap();
    projects::insert(&mut lease, &project("other")).await.unwrap();
    lease.commit().await.unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }

    // What is there stays, and a copy that fails leaves nothing.
    assert!(matches!(test.db.backup_to(&file).await, Err(StoreError::File(_))));
    assert!(projects::by_slug(&mut copy.live().read().await.unwrap(), "other").await.unwrap().is_some());
    copy.close().await;
    test.db.close().await;
    assert!(test.db.backup_to(&folder.path().join("second.db")).await.is_err());
    let names = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
    assert_eq!(names.filter(|name| name.to_string_lossy().contains("second")).count(), 0);
}
