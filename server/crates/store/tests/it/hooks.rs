//! Hooks, versions and deployments.

use std::time::Duration;

use contract::ids::{HookId, ProjectId};
use serde_json::json;
use store::{
    Constraint, Db,
    deployments::{self, Deploy, DeploymentKind, NewVersion},
    hook_versions,
    hooks::{self, Draft, DraftSave, HookSettings},
    new_id,
};

use crate::{
    fixtures::{NOW, settings},
    harness::TestDb,
};

const TRIGGER: &str = "pre-user-registration";

fn content(source: &str) -> NewVersion {
    NewVersion {
        source: source.into(),
        language: "typescript".into(),
        compiled: json!({"javascript": "js", "source_map": ""}),
        settings: json!({"cpu_ms": 100}),
        hash: format!("hash of {source}"),
        restored_from: None,
    }
}

async fn deploy(db: &Db, project: &ProjectId, hook: &HookId, content: NewVersion) -> Deploy {
    let mut lease = db.live().write().await.unwrap();
    let done =
        deployments::deploy(&mut lease, project, hook, content, "note", "ada", NOW).await.unwrap().unwrap();
    lease.commit().await.unwrap();
    done
}

pub async fn hooks_round_trip(test: TestDb) {
    let project = test.project("shop").await;
    let hook = test.hook(&project, TRIGGER, "block disposable").await;
    let mut lease = test.write().await;
    assert_eq!(hooks::by_id(&mut lease, &project, &hook.id).await.unwrap().as_ref(), Some(&hook));
    assert_eq!((hook.draft_revision, hook.next_version, hook.enabled), (1, 1, true));
    let changed =
        HookSettings { on_error: Some("deny".into()), allowed_hosts: vec![], ..settings("renamed") };
    let changed = hooks::update(&mut lease, &project, &hook.id, &changed, NOW + 1).await.unwrap().unwrap();
    assert_eq!((changed.name.as_str(), changed.on_error.as_deref()), ("renamed", Some("deny")));
    assert_eq!(hooks::list(&mut lease, &project, None).await.unwrap(), std::slice::from_ref(&changed));
    assert_eq!(hooks::list(&mut lease, &project, Some("other")).await.unwrap(), []);
    let outlines = hooks::outlines(&mut lease, None).await.unwrap();
    assert_eq!((outlines.len(), &outlines[0].id, outlines[0].live_version_id.as_ref()), (1, &hook.id, None));
    let deleted = hooks::delete(&mut lease, &project, &hook.id, NOW + 2).await.unwrap().unwrap();
    assert_eq!(deleted.deleted_at, Some(NOW + 2));
    assert_eq!(hooks::by_id(&mut lease, &project, &hook.id).await.unwrap(), None);
    assert_eq!(hooks::by_id_or_deleted(&mut lease, &project, &hook.id).await.unwrap(), Some(deleted));
    assert_eq!(hooks::delete(&mut lease, &project, &hook.id, NOW).await.unwrap(), None);
    assert_eq!(hooks::outlines(&mut lease, Some(&project)).await.unwrap(), []);
}

pub async fn draft_of_two_people_is_a_conflict(test: TestDb) {
    let project = test.project("shop").await;
    let other = test.project("other").await;
    let hook = test.hook(&project, TRIGGER, "h").await;
    let draft = |source, author| Draft { source, language: "javascript", author };
    let mut lease = test.write().await;
    let saved =
        hooks::save_draft(&mut lease, &project, &hook.id, 1, draft("ada's", "ada"), NOW + 1).await.unwrap();
    let DraftSave::Saved(saved) = saved else { panic!("{saved:?}") };
    assert_eq!(
        (saved.draft_revision, saved.draft_source.as_str(), saved.draft_updated_at),
        (2, "ada's", NOW + 1)
    );
    assert_eq!(saved.language, "javascript");
    let conflict =
        hooks::save_draft(&mut lease, &project, &hook.id, 1, draft("bob's", "bob"), NOW + 2).await.unwrap();
    assert_eq!(conflict, DraftSave::Conflict(saved));
    let again =
        hooks::save_draft(&mut lease, &project, &hook.id, 2, draft("bob's", "bob"), NOW + 3).await.unwrap();
    assert!(matches!(again, DraftSave::Saved(hook) if hook.draft_updated_by == "bob"));
    let elsewhere = hooks::save_draft(&mut lease, &other, &hook.id, 3, draft("x", "eve"), NOW).await.unwrap();
    assert_eq!(elsewhere, DraftSave::NotFound);
}

pub async fn order_is_kept(test: TestDb) {
    let project = test.project("shop").await;
    let [a, b, c] = [
        test.hook(&project, TRIGGER, "a").await.id,
        test.hook(&project, TRIGGER, "b").await.id,
        test.hook(&project, TRIGGER, "c").await.id,
    ];
    let elsewhere = test.hook(&project, "post-user-login", "d").await;
    assert_eq!(elsewhere.position, 0);
    let mut lease = test.write().await;
    let order = [c.clone(), elsewhere.id.clone(), a.clone()];
    let hooks = hooks::reorder(&mut lease, &project, TRIGGER, &order, NOW).await.unwrap();
    let ids: Vec<_> = hooks.iter().map(|hook| hook.id.clone()).collect();
    assert_eq!(ids, [c.clone(), a.clone(), b.clone()]);
    assert_eq!(hooks, hooks::list(&mut lease, &project, Some(TRIGGER)).await.unwrap());
    let unmoved = hooks::by_id(&mut lease, &project, &elsewhere.id).await.unwrap();
    assert_eq!(unmoved, Some(elsewhere));
    lease.commit().await.unwrap();
    for id in [&a, &b, &c] {
        deploy(&test.db, &project, id, content("s")).await;
    }
    let live = deployments::deployed(&mut *test.read().await, None).await.unwrap();
    assert_eq!(live.into_iter().map(|hook| hook.hook_id).collect::<Vec<_>>(), [c, a, b]);
}

pub async fn versions_round_trip(test: TestDb) {
    let project = test.project("shop").await;
    let other = test.project("other").await;
    let hook = test.hook(&project, TRIGGER, "h").await;
    let first = deploy(&test.db, &project, &hook.id, content("one")).await.version;
    let second = deploy(&test.db, &project, &hook.id, content("two")).await.version;
    let mut lease = test.write().await;
    assert_eq!(hook_versions::by_id(&mut lease, &project, &first.id).await.unwrap().as_ref(), Some(&first));
    let by_number = hook_versions::by_number(&mut lease, &project, &hook.id, 2).await.unwrap();
    assert_eq!(by_number.as_ref(), Some(&second));
    assert_eq!(hook_versions::by_id(&mut lease, &other, &first.id).await.unwrap(), None);
    assert_eq!(hook_versions::by_number(&mut lease, &other, &hook.id, 2).await.unwrap(), None);
    let list = hook_versions::list(&mut lease, &project, &hook.id, None, 10).await.unwrap();
    assert_eq!(list.iter().map(|version| version.number).collect::<Vec<_>>(), [2, 1]);
    let older = hook_versions::list(&mut lease, &project, &hook.id, Some(2), 10).await.unwrap();
    assert_eq!(older.len(), 1);
    let same_number = hook_versions::HookVersion { id: new_id(NOW), ..second };
    let error = hook_versions::insert(&mut lease, &same_number).await.unwrap_err();
    assert_eq!(error.conflict(), Some(Constraint::VersionNumber));
}

pub async fn deploy_changes_what_is_live(test: TestDb) {
    let project = test.project("shop").await;
    let other = test.project("other").await;
    let hook = test.hook(&project, TRIGGER, "h").await;
    assert_eq!(deployments::deployed(&mut *test.read().await, None).await.unwrap(), []);
    let first = deploy(&test.db, &project, &hook.id, content("one")).await;
    assert_eq!((first.deployment.from_version, first.deployment.to_version), (None, Some(1)));
    assert_eq!(first.hook.draft_source, hook.draft_source);
    let second = deploy(&test.db, &project, &hook.id, content("two")).await;
    assert_eq!((second.deployment.from_version, second.deployment.to_version), (Some(1), Some(2)));
    let mut lease = test.read().await;
    let live = deployments::deployed(&mut lease, Some(&project)).await.unwrap();
    assert_eq!(live.len(), 1);
    assert_eq!((live[0].version, live[0].source.as_str()), (2, "two"));
    assert_eq!((&live[0].version_id, &live[0].compiled), (&second.version.id, &second.version.compiled));
    assert_eq!(live[0].allowed_hosts, ["api.example.com"]);
    assert_eq!(deployments::deployed(&mut lease, Some(&other)).await.unwrap(), []);
    let list = deployments::list(&mut lease, &project, Some(&hook.id), None, 10).await.unwrap();
    assert_eq!(list, [second.deployment.clone(), first.deployment.clone()]);
    let older = deployments::list(&mut lease, &project, None, Some(&second.deployment.id), 10).await.unwrap();
    assert_eq!(older, [first.deployment]);
    assert_eq!(deployments::list(&mut lease, &other, None, None, 10).await.unwrap(), []);
}

pub async fn rollback_is_a_new_version(test: TestDb) {
    let project = test.project("shop").await;
    let hook = test.hook(&project, TRIGGER, "h").await;
    deploy(&test.db, &project, &hook.id, content("one")).await;
    deploy(&test.db, &project, &hook.id, content("two")).await;
    let back = NewVersion { restored_from: Some(1), ..content("one") };
    let back = deploy(&test.db, &project, &hook.id, back).await;
    assert_eq!((back.version.number, back.version.restored_from), (3, Some(1)));
    assert_eq!(back.deployment.kind, DeploymentKind::Rollback);
    let live = deployments::deployed(&mut *test.read().await, None).await.unwrap();
    assert_eq!((live[0].version, live[0].source.as_str()), (3, "one"));
}

pub async fn disabled_and_deleted_hooks_are_not_live(test: TestDb) {
    let project = test.project("shop").await;
    let hook = test.hook(&project, TRIGGER, "h").await;
    deploy(&test.db, &project, &hook.id, content("one")).await;
    let mut lease = test.write().await;
    let off = deployments::set_enabled(&mut lease, &project, &hook.id, false, "ada", NOW).await.unwrap();
    assert!(!off.unwrap().enabled);
    assert_eq!(deployments::deployed(&mut lease, None).await.unwrap(), []);
    deployments::set_enabled(&mut lease, &project, &hook.id, true, "ada", NOW).await.unwrap();
    assert_eq!(deployments::deployed(&mut lease, None).await.unwrap().len(), 1);
    let list = deployments::list(&mut lease, &project, None, None, 10).await.unwrap();
    let kinds: Vec<_> = list.iter().map(|row| (row.kind, row.from_version, row.to_version)).collect();
    use DeploymentKind::{Deploy, Disable, Enable};
    assert_eq!(kinds, [(Enable, None, Some(1)), (Disable, Some(1), None), (Deploy, None, Some(1))]);
    hooks::delete(&mut lease, &project, &hook.id, NOW).await.unwrap();
    assert_eq!(deployments::deployed(&mut lease, None).await.unwrap(), []);
    let gone =
        deployments::deploy(&mut lease, &project, &hook.id, content("x"), "", "ada", NOW).await.unwrap();
    assert_eq!(gone, None);
}

pub async fn generation_moves_with_each_change(test: TestDb) {
    let project = test.project("shop").await;
    let hook = test.hook(&project, TRIGGER, "h").await;
    let generation = async || deployments::generation(&mut *test.read().await).await.unwrap();
    assert_eq!(generation().await, 0);
    assert_eq!(deploy(&test.db, &project, &hook.id, content("one")).await.generation, 1);
    assert_eq!(generation().await, 1);
    // Not committed, not moved.
    let mut lease = test.write().await;
    assert_eq!(deployments::bump(&mut lease).await.unwrap(), 2);
    drop(lease);
    let mut lease = test.write().await;
    deployments::set_enabled(&mut lease, &project, &hook.id, false, "ada", NOW).await.unwrap();
    lease.commit().await.unwrap();
    assert_eq!(generation().await, 2);
}

pub async fn other_processes_are_told(test: TestDb) {
    let project = test.project("shop").await;
    let hook = test.hook(&project, TRIGGER, "h").await;
    let other = test.other_process().await;
    let Some(mut notices) = other.listen().await.unwrap() else {
        assert!(matches!(test.db, Db::Sqlite(_)));
        return;
    };
    let patience = Duration::from_secs(10);
    deploy(&test.db, &project, &hook.id, content("one")).await;
    tokio::time::timeout(patience, notices.changed()).await.unwrap().unwrap();
    assert_eq!(deployments::generation(&mut other.live().read().await.unwrap()).await.unwrap(), 1);
    // A dry run tells nobody.
    let dry = test.db.dry();
    let mut lease = dry.write().await.unwrap();
    deployments::bump(&mut lease).await.unwrap();
    lease.commit().await.unwrap();
    dry.discard().await.unwrap();
    assert!(tokio::time::timeout(Duration::from_millis(300), notices.changed()).await.is_err());
    other.close().await;
}

pub async fn two_deployments_at_once_get_two_numbers(test: TestDb) {
    let project = test.project("shop").await;
    let hook = test.hook(&project, TRIGGER, "h").await;
    let tasks: Vec<_> = (0..6)
        .map(|_| {
            let (db, project, hook) = (test.db.clone(), project.clone(), hook.id.clone());
            tokio::spawn(async move { deploy(&db, &project, &hook, content("s")).await.version.number })
        })
        .collect();
    let mut numbers = Vec::new();
    for task in tasks {
        numbers.push(task.await.unwrap());
    }
    numbers.sort_unstable();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6]);
}

pub async fn another_projects_hook_is_not_found(test: TestDb) {
    let project = test.project("shop").await;
    let other = test.project("other").await;
    let hook = test.hook(&project, TRIGGER, "h").await;
    deploy(&test.db, &project, &hook.id, content("one")).await;
    let before = test.dump().await;
    let mut lease = test.write().await;
    assert_eq!(hooks::by_id(&mut lease, &other, &hook.id).await.unwrap(), None);
    assert_eq!(hooks::list(&mut lease, &other, None).await.unwrap(), []);
    assert_eq!(hooks::update(&mut lease, &other, &hook.id, &settings("x"), NOW).await.unwrap(), None);
    assert_eq!(hooks::set_live(&mut lease, &other, &hook.id, None, NOW).await.unwrap(), None);
    assert_eq!(hooks::take_version_number(&mut lease, &other, &hook.id).await.unwrap(), None);
    assert_eq!(hooks::delete(&mut lease, &other, &hook.id, NOW).await.unwrap(), None);
    assert_eq!(
        hooks::reorder(&mut lease, &other, TRIGGER, std::slice::from_ref(&hook.id), NOW).await.unwrap(),
        []
    );
    let deployed =
        deployments::deploy(&mut lease, &other, &hook.id, content("x"), "", "eve", NOW).await.unwrap();
    assert_eq!(deployed, None);
    let off = deployments::set_enabled(&mut lease, &other, &hook.id, false, "eve", NOW).await.unwrap();
    assert_eq!(off, None);
    lease.commit().await.unwrap();
    assert_eq!(test.dump().await, before);
}
