//! Users.

use serde_json::{Map, Value, json};
use store::{
    Constraint, StoreError, sessions,
    users::{self, NewUser, User, UserChanges},
};

use crate::{
    fixtures::{NOW, new_user, session, unknown_user},
    harness::TestDb,
};

fn map(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

pub async fn users_round_trip(test: TestDb) {
    let project = test.project("shop").await;
    let mut lease = test.write().await;
    let new = NewUser {
        email_verified: true,
        username: Some("Ada".into()),
        phone: Some("+441234".into()),
        name: Some("Ada Lovelace".into()),
        given_name: Some("Ada".into()),
        family_name: Some("Lovelace".into()),
        nickname: Some("Countess".into()),
        picture: Some("https://example.com/a.png".into()),
        app_metadata: json!({"roles": ["admin"], "n": 1.5}),
        ..new_user("Ada@Example.com")
    };
    let ada = users::insert(&mut lease, &project, new, NOW).await.unwrap();
    let found = users::by_id(&mut lease, &project, &ada.id).await.unwrap().unwrap();
    assert_eq!(found, ada);
    assert_eq!(found.email.as_deref(), Some("Ada@example.com"));
    assert_eq!(found.password_hash.as_ref().unwrap().expose(), "$argon2id$very-secret");
    assert_eq!(users::by_email(&mut lease, &project, "ada@EXAMPLE.com").await.unwrap().as_ref(), Some(&ada));
    assert_eq!(users::by_username(&mut lease, &project, "ADA").await.unwrap().as_ref(), Some(&ada));
    let ip = Some("2001:db8::1");
    users::record_login(&mut lease, &project, &ada.id, ip, NOW + 1).await.unwrap();
    let user = users::record_login(&mut lease, &project, &ada.id, ip, NOW + 2).await.unwrap().unwrap();
    assert_eq!((user.login_count, user.last_login, user.last_ip.as_deref()), (2, Some(NOW + 2), ip));
    let user =
        users::set_password(&mut lease, &project, &ada.id, &"new".into(), NOW + 3).await.unwrap().unwrap();
    assert_eq!(
        (user.password_hash.unwrap().expose().as_str(), user.last_password_reset),
        ("new", Some(NOW + 3))
    );
    let user =
        users::set_email_verified(&mut lease, &project, &ada.id, false, NOW + 4).await.unwrap().unwrap();
    assert!(!user.email_verified);
    assert_eq!(users::count(&mut lease, &project, None).await.unwrap(), 1);
    assert!(users::delete(&mut lease, &project, &ada.id).await.unwrap());
    assert!(!users::delete(&mut lease, &project, &ada.id).await.unwrap());
    assert_eq!(users::by_id(&mut lease, &project, &ada.id).await.unwrap(), None);
}

pub async fn addresses_and_names_are_unique_in_any_case(test: TestDb) {
    let project = test.project("shop").await;
    let other = test.project("other").await;
    let mut lease = test.write().await;
    let first = NewUser { username: Some("Élodie".into()), ..new_user("Ünal@example.com") };
    users::insert(&mut lease, &project, first, NOW).await.unwrap();
    // Users without address or name do not get into each other's way.
    for _ in 0..2 {
        users::insert(&mut lease, &project, NewUser::new(unknown_user()), NOW).await.unwrap();
    }
    users::insert(&mut lease, &other, new_user("Ünal@example.com"), NOW).await.unwrap();
    lease.commit().await.unwrap();
    let by_email = new_user("ünal@EXAMPLE.com");
    let by_name = NewUser { email: None, username: Some("ÉLODIE".into()), ..new_user("") };
    for (new, constraint) in [(by_email, Constraint::UserEmail), (by_name, Constraint::UserUsername)] {
        let mut lease = test.write().await;
        let error = users::insert(&mut lease, &project, new, NOW).await.unwrap_err();
        assert_eq!(error.conflict(), Some(constraint));
        assert!(!error.to_string().contains("nal@"), "{error}");
    }
}

pub async fn another_projects_user_is_not_found(test: TestDb) {
    let project = test.project("shop").await;
    let other = test.project("other").await;
    let ada = test.user(&project, "ada@example.com").await;
    let before = test.dump().await;
    let mut lease = test.write().await;
    assert_eq!(users::by_id(&mut lease, &other, &ada.id).await.unwrap(), None);
    assert_eq!(users::by_email(&mut lease, &other, "ada@example.com").await.unwrap(), None);
    assert!(users::list(&mut lease, &other, None, None, 10).await.unwrap().is_empty());
    assert_eq!(users::count(&mut lease, &other, Some("ada")).await.unwrap(), 0);
    let blocked = UserChanges { blocked: Some(true), ..UserChanges::default() };
    assert_eq!(users::update(&mut lease, &other, &ada.id, blocked, NOW).await.unwrap(), None);
    let none = Map::new();
    assert_eq!(users::update_metadata(&mut lease, &other, &ada.id, &none, &none, NOW).await.unwrap(), None);
    assert_eq!(users::record_login(&mut lease, &other, &ada.id, None, NOW).await.unwrap(), None);
    assert_eq!(users::set_password(&mut lease, &other, &ada.id, &"x".into(), NOW).await.unwrap(), None);
    assert_eq!(users::set_email_verified(&mut lease, &other, &ada.id, true, NOW).await.unwrap(), None);
    assert!(!users::delete(&mut lease, &other, &ada.id).await.unwrap());
    lease.commit().await.unwrap();
    assert_eq!(test.dump().await, before);
}

pub async fn lists_by_page_and_search(test: TestDb) {
    let project = test.project("shop").await;
    let mut lease = test.write().await;
    for (number, email) in ["a_1@x.com", "a21@x.com", "B%@Y.com", "Çelik@x.com"].into_iter().enumerate() {
        let new = NewUser { name: Some(format!("Name {number}")), ..new_user(email) };
        users::insert(&mut lease, &project, new, NOW).await.unwrap();
    }
    lease.commit().await.unwrap();
    let mut lease = test.read().await;
    let emails = |users: &[User]| users.iter().map(|user| user.email.clone().unwrap()).collect::<Vec<_>>();
    let first = users::list(&mut lease, &project, None, None, 3).await.unwrap();
    assert_eq!(emails(&first), ["Çelik@x.com", "B%@y.com", "a21@x.com"]);
    let second = users::list(&mut lease, &project, None, Some(&first[2].id), 3).await.unwrap();
    assert_eq!(emails(&second), ["a_1@x.com"]);
    for (search, found) in [
        ("A_1", vec!["a_1@x.com"]),
        ("%", vec!["B%@y.com"]),
        ("çELİK", vec![]),
        ("ÇELIK@", vec!["Çelik@x.com"]),
        ("name 1", vec!["a21@x.com"]),
        ("y.COM ", vec!["B%@y.com"]),
        (first[0].id.as_ref(), vec!["Çelik@x.com"]),
    ] {
        let users = users::list(&mut lease, &project, Some(search), None, 10).await.unwrap();
        assert_eq!(emails(&users), found, "{search}");
        let count = users::count(&mut lease, &project, Some(search)).await.unwrap();
        assert_eq!(count, i64::try_from(found.len()).unwrap());
    }
    assert_eq!(users::count(&mut lease, &project, Some("  ")).await.unwrap(), 4);
}

pub async fn changes_touch_only_what_they_name(test: TestDb) {
    let project = test.project("shop").await;
    let ada = test.user(&project, "ada@example.com").await;
    test.user(&project, "grace@example.com").await;
    let mut lease = test.write().await;
    let changes = UserChanges {
        email: Some("Countess@example.com".parse().ok()),
        name: Some(Some("Ada".into())),
        blocked: Some(true),
        ..UserChanges::default()
    };
    let changed = users::update(&mut lease, &project, &ada.id, changes, NOW + 1).await.unwrap().unwrap();
    assert_eq!(changed.user_metadata, ada.user_metadata);
    assert_eq!(changed.password_hash, ada.password_hash);
    assert!(changed.blocked && changed.updated_at == NOW + 1 && changed.created_at == NOW);
    let found = users::by_email(&mut lease, &project, "countess@example.com").await.unwrap();
    assert_eq!(found, Some(changed));
    assert_eq!(users::count(&mut lease, &project, Some("countess")).await.unwrap(), 1);
    let cleared = UserChanges { name: Some(None), ..UserChanges::default() };
    let cleared = users::update(&mut lease, &project, &ada.id, cleared, NOW).await.unwrap().unwrap();
    assert_eq!(cleared.name, None);
    let taken = UserChanges { email: Some("GRACE@example.com".parse().ok()), ..UserChanges::default() };
    let error = users::update(&mut lease, &project, &ada.id, taken, NOW).await.unwrap_err();
    assert_eq!(error.conflict(), Some(Constraint::UserEmail));
}

pub async fn metadata_is_merged(test: TestDb) {
    let project = test.project("shop").await;
    let ada = test.user(&project, "ada@example.com").await;
    let mut lease = test.write().await;
    let user_metadata = map(json!({"theme": null, "lang": "en", "deep": {"a": 1}}));
    let app_metadata = map(json!({"plan": "pro"}));
    let user = users::update_metadata(&mut lease, &project, &ada.id, &user_metadata, &app_metadata, NOW)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(user.user_metadata, json!({"lang": "en", "deep": {"a": 1}}));
    assert_eq!(user.app_metadata, json!({"plan": "pro"}));
    let user =
        users::update_metadata(&mut lease, &project, &ada.id, &map(json!({"deep": 2})), &Map::new(), NOW)
            .await
            .unwrap()
            .unwrap();
    assert_eq!(user.user_metadata, json!({"lang": "en", "deep": 2}));
    assert_eq!(user.app_metadata, json!({"plan": "pro"}));
}

pub async fn a_row_that_refers_to_nothing_is_refused(test: TestDb) {
    let project = test.project("shop").await;
    let other = test.project("other").await;
    let ada = test.user(&project, "ada@example.com").await;
    // The session is said to be of another project than its user.
    let crossed = sessions::UserSession { project_id: other, ..session(&ada) };
    let mut lease = test.write().await;
    let error = sessions::insert(&mut lease, &crossed).await.unwrap_err();
    assert!(matches!(error, StoreError::Missing), "{error:?}");
}
