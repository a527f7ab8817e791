//! Sessions, refresh tokens and tickets.

use contract::ids::ProjectId;
use store::{
    Db, Secret, new_id,
    refresh_tokens::{self, NextToken, Rotation},
    sessions::{self, UserSession},
    tickets::{self, Ticket, TicketPurpose},
    users::{self, User},
};

use crate::{
    fixtures::{NOW, refresh_token, session},
    harness::TestDb,
};

fn next(hash: &str) -> NextToken {
    let successor = Secret::new(b"sealed".to_vec());
    NextToken { id: new_id(NOW), token_hash: hash.into(), expires_at: NOW + 100_000, successor }
}

async fn rotate(db: &Db, project: &ProjectId, hash: &str, next: NextToken, now: i64) -> Rotation {
    let mut lease = db.live().write().await.unwrap();
    let rotation = refresh_tokens::rotate(&mut lease, project, hash, next, now).await.unwrap();
    lease.commit().await.unwrap();
    rotation
}

async fn session_with_token(test: &TestDb, project: &ProjectId, hash: &str) -> UserSession {
    let user = test.user(project, &format!("{hash}@example.com")).await;
    let session = test.session(&user).await;
    let mut lease = test.write().await;
    refresh_tokens::insert(&mut lease, &refresh_token(&session, hash)).await.unwrap();
    lease.commit().await.unwrap();
    session
}

pub async fn sessions_round_trip(test: TestDb) {
    let project = test.project("shop").await;
    let other = test.project("other").await;
    let user = test.user(&project, "ada@example.com").await;
    let login = test.session(&user).await;
    let mut lease = test.write().await;
    assert_eq!(sessions::by_id(&mut lease, &project, &login.id).await.unwrap().as_ref(), Some(&login));
    assert_eq!(sessions::by_id(&mut lease, &other, &login.id).await.unwrap(), None);
    assert!(sessions::list(&mut lease, &other, &user.id).await.unwrap().is_empty());
    assert_eq!(sessions::revoke(&mut lease, &other, &login.id, NOW).await.unwrap(), None);
    assert!(login.is_active(NOW) && !login.is_active(login.expires_at));
    let revoked = sessions::revoke(&mut lease, &project, &login.id, NOW + 1).await.unwrap().unwrap();
    assert!(!revoked.is_active(NOW) && revoked.revoked_at == Some(NOW + 1));
    assert_eq!(sessions::revoke(&mut lease, &project, &login.id, NOW + 2).await.unwrap(), None);
    assert_eq!(sessions::prune(&mut lease, &project, login.expires_at, 10).await.unwrap(), 0);
    assert_eq!(sessions::prune(&mut lease, &project, login.expires_at + 1, 10).await.unwrap(), 1);
}

pub async fn sessions_are_revoked_together(test: TestDb) {
    let project = test.project("shop").await;
    let ada = test.user(&project, "ada@example.com").await;
    let grace = test.user(&project, "grace@example.com").await;
    let [first, second, third] =
        [test.session(&ada).await, test.session(&ada).await, test.session(&ada).await];
    let hers = test.session(&grace).await;
    let mut lease = test.write().await;
    let ended = sessions::revoke_all(&mut lease, &project, &ada.id, Some(&second.id), NOW).await.unwrap();
    let mut ids: Vec<_> = ended.into_iter().map(|session| session.id).collect();
    ids.sort();
    assert_eq!(ids, [first.id, third.id]);
    let ended = sessions::revoke_all(&mut lease, &project, &ada.id, None, NOW).await.unwrap();
    assert_eq!(ended.len(), 1);
    assert!(sessions::by_id(&mut lease, &project, &hers.id).await.unwrap().unwrap().is_active(NOW));
    assert_eq!(sessions::list(&mut lease, &project, &ada.id).await.unwrap().len(), 3);
}

pub async fn refresh_token_rotates_once(test: TestDb) {
    let project = test.project("shop").await;
    let other = test.project("other").await;
    let login = session_with_token(&test, &project, "one").await;
    assert_eq!(rotate(&test.db, &other, "one", next("two"), NOW).await, Rotation::Unknown);
    assert_eq!(rotate(&test.db, &project, "none", next("two"), NOW).await, Rotation::Unknown);
    let Rotation::Rotated { token, session } = rotate(&test.db, &project, "one", next("two"), NOW + 1).await
    else {
        panic!("the token was good");
    };
    assert_eq!((&token.session_id, &session.id), (&login.id, &login.id));
    let mut lease = test.read().await;
    assert_eq!(refresh_tokens::by_hash(&mut lease, &project, "two").await.unwrap(), Some(token));
    assert_eq!(refresh_tokens::by_hash(&mut lease, &other, "two").await.unwrap(), None);
    drop(lease);
    let Rotation::Reused { token } = rotate(&test.db, &project, "one", next("three"), NOW + 2).await else {
        panic!("the token was used");
    };
    assert_eq!((token.session_id, token.used_at), (login.id, Some(NOW + 1)));
    assert_eq!(token.successor.unwrap().expose(), b"sealed");
    assert!(matches!(
        rotate(&test.db, &project, "two", next("four"), NOW + 3).await,
        Rotation::Rotated { .. }
    ));
}

pub async fn refresh_token_race_has_one_winner(test: TestDb) {
    let project = test.project("shop").await;
    session_with_token(&test, &project, "one").await;
    let tasks: Vec<_> = (0..8)
        .map(|number| {
            let (db, project) = (test.db.clone(), project.clone());
            tokio::spawn(async move { rotate(&db, &project, "one", next(&format!("n{number}")), NOW).await })
        })
        .collect();
    let (mut rotated, mut reused) = (0, 0);
    for task in tasks {
        match task.await.unwrap() {
            Rotation::Rotated { .. } => rotated += 1,
            Rotation::Reused { .. } => reused += 1,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((rotated, reused), (1, 7));
}

pub async fn refresh_token_ends_with_its_session(test: TestDb) {
    let project = test.project("shop").await;
    let revoked = session_with_token(&test, &project, "revoked").await;
    session_with_token(&test, &project, "expired").await;
    let mut lease = test.write().await;
    sessions::revoke(&mut lease, &project, &revoked.id, NOW).await.unwrap();
    lease.commit().await.unwrap();
    assert_eq!(rotate(&test.db, &project, "revoked", next("a"), NOW).await, Rotation::Revoked);
    assert_eq!(rotate(&test.db, &project, "expired", next("b"), NOW + 100_000).await, Rotation::Expired);
    assert_eq!(rotate(&test.db, &project, "expired", next("b"), NOW + 2_000_000).await, Rotation::Expired);
}

fn ticket(user: &User, purpose: TicketPurpose, hash: &str) -> Ticket {
    Ticket {
        id: new_id(NOW),
        project_id: user.project_id.clone(),
        user_id: user.id.clone(),
        purpose,
        email: "ada@example.com".into(),
        token_hash: hash.into(),
        created_at: NOW,
        expires_at: NOW + 100,
        used_at: None,
    }
}

pub async fn ticket_is_used_once(test: TestDb) {
    use TicketPurpose::{ResetPassword, VerifyEmail};
    let project = test.project("shop").await;
    let other = test.project("other").await;
    let ada = test.user(&project, "ada@example.com").await;
    let reset = ticket(&ada, ResetPassword, "r");
    let mut lease = test.write().await;
    tickets::insert(&mut lease, &reset).await.unwrap();
    tickets::insert(&mut lease, &ticket(&ada, VerifyEmail, "v")).await.unwrap();
    assert_eq!(tickets::by_hash(&mut lease, &project, "r").await.unwrap().as_ref(), Some(&reset));
    for (project, purpose, hash, now) in [
        (&other, ResetPassword, "r", NOW),
        (&project, VerifyEmail, "r", NOW),
        (&project, ResetPassword, "x", NOW),
        (&project, ResetPassword, "r", NOW + 100),
    ] {
        assert_eq!(tickets::consume(&mut lease, project, purpose, hash, now).await.unwrap(), None);
    }
    let used = tickets::consume(&mut lease, &project, ResetPassword, "r", NOW + 1).await.unwrap();
    assert_eq!(used, Some(Ticket { used_at: Some(NOW + 1), ..reset }));
    assert_eq!(tickets::consume(&mut lease, &project, ResetPassword, "r", NOW + 2).await.unwrap(), None);
    assert_eq!(tickets::prune(&mut lease, &project, NOW + 101, 1).await.unwrap(), 1);
    assert_eq!(tickets::prune(&mut lease, &project, NOW + 101, 10).await.unwrap(), 1);
}

pub async fn newer_ticket_makes_older_ones_void(test: TestDb) {
    use TicketPurpose::{ResetPassword, VerifyEmail};
    let project = test.project("shop").await;
    let ada = test.user(&project, "ada@example.com").await;
    let mut lease = test.write().await;
    for (purpose, hash) in [(ResetPassword, "a"), (ResetPassword, "b"), (VerifyEmail, "c")] {
        tickets::insert(&mut lease, &ticket(&ada, purpose, hash)).await.unwrap();
    }
    assert_eq!(tickets::invalidate(&mut lease, &project, &ada.id, ResetPassword, NOW).await.unwrap(), 2);
    assert_eq!(tickets::consume(&mut lease, &project, ResetPassword, "b", NOW).await.unwrap(), None);
    assert!(tickets::consume(&mut lease, &project, VerifyEmail, "c", NOW).await.unwrap().is_some());
    lease.commit().await.unwrap();
    let mut lease = test.write().await;
    users::delete(&mut lease, &project, &ada.id).await.unwrap();
    assert_eq!(tickets::by_hash(&mut lease, &project, "c").await.unwrap(), None);
    assert!(sessions::insert(&mut lease, &session(&ada)).await.is_err());
}
