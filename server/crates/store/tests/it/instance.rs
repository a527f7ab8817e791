//! Settings, administrators and their sign-ins.

use serde_json::json;
use store::{
    Constraint,
    admin_sessions::{self, AdminSession},
    admins::{self, Admin},
    instance_settings, new_id,
};

use crate::{fixtures::NOW, harness::TestDb};

fn admin(email: &str) -> Admin {
    Admin {
        id: new_id(NOW),
        email: email.into(),
        name: "Ada".into(),
        password_hash: "$argon2id$x".into(),
        created_at: NOW,
        last_login_at: None,
    }
}

pub async fn settings_round_trip(test: TestDb) {
    let mut lease = test.write().await;
    assert_eq!(instance_settings::get(&mut lease, "setup").await.unwrap(), None);
    instance_settings::set(&mut lease, "setup", &json!({"hash": "x"}), NOW).await.unwrap();
    instance_settings::set(&mut lease, "setup", &json!(["y", null]), NOW + 1).await.unwrap();
    assert_eq!(instance_settings::get(&mut lease, "setup").await.unwrap(), Some(json!(["y", null])));
    assert!(instance_settings::delete(&mut lease, "setup").await.unwrap());
    assert!(!instance_settings::delete(&mut lease, "setup").await.unwrap());
}

pub async fn admins_round_trip(test: TestDb) {
    let mut lease = test.write().await;
    assert_eq!(admins::count(&mut lease).await.unwrap(), 0);
    let ada = admins::insert(&mut lease, admin(" Ada@Example.com ")).await.unwrap();
    assert_eq!(ada.email, "ada@example.com");
    assert_eq!(admins::by_id(&mut lease, &ada.id).await.unwrap().as_ref(), Some(&ada));
    assert_eq!(admins::by_email(&mut lease, "ADA@example.com").await.unwrap().as_ref(), Some(&ada));
    let updated = admins::update(&mut lease, &ada.id, &"A@b.example".parse().unwrap(), "Countess")
        .await
        .unwrap()
        .unwrap();
    assert_eq!((updated.email.as_str(), updated.name.as_str()), ("a@b.example", "Countess"));
    let updated = admins::set_password(&mut lease, &ada.id, &"new".into()).await.unwrap().unwrap();
    assert_eq!(updated.password_hash.expose(), "new");
    let updated = admins::record_login(&mut lease, &ada.id, NOW + 5).await.unwrap().unwrap();
    assert_eq!(updated.last_login_at, Some(NOW + 5));
    let second = admins::insert(&mut lease, admin("second@example.com")).await.unwrap();
    let ids: Vec<_> = admins::list(&mut lease).await.unwrap().into_iter().map(|admin| admin.id).collect();
    assert_eq!(ids, [ada.id.clone(), second.id.clone()]);
    assert!(admins::delete(&mut lease, &second.id).await.unwrap());
    assert!(!admins::delete(&mut lease, &second.id).await.unwrap());
    let error = admins::insert(&mut lease, admin("A@B.example")).await.unwrap_err();
    assert_eq!(error.conflict(), Some(Constraint::AdminEmail));
    assert_eq!(error.to_string(), "an administrator with this e-mail address exists");
}

pub async fn admin_sessions_round_trip(test: TestDb) {
    let mut lease = test.write().await;
    let ada = admins::insert(&mut lease, admin("ada@example.com")).await.unwrap();
    let session = |hash: &str, expires_at| AdminSession {
        id: new_id(NOW),
        admin_id: ada.id.clone(),
        token_hash: hash.into(),
        created_at: NOW,
        expires_at,
        user_agent: Some("Firefox".into()),
        ip: None,
    };
    let [first, second, old] = [("h1", NOW + 10), ("h2", NOW + 10), ("h3", NOW)].map(|(h, e)| session(h, e));
    for session in [&first, &second, &old] {
        admin_sessions::insert(&mut lease, session).await.unwrap();
    }
    assert_eq!(admin_sessions::by_token(&mut lease, "h1", NOW).await.unwrap().as_ref(), Some(&first));
    assert_eq!(admin_sessions::by_token(&mut lease, "h3", NOW).await.unwrap(), None);
    assert_eq!(
        admin_sessions::list(&mut lease, &ada.id, NOW).await.unwrap(),
        [second.clone(), first.clone()]
    );
    assert_eq!(admin_sessions::prune(&mut lease, NOW).await.unwrap(), 1);
    assert_eq!(admin_sessions::delete_all(&mut lease, &ada.id, Some(&first.id)).await.unwrap(), 1);
    assert!(admin_sessions::delete(&mut lease, &first.id).await.unwrap());
    assert_eq!(admin_sessions::delete_all(&mut lease, &ada.id, None).await.unwrap(), 0);
}
