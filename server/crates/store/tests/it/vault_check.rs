//! The key of a database.

use contract::ids::ProjectId;
use serde_json::json;
use store::{
    Secret, new_id, secrets,
    signing_keys::{self, KeyState, SigningKey},
    vault::Vault,
    vault_check::VaultCheck,
};

use crate::{fixtures::NOW, harness::TestDb};

fn vault(key: u8) -> Vault {
    Vault::new([key; 32])
}

async fn accepts(test: &TestDb, key: u8) -> bool {
    VaultCheck::read(&test.db).await.unwrap().accept(&test.db, &vault(key), NOW).await.unwrap()
}

async fn add_secret(test: &TestDb, project: &ProjectId, name: &str, key: u8, at: i64) {
    let sealed = vault(key).seal(&secrets::context(project, name), b"value").unwrap();
    let mut lease = test.write().await;
    secrets::set(&mut lease, project, name, Secret::new(sealed), "test", at).await.unwrap();
    lease.commit().await.unwrap();
}

async fn add_signing_key(test: &TestDb, project: &ProjectId, key: u8, at: i64) {
    let key = SigningKey {
        id: new_id(at),
        project_id: project.clone(),
        algorithm: "ES256".into(),
        private_key: Secret::new(vault(key).seal(&signing_keys::context(project), b"private").unwrap()),
        public_jwk: json!({}),
        state: KeyState::Active,
        created_at: at,
        retired_at: None,
    };
    let mut lease = test.write().await;
    signing_keys::insert(&mut lease, &key).await.unwrap();
    lease.commit().await.unwrap();
}

pub async fn the_first_key_is_the_only_one(test: TestDb) {
    assert!(!VaultCheck::read(&test.db).await.unwrap().needs_its_key());
    assert!(accepts(&test, 1).await);
    assert!(VaultCheck::read(&test.db).await.unwrap().needs_its_key());
    assert!(!accepts(&test, 2).await);
    assert!(accepts(&test, 1).await);
}

pub async fn a_database_without_a_check_is_known_by_what_it_holds(test: TestDb) {
    let project = test.project("shop").await;
    add_signing_key(&test, &project, 1, NOW).await;
    assert!(VaultCheck::read(&test.db).await.unwrap().needs_its_key());
    assert!(!accepts(&test, 2).await);
    assert!(accepts(&test, 1).await);
    assert!(!accepts(&test, 2).await);
}

/// As it was left by a server that had made a new key beside the database.
pub async fn of_a_database_of_two_keys_the_one_of_the_oldest_value_is_accepted(test: TestDb) {
    let project = test.project("shop").await;
    add_secret(&test, &project, "OLD", 1, NOW).await;
    add_secret(&test, &project, "NEW", 2, NOW + 1).await;
    add_signing_key(&test, &project, 2, NOW + 1).await;
    for wrong in [2, 3] {
        assert!(!accepts(&test, wrong).await);
    }
    assert!(accepts(&test, 1).await);
    assert!(!accepts(&test, 2).await);
}

pub async fn a_secret_that_was_replaced_is_as_old_as_its_value(test: TestDb) {
    let project = test.project("shop").await;
    add_secret(&test, &project, "REPLACED", 1, NOW).await;
    add_signing_key(&test, &project, 1, NOW + 1).await;
    add_secret(&test, &project, "REPLACED", 2, NOW + 2).await;
    assert!(!accepts(&test, 2).await);
    assert!(accepts(&test, 1).await);
}

pub async fn of_two_processes_with_two_keys_one_is_refused(test: TestDb) {
    let (db, other) = (test.db.clone(), test.other_process().await);
    // Both have looked before either has written.
    let [first, second] = [VaultCheck::read(&db).await.unwrap(), VaultCheck::read(&other).await.unwrap()];
    let (one, two) = (vault(1), vault(2));
    let (a, b) = tokio::join!(first.accept(&db, &one, NOW), second.accept(&other, &two, NOW));
    assert_ne!(a.unwrap(), b.unwrap());
    assert_ne!(accepts(&test, 1).await, accepts(&test, 2).await);
}
