//! Projects and what they own directly.

use contract::ids::ProjectId;
use serde_json::json;
use store::{
    Constraint, Secret,
    api_keys::{self, ApiKey},
    audit_log::{self, AuditEntry, AuditFilter},
    new_id, projects, secrets,
    signing_keys::{self, KeyState, SigningKey},
};

use crate::{
    fixtures::{NOW, project, refresh_token, run},
    harness::TestDb,
};

pub async fn projects_round_trip(test: TestDb) {
    let mut shop = project("shop");
    shop.custom_host = Some("id.shop.example".into());
    let mut lease = test.write().await;
    projects::insert(&mut lease, &shop).await.unwrap();
    assert_eq!(projects::by_id(&mut lease, &shop.id).await.unwrap().as_ref(), Some(&shop));
    assert_eq!(projects::by_slug(&mut lease, "shop").await.unwrap().as_ref(), Some(&shop));
    assert_eq!(projects::by_host(&mut lease, "id.shop.example").await.unwrap().as_ref(), Some(&shop));
    assert_eq!(projects::by_slug(&mut lease, "none").await.unwrap(), None);
    let change = projects::Project { name: "Renamed".into(), custom_host: None, ..shop.clone() };
    let changed = projects::update(&mut lease, &change, NOW + 1).await.unwrap().unwrap();
    assert_eq!(changed, projects::Project { updated_at: NOW + 1, ..change });
    assert_eq!(projects::update(&mut lease, &project("ghost"), NOW).await.unwrap(), None);
    assert_eq!(projects::list(&mut lease).await.unwrap(), [changed]);
    assert!(projects::delete(&mut lease, &shop.id).await.unwrap());
    assert!(!projects::delete(&mut lease, &shop.id).await.unwrap());
}

pub async fn taken_names_are_conflicts(test: TestDb) {
    let mut first = project("shop");
    first.custom_host = Some("id.example".into());
    first.is_default = true;
    let mut lease = test.write().await;
    projects::insert(&mut lease, &first).await.unwrap();
    lease.commit().await.unwrap();
    let same_slug = project("shop");
    let same_host = projects::Project { custom_host: first.custom_host.clone(), ..project("other") };
    let same_default = projects::Project { is_default: true, ..project("third") };
    let same_id = projects::Project { id: first.id.clone(), ..project("fourth") };
    for (row, constraint) in [
        (same_slug, Constraint::ProjectSlug),
        (same_host, Constraint::ProjectHost),
        (same_default, Constraint::DefaultProject),
        (same_id, Constraint::Other),
    ] {
        let mut lease = test.write().await;
        let error = projects::insert(&mut lease, &row).await.unwrap_err();
        assert_eq!(error.conflict(), Some(constraint), "{error:?}");
    }
}

pub async fn there_is_one_default(test: TestDb) {
    let first = test.project("first").await;
    let second = test.project("second").await;
    let mut lease = test.write().await;
    assert_eq!(projects::default_project(&mut lease).await.unwrap(), None);
    for id in [&first, &second, &second] {
        assert!(projects::set_default(&mut lease, id, NOW).await.unwrap());
        assert_eq!(projects::default_project(&mut lease).await.unwrap().unwrap().id, *id);
    }
    assert!(!projects::set_default(&mut lease, &new_id::<ProjectId>(NOW), NOW).await.unwrap());
    assert_eq!(projects::default_project(&mut lease).await.unwrap().unwrap().id, second);
}

pub async fn signing_keys_round_trip(test: TestDb) {
    let project = test.project("shop").await;
    let other = test.project("other").await;
    let key = |created_at| SigningKey {
        id: new_id(created_at),
        project_id: project.clone(),
        algorithm: "ES256".into(),
        private_key: Secret::new(vec![0, 255, 1, 2]),
        public_jwk: json!({"kty": "EC", "crv": "P-256"}),
        state: KeyState::Active,
        created_at,
        retired_at: None,
    };
    let (old, new) = (key(NOW), key(NOW + 1));
    let mut lease = test.write().await;
    for key in [&old, &new] {
        signing_keys::insert(&mut lease, key).await.unwrap();
    }
    assert_eq!(signing_keys::active(&mut lease, &project).await.unwrap().as_ref(), Some(&new));
    assert_eq!(signing_keys::active(&mut lease, &other).await.unwrap(), None);
    assert_eq!(signing_keys::by_id(&mut lease, &project, &old.id).await.unwrap().as_ref(), Some(&old));
    assert_eq!(signing_keys::by_id(&mut lease, &other, &old.id).await.unwrap(), None);
    assert!(!signing_keys::retire(&mut lease, &other, &new.id, NOW + 2).await.unwrap());
    assert!(signing_keys::retire(&mut lease, &project, &new.id, NOW + 2).await.unwrap());
    assert!(!signing_keys::retire(&mut lease, &project, &new.id, NOW + 3).await.unwrap());
    assert_eq!(signing_keys::active(&mut lease, &project).await.unwrap().as_ref(), Some(&old));
    assert_eq!(signing_keys::list(&mut lease, &project).await.unwrap().len(), 2);
    assert_eq!(signing_keys::prune(&mut lease, &project, NOW + 2).await.unwrap(), 0);
    assert_eq!(signing_keys::prune(&mut lease, &project, NOW + 3).await.unwrap(), 1);
    assert!(!format!("{old:?}").contains("255"));
}

pub async fn secrets_round_trip(test: TestDb) {
    let project = test.project("shop").await;
    let other = test.project("other").await;
    let mut lease = test.write().await;
    let sealed = Secret::new(vec![9, 8, 7]);
    let first = secrets::set(&mut lease, &project, "API_KEY", sealed.clone(), "ada", NOW).await.unwrap();
    assert_eq!(first.value, sealed);
    let again =
        secrets::set(&mut lease, &project, "API_KEY", Secret::new(vec![1]), "bob", NOW + 1).await.unwrap();
    assert_eq!((again.created_at, again.updated_at, again.updated_by.as_str()), (NOW, NOW + 1, "bob"));
    secrets::set(&mut lease, &project, "A", Secret::new(vec![]), "ada", NOW).await.unwrap();
    let all = secrets::list(&mut lease, &project).await.unwrap();
    assert_eq!(all.iter().map(|secret| secret.name.as_str()).collect::<Vec<_>>(), ["A", "API_KEY"]);
    assert_eq!(secrets::by_name(&mut lease, &other, "A").await.unwrap(), None);
    assert!(!secrets::delete(&mut lease, &other, "A").await.unwrap());
    assert!(secrets::delete(&mut lease, &project, "A").await.unwrap());
    assert_eq!(secrets::by_name(&mut lease, &project, "API_KEY").await.unwrap(), Some(again));
}

pub async fn api_keys_round_trip(test: TestDb) {
    let project = test.project("shop").await;
    let key = |project_id, hash: &str, expires_at| ApiKey {
        id: new_id(NOW),
        project_id,
        name: "CI".into(),
        prefix: "hw_abc".into(),
        token_hash: hash.into(),
        scopes: vec!["hooks:read".into(), "hooks:write".into()],
        created_by: "ada".into(),
        created_at: NOW,
        expires_at,
        last_used_at: None,
        revoked_at: None,
    };
    let mine = key(Some(project.clone()), "h1", Some(NOW + 5));
    let global = key(None, "h2", None);
    let mut lease = test.write().await;
    for key in [&mine, &global] {
        api_keys::insert(&mut lease, key).await.unwrap();
    }
    assert_eq!(api_keys::by_token(&mut lease, "h1", NOW).await.unwrap().as_ref(), Some(&mine));
    assert_eq!(api_keys::by_token(&mut lease, "h1", NOW + 5).await.unwrap(), None);
    api_keys::touch(&mut lease, &mine.id, NOW + 1).await.unwrap();
    assert_eq!(api_keys::by_id(&mut lease, &mine.id).await.unwrap().unwrap().last_used_at, Some(NOW + 1));
    assert_eq!(api_keys::list(&mut lease, Some(&project)).await.unwrap().len(), 1);
    assert_eq!(api_keys::list(&mut lease, None).await.unwrap(), std::slice::from_ref(&global));
    assert!(api_keys::revoke(&mut lease, &global.id, NOW).await.unwrap());
    assert!(!api_keys::revoke(&mut lease, &global.id, NOW).await.unwrap());
    assert_eq!(api_keys::by_token(&mut lease, "h2", NOW).await.unwrap(), None);
}

pub async fn audit_log_round_trip(test: TestDb) {
    let project = test.project("shop").await;
    let entry = |project_id, action: &str| AuditEntry {
        id: new_id(NOW),
        project_id,
        actor_kind: "admin".into(),
        actor_id: "adm_1".into(),
        actor_label: "ada@example.com".into(),
        action: action.into(),
        target_kind: "hook".into(),
        target_id: "hok_1".into(),
        details: json!({"version": 3}),
        ip: Some("::1".into()),
        created_at: NOW,
    };
    let deploy = entry(Some(project.clone()), "hook.deploy");
    let global = entry(None, "admin.create");
    let mut lease = test.write().await;
    for entry in [&deploy, &global] {
        audit_log::insert(&mut lease, entry).await.unwrap();
    }
    let all = audit_log::list(&mut lease, AuditFilter::default(), None, 10).await.unwrap();
    assert_eq!(all, [global.clone(), deploy.clone()]);
    let mine = AuditFilter { project: Some(&project), action: Some("hook.deploy"), ..AuditFilter::default() };
    assert_eq!(audit_log::list(&mut lease, mine, None, 10).await.unwrap(), std::slice::from_ref(&deploy));
    let older = audit_log::list(&mut lease, AuditFilter::default(), Some(&global.id), 10).await.unwrap();
    assert_eq!(older, [deploy]);
}

pub async fn deleting_a_project_deletes_what_it_owns(test: TestDb) {
    let keeper = test.project("keeper").await;
    test.user(&keeper, "ada@example.com").await;
    let before = test.dump().await;
    let project = test.project("shop").await;
    let user = test.user(&project, "ada@example.com").await;
    let session = test.session(&user).await;
    let hook = test.hook(&project, "post-user-login", "h").await;
    let mut lease = test.write().await;
    store::refresh_tokens::insert(&mut lease, &refresh_token(&session, "h")).await.unwrap();
    store::hook_runs::insert_many(&mut lease, &[run(&project, &hook.id, "returned", NOW)]).await.unwrap();
    lease.commit().await.unwrap();
    let mut lease = test.write().await;
    assert!(projects::delete(&mut lease, &project).await.unwrap());
    lease.commit().await.unwrap();
    assert_eq!(test.dump().await, before);
}
