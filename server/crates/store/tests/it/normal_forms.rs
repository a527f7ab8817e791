//! Users and administrators from before addresses and names had a normal form.

use contract::ids::ProjectId;
use store::{
    Secret,
    admins::{self, Admin},
    new_id,
    testing::{before_normal_forms, set_stored_email},
    users::{self, User},
};

use crate::{
    fixtures::{NOW, new_user},
    harness::TestDb,
};

async fn old_user(test: &TestDb, project: &ProjectId, typed: &str) -> User {
    let mut lease = test.write().await;
    let user = users::insert(&mut lease, project, new_user(""), NOW).await.unwrap();
    set_stored_email(&mut lease, &user.id, typed, &typed.to_lowercase()).await.unwrap();
    lease.commit().await.unwrap();
    user
}

async fn found(test: &TestDb, project: &ProjectId, email: &str) -> Option<User> {
    let mut lease = test.read().await;
    users::by_email(&mut lease, project, email).await.unwrap()
}

async fn migrated_again(test: &TestDb) {
    let mut lease = test.write().await;
    before_normal_forms(&mut lease).await.unwrap();
    lease.commit().await.unwrap();
    test.db.migrate().await.unwrap();
}

pub async fn old_addresses_are_brought_into_normal_form(test: TestDb) {
    let project = test.project("shop").await;
    let idn = old_user(&test, &project, "Dana@BÜCHER.example").await;
    let upper = old_user(&test, &project, "Erin@Example.COM").await;
    let accent = old_user(&test, &project, "e\u{301}va@example.com").await;
    let strange = old_user(&test, &project, "da..na@example.com").await;
    migrated_again(&test).await;
    for (user, spelling, email) in [
        (&idn, "dana@xn--bcher-kva.example", "Dana@xn--bcher-kva.example"),
        (&idn, "DANA@bücher.example", "Dana@xn--bcher-kva.example"),
        (&upper, "erin@example.com", "Erin@example.com"),
        (&accent, "Éva@example.com", "éva@example.com"),
        (&strange, "DA..na@example.com", "da..na@example.com"),
    ] {
        let found = found(&test, &project, spelling).await.unwrap();
        assert_eq!((&found.id, found.email.as_deref()), (&user.id, Some(email)), "{spelling}");
        assert_eq!(found.updated_at, user.updated_at);
    }
    let mut lease = test.read().await;
    for search in ["bücher", "xn--bcher", "éva@"] {
        assert_eq!(users::count(&mut lease, &project, Some(search)).await.unwrap(), 1, "{search}");
    }
    drop(lease);
    let mut lease = test.write().await;
    let taken = users::insert(&mut lease, &project, new_user("dana@Bücher.example"), NOW).await;
    assert!(taken.unwrap_err().conflict().is_some());
}

pub async fn of_two_users_with_one_address_each_is_found_by_its_own_spelling(test: TestDb) {
    let project = test.project("shop").await;
    let spellings = ["dana@bücher.example", "dana@xn--bcher-kva.example", "dana@bu\u{308}cher.example"];
    let mut ids = Vec::new();
    for typed in spellings {
        ids.push(old_user(&test, &project, typed).await.id);
    }
    for round in 0..2 {
        for (typed, id) in spellings.iter().zip(&ids) {
            let user = found(&test, &project, typed).await.unwrap();
            assert_eq!(&user.id, id, "{typed} in round {round}");
            let changes = users::UserChanges { blocked: Some(round == 0), ..Default::default() };
            let mut lease = test.write().await;
            users::update(&mut lease, &project, id, changes, NOW).await.unwrap().unwrap();
            lease.commit().await.unwrap();
        }
        migrated_again(&test).await;
    }
    assert!(found(&test, &project, "DANA@BÜCHER.EXAMPLE").await.is_some());
}

pub async fn administrators_are_found_in_any_spelling(test: TestDb) {
    let admin = |email: &str| Admin {
        id: new_id(NOW),
        email: email.into(),
        name: "Dana".into(),
        password_hash: Secret::from("x"),
        created_at: NOW,
        last_login_at: None,
    };
    let mut lease = test.write().await;
    let dana = admins::insert(&mut lease, admin("Dana@BÜCHER.example")).await.unwrap();
    assert_eq!(dana.email, "dana@xn--bcher-kva.example");
    for spelling in ["dana@bücher.example", "DANA@xn--BCHER-kva.example"] {
        assert_eq!(admins::by_email(&mut lease, spelling).await.unwrap().as_ref(), Some(&dana));
    }
    let again = admins::insert(&mut lease, admin("dana@bu\u{308}cher.example")).await;
    assert!(again.unwrap_err().conflict().is_some());
}
