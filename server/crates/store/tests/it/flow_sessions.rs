//! Live and dry sessions.

use std::time::Duration;

use contract::ids::ProjectId;
use serde_json::json;
use store::{
    Constraint, Db, Operation, Options, REDACTED, Session, StoreError, cache_entries,
    log_entries::{self, LogEntry, LogLevel},
    new_id,
    outbox::{self, OutboxEvent},
    refresh_tokens,
    sessions::{self, UserSession},
    tickets::{self, Ticket, TicketPurpose},
    users,
};

use crate::{
    fixtures::{NOW, mail, new_user, refresh_token, session},
    harness::TestDb,
};

pub async fn uncommitted_write_is_undone(test: TestDb) {
    let project = test.project("shop").await;
    let before = test.dump().await;
    let mut lease = test.write().await;
    let user = users::insert(&mut lease, &project, new_user("ada@example.com"), NOW).await.unwrap();
    assert!(users::by_id(&mut lease, &project, &user.id).await.unwrap().is_some());
    drop(lease);
    // The next writer waits for the rollback.
    test.write().await.commit().await.unwrap();
    assert_eq!(test.dump().await, before);
}

pub async fn failed_write_cannot_be_committed(test: TestDb) {
    let project = test.project("shop").await;
    test.user(&project, "ada@example.com").await;
    let before = test.dump().await;
    let mut lease = test.write().await;
    users::insert(&mut lease, &project, new_user("grace@example.com"), NOW).await.unwrap();
    let error = users::insert(&mut lease, &project, new_user("ada@example.com"), NOW).await.unwrap_err();
    assert_eq!(error.conflict(), Some(Constraint::UserEmail));
    assert!(matches!(lease.commit().await, Err(StoreError::Failed)));
    test.write().await.commit().await.unwrap();
    assert_eq!(test.dump().await, before);
}

/// Writes to every table that a flow writes to.
async fn run_a_flow(flow: &Session, project: &ProjectId) {
    let mut lease = flow.write().await.unwrap();
    let user = users::insert(&mut lease, project, new_user("new@example.com"), NOW).await.unwrap();
    let event = OutboxEvent {
        id: new_id(NOW),
        project_id: project.clone(),
        event: "auth.signup".into(),
        payload: json!({"user": user.id}),
        request_id: None,
        user_id: Some(user.id.clone()),
        created_at: NOW,
        delivered_at: None,
    };
    outbox::insert(&mut lease, &event).await.unwrap();
    lease.commit().await.unwrap();

    let mut lease = flow.write().await.unwrap();
    users::record_login(&mut lease, project, &user.id, Some("203.0.113.7"), NOW).await.unwrap();
    let login = session(&user);
    sessions::insert(&mut lease, &login).await.unwrap();
    refresh_tokens::insert(&mut lease, &refresh_token(&login, "hash-of-refresh")).await.unwrap();
    let ticket = Ticket {
        id: new_id(NOW),
        project_id: project.clone(),
        user_id: user.id.clone(),
        purpose: TicketPurpose::VerifyEmail,
        email: "new@example.com".into(),
        token_hash: "hash-of-ticket".into(),
        created_at: NOW,
        expires_at: NOW + 1,
        used_at: None,
    };
    tickets::insert(&mut lease, &ticket).await.unwrap();
    store::mails::insert(&mut lease, &mail(project, store::mails::MailStatus::Captured)).await.unwrap();
    cache_entries::set(&mut lease, project, "seen", &json!(1), None, NOW, 10).await.unwrap();
    cache_entries::set(&mut lease, project, "seen", &json!(2), None, NOW, 10).await.unwrap();
    let entry = LogEntry {
        id: new_id(NOW),
        project_id: project.clone(),
        kind: "failed_hook".into(),
        level: LogLevel::Error,
        description: "it threw".into(),
        user_id: None,
        hook_id: None,
        request_id: None,
        details: json!({}),
        created_at: NOW,
    };
    log_entries::insert(&mut lease, &entry).await.unwrap();
    lease.commit().await.unwrap();

    let mut lease = flow.write().await.unwrap();
    assert!(users::delete(&mut lease, project, &user.id).await.unwrap());
    lease.commit().await.unwrap();
}

pub async fn dry_run_leaves_the_database_as_it_was(test: TestDb) {
    let project = test.project("shop").await;
    test.user(&project, "ada@example.com").await;
    let before = test.dump().await;
    let dry = test.db.dry();
    run_a_flow(&dry, &project).await;
    dry.discard().await.unwrap();
    assert_eq!(test.dump().await, before);

    // The same flow for real does change it, so the comparison means something.
    run_a_flow(&test.db.live(), &project).await;
    assert_ne!(test.dump().await, before);
}

pub async fn dry_run_sees_its_own_writes(test: TestDb) {
    let project = test.project("shop").await;
    let dry = test.db.dry();
    assert!(dry.is_dry() && !test.db.live().is_dry());
    let mut lease = dry.write().await.unwrap();
    users::insert(&mut lease, &project, new_user("ada@example.com"), NOW).await.unwrap();
    lease.commit().await.unwrap();
    // A clone shares the transaction.
    let mut lease = dry.clone().read().await.unwrap();
    assert!(users::by_email(&mut lease, &project, "ADA@example.com").await.unwrap().is_some());
    drop(lease);
    // The rest of the world does not see it.
    let mut lease = test.read().await;
    assert!(users::by_email(&mut lease, &project, "ada@example.com").await.unwrap().is_none());
    drop(lease);
    dry.clone().discard().await.unwrap();
    assert!(matches!(dry.read().await.err(), Some(StoreError::Discarded)));
    assert!(matches!(dry.write().await.err(), Some(StoreError::Discarded)));
}

pub async fn dry_run_journals_without_secrets(test: TestDb) {
    let project = test.project("shop").await;
    let dry = test.db.dry();
    run_a_flow(&dry, &project).await;
    let changes = dry.changes().await;
    let short: Vec<(&str, Operation)> =
        changes.iter().map(|change| (change.table, change.operation)).collect();
    use Operation::{Delete, Insert, Update};
    assert_eq!(
        short,
        [
            ("users", Insert),
            ("outbox", Insert),
            ("users", Update),
            ("sessions", Insert),
            ("refresh_tokens", Insert),
            ("tickets", Insert),
            ("mails", Insert),
            ("cache_entries", Insert),
            ("cache_entries", Update),
            ("log_entries", Insert),
            ("users", Delete),
        ]
    );
    let login = &changes[2];
    let (before, after) = (login.before.as_ref().unwrap(), login.after.as_ref().unwrap());
    assert_eq!((&before["login_count"], &after["login_count"]), (&json!(0), &json!(1)));
    assert_eq!(after["password_hash"], REDACTED);
    assert_eq!(login.id, after["id"].as_str().unwrap());
    assert_eq!(changes[8].before.as_ref().unwrap()["value"], json!(1));
    let text = serde_json::to_string(&changes).unwrap() + &format!("{changes:?}");
    for secret in ["argon2id", "hash-of-refresh", "hash-of-ticket"] {
        assert!(!text.contains(secret), "{secret} is in the journal");
    }
    dry.discard().await.unwrap();
    assert!(test.db.live().changes().await.is_empty());
}

pub async fn dry_run_survives_a_failed_statement(test: TestDb) {
    let project = test.project("shop").await;
    test.user(&project, "ada@example.com").await;
    let before = test.dump().await;
    let dry = test.db.dry();
    let mut lease = dry.write().await.unwrap();
    users::insert(&mut lease, &project, new_user("first@example.com"), NOW).await.unwrap();
    lease.commit().await.unwrap();

    let mut lease = dry.write().await.unwrap();
    users::insert(&mut lease, &project, new_user("lost@example.com"), NOW).await.unwrap();
    let error = users::insert(&mut lease, &project, new_user("ada@example.com"), NOW).await.unwrap_err();
    assert_eq!(error.conflict(), Some(Constraint::UserEmail));
    assert!(matches!(lease.commit().await, Err(StoreError::Failed)));

    let mut lease = dry.write().await.unwrap();
    users::insert(&mut lease, &project, new_user("second@example.com"), NOW).await.unwrap();
    lease.commit().await.unwrap();
    let mut lease = dry.read().await.unwrap();
    let found = users::list(&mut lease, &project, None, None, 10).await.unwrap();
    drop(lease);
    let emails: Vec<_> = found.iter().filter_map(|user| user.email.as_deref()).collect();
    assert_eq!(emails, ["second@example.com", "first@example.com", "ada@example.com"]);
    assert_eq!(dry.changes().await.len(), 2);
    dry.discard().await.unwrap();
    assert_eq!(test.dump().await, before);
}

pub async fn dry_run_forgets_an_uncommitted_write(test: TestDb) {
    let project = test.project("shop").await;
    let dry = test.db.dry();
    let mut lease = dry.write().await.unwrap();
    users::insert(&mut lease, &project, new_user("lost@example.com"), NOW).await.unwrap();
    drop(lease);
    assert!(dry.changes().await.is_empty());
    let mut lease = dry.read().await.unwrap();
    assert_eq!(users::count(&mut lease, &project, None).await.unwrap(), 0);
}

pub async fn dry_run_is_rolled_back_when_dropped(test: TestDb) {
    let project = test.project("shop").await;
    let before = test.dump().await;
    let dry = test.db.dry();
    let mut lease = dry.write().await.unwrap();
    users::insert(&mut lease, &project, new_user("ada@example.com"), NOW).await.unwrap();
    lease.commit().await.unwrap();
    drop(dry);
    // On SQLite this waits for the one writer, which the dry run had.
    test.write().await.commit().await.unwrap();
    assert_eq!(test.dump().await, before);
}

pub async fn dry_run_reads_before_writing_do_not_hold_the_writer(test: TestDb) {
    let project = test.project("shop").await;
    let dry = test.db.dry();
    let mut lease = dry.read().await.unwrap();
    assert_eq!(users::count(&mut lease, &project, None).await.unwrap(), 0);
    test.user(&project, "ada@example.com").await;
    drop(lease);
    assert!(dry.changes().await.is_empty());
}

pub async fn dry_run_gives_way_to_those_who_wait(test: TestDb) {
    let project = test.project("shop").await;
    let user = test.user(&project, "ada@example.com").await;
    let options = Options { acquire_timeout: Duration::from_millis(600), ..Options::default() };
    let hasty = Db::connect(&test.url, &options).await.unwrap();
    let dry = hasty.dry();
    let mut lease = dry.write().await.unwrap();
    users::record_login(&mut lease, &project, &user.id, None, NOW).await.unwrap();
    lease.commit().await.unwrap();

    // SQLite waits for its writer here, PostgreSQL for the row; nobody has ended the run.
    let mut lease = test.write().await;
    users::record_login(&mut lease, &project, &user.id, None, NOW).await.unwrap().unwrap();
    lease.commit().await.unwrap();

    assert!(matches!(dry.read().await.err(), Some(StoreError::Expired)));
    assert!(matches!(dry.write().await.err(), Some(StoreError::Expired)));
    let changes = dry.changes().await;
    assert_eq!((changes.len(), changes[0].table), (1, "users"), "what it has done can still be told");
    dry.discard().await.unwrap();
    let user = users::by_id(&mut *test.read().await, &project, &user.id).await.unwrap().unwrap();
    assert_eq!(user.login_count, 1);
}

pub async fn dry_run_acts_with_a_session_that_holds_nobody_up(test: TestDb) {
    let project = test.project("shop").await;
    let user = test.user(&project, "ada@example.com").await;
    let login = session(&user);
    assert!(test.db.live().stand_in(login.clone()).await.is_err());
    let before = test.dump().await;
    let dry = test.db.dry();
    dry.stand_in(login.clone()).await.unwrap();
    assert_eq!(dry.standing_in().await.unwrap().as_ref(), Some(&login));
    test.write().await.commit().await.unwrap();

    let mut lease = dry.write().await.unwrap();
    assert_eq!(dry_session(&mut lease, &login).await.as_ref(), Some(&login));
    assert!(sessions::revoke(&mut lease, &project, &login.id, NOW).await.unwrap().is_some());
    drop(lease);
    let mut lease = dry.read().await.unwrap();
    let kept = dry_session(&mut lease, &login).await.unwrap();
    assert_eq!(kept.revoked_at, None, "an undone write does not take it away");
    drop(lease);
    assert_eq!(dry.standing_in().await.unwrap(), None);
    assert!(dry.changes().await.is_empty());
    dry.discard().await.unwrap();
    assert_eq!(test.dump().await, before);
}

async fn dry_session(conn: &mut store::Conn, wanted: &UserSession) -> Option<UserSession> {
    sessions::by_id(conn, &wanted.project_id, &wanted.id).await.unwrap()
}

pub async fn two_writers_both_succeed(test: TestDb) {
    let project = test.project("shop").await;
    let other = test.other_process().await;
    let write = |db: store::Db, name: &'static str| {
        let project = project.clone();
        async move {
            for number in 0..20 {
                let mut lease = db.live().write().await.unwrap();
                let user = new_user(&format!("{name}{number}@example.com"));
                users::insert(&mut lease, &project, user, NOW).await.unwrap();
                lease.commit().await.unwrap();
            }
        }
    };
    let here = tokio::spawn(write(test.db.clone(), "here"));
    let also_here = tokio::spawn(write(test.db.clone(), "also"));
    let there = tokio::spawn(write(other, "there"));
    for task in [here, also_here, there] {
        task.await.unwrap();
    }
    assert_eq!(users::count(&mut *test.read().await, &project, None).await.unwrap(), 60);
}

pub async fn text_with_a_nul_is_kept(test: TestDb) {
    let project = test.project("shop").await;
    let mut user = new_user("ada@example.com");
    user.name = Some("A\0da".into());
    user.user_metadata = json!({"k\0": ["v\0", {"deep": "\0"}]});
    let mut lease = test.write().await;
    let id = users::insert(&mut lease, &project, user, NOW).await.unwrap().id;
    let user = users::by_id(&mut lease, &project, &id).await.unwrap().unwrap();
    assert_eq!(user.name.as_deref(), Some("A\u{fffd}da"));
    assert_eq!(user.user_metadata, json!({"k\u{fffd}": ["v\u{fffd}", {"deep": "\u{fffd}"}]}));
}
