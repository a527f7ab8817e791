//! Events, mails and the cache.

use std::collections::BTreeSet;

use contract::ids::ProjectId;
use serde_json::json;
use store::{
    Lease, cache_entries,
    mails::{self, Mail, MailFilter, MailStatus},
    new_id,
    outbox::{self, EventFilter, OutboxEvent},
};

use crate::{
    fixtures::{NOW, mail, unknown_user},
    harness::TestDb,
};

pub async fn events_round_trip(test: TestDb) {
    let project = test.project("shop").await;
    let other = test.project("other").await;
    let event = |name: &str| OutboxEvent {
        id: new_id(NOW),
        project_id: project.clone(),
        event: name.into(),
        payload: json!({"user": {"id": "usr_1"}}),
        request_id: Some(new_id(NOW)),
        user_id: Some(unknown_user()),
        created_at: NOW,
        delivered_at: None,
    };
    let (signup, login) = (event("auth.signup"), event("auth.login"));
    let mut lease = test.write().await;
    for event in [&signup, &login] {
        outbox::insert(&mut lease, event).await.unwrap();
    }
    assert_eq!(outbox::by_id(&mut lease, &project, &signup.id).await.unwrap().as_ref(), Some(&signup));
    assert_eq!(outbox::by_id(&mut lease, &other, &signup.id).await.unwrap(), None);
    let any = EventFilter::default();
    let all = outbox::list(&mut lease, &project, any, None, 10).await.unwrap();
    assert_eq!(all, [login.clone(), signup.clone()]);
    let filter = EventFilter { event: Some("auth.login"), user: login.user_id.as_ref(), ..any };
    assert_eq!(
        outbox::list(&mut lease, &project, filter, None, 10).await.unwrap(),
        std::slice::from_ref(&login)
    );
    assert_eq!(outbox::list(&mut lease, &other, any, None, 10).await.unwrap(), []);
    assert_eq!(outbox::undelivered(&mut lease, 10).await.unwrap(), [signup.clone(), login.clone()]);
    assert!(!outbox::mark_delivered(&mut lease, &other, &signup.id, NOW).await.unwrap());
    assert!(outbox::mark_delivered(&mut lease, &project, &signup.id, NOW).await.unwrap());
    assert!(!outbox::mark_delivered(&mut lease, &project, &signup.id, NOW).await.unwrap());
    assert_eq!(outbox::undelivered(&mut lease, 10).await.unwrap(), [login]);
}

pub async fn mails_round_trip(test: TestDb) {
    let project = test.project("shop").await;
    let other = test.project("other").await;
    let captured = mail(&project, MailStatus::Captured);
    let queued =
        Mail { recipient: "ada@example.com".into(), html_body: None, ..mail(&project, MailStatus::Queued) };
    let mut lease = test.write().await;
    for mail in [&captured, &queued] {
        mails::insert(&mut lease, mail).await.unwrap();
    }
    assert_eq!(mails::by_id(&mut lease, &project, &captured.id).await.unwrap().as_ref(), Some(&captured));
    assert_eq!(mails::by_id(&mut lease, &other, &captured.id).await.unwrap(), None);
    let any = MailFilter::default();
    let all = mails::list(&mut lease, &project, any, None, 10).await.unwrap();
    assert_eq!(all, [queued.clone(), captured.clone()]);
    let filter = MailFilter { recipient: Some("ada@example.com"), status: Some(MailStatus::Queued), ..any };
    assert_eq!(
        mails::list(&mut lease, &project, filter, None, 10).await.unwrap(),
        std::slice::from_ref(&queued)
    );
    assert_eq!(mails::list(&mut lease, &other, any, None, 10).await.unwrap(), []);
    assert_eq!(mails::mark_sent(&mut lease, &other, &queued.id, NOW).await.unwrap(), None);
    assert_eq!(mails::prune(&mut lease, &project, NOW + 1, 10).await.unwrap(), 1);
    assert_eq!(mails::list(&mut lease, &project, any, None, 10).await.unwrap(), [queued]);
}

pub async fn due_mails_are_claimed_once(test: TestDb) {
    let project = test.project("shop").await;
    let mut lease = test.write().await;
    for _ in 0..10 {
        mails::insert(&mut lease, &mail(&project, MailStatus::Queued)).await.unwrap();
    }
    mails::insert(&mut lease, &mail(&project, MailStatus::Captured)).await.unwrap();
    let later = Mail { next_attempt_at: Some(NOW + 1_000), ..mail(&project, MailStatus::Queued) };
    mails::insert(&mut lease, &later).await.unwrap();
    lease.commit().await.unwrap();
    let workers: Vec<_> = (0..4)
        .map(|_| {
            let db = test.db.clone();
            tokio::spawn(async move {
                let mut lease = db.live().write().await.unwrap();
                let mails = mails::claim_due(&mut lease, NOW, NOW + 500, 4).await.unwrap();
                lease.commit().await.unwrap();
                mails
            })
        })
        .collect();
    let mut claimed = Vec::new();
    for worker in workers {
        let mails = worker.await.unwrap();
        assert!(mails.len() <= 4, "{}", mails.len());
        claimed.extend(mails);
    }
    let mut lease = test.write().await;
    claimed.extend(mails::claim_due(&mut lease, NOW, NOW + 500, 10).await.unwrap());
    assert_eq!(claimed.len(), 10);
    assert_eq!(claimed.iter().map(|mail| &mail.id).collect::<BTreeSet<_>>().len(), 10);
    assert!(claimed.iter().all(|mail| mail.attempts == 1 && mail.next_attempt_at == Some(NOW + 500)));
    let sent = mails::mark_sent(&mut lease, &project, &claimed[0].id, NOW + 1).await.unwrap().unwrap();
    assert_eq!((sent.status, sent.sent_at, sent.next_attempt_at), (MailStatus::Sent, Some(NOW + 1), None));
    let retried =
        mails::mark_failed(&mut lease, &project, &claimed[1].id, "busy", Some(NOW + 300)).await.unwrap();
    let retried = retried.unwrap();
    assert_eq!((retried.status, retried.error.as_deref()), (MailStatus::Queued, Some("busy")));
    let failed =
        mails::mark_failed(&mut lease, &project, &claimed[2].id, "no such user", None).await.unwrap();
    assert_eq!(failed.unwrap().status, MailStatus::Failed);
    let again = mails::claim_due(&mut lease, NOW + 300, NOW + 900, 10).await.unwrap();
    assert_eq!(again.iter().map(|mail| (&mail.id, mail.attempts)).collect::<Vec<_>>(), [(&retried.id, 2)]);
    // The other seven workers never reported back.
    assert_eq!(mails::claim_due(&mut lease, NOW + 500, NOW + 900, 10).await.unwrap().len(), 7);
}

pub async fn cache_round_trip(test: TestDb) {
    let project = test.project("shop").await;
    let other = test.project("other").await;
    let mut lease = test.write().await;
    assert_eq!(cache_entries::get(&mut lease, &project, "k", NOW).await.unwrap(), None);
    cache_entries::set(&mut lease, &project, "k", &json!({"n": [1, 2]}), Some(NOW + 10), NOW, 10)
        .await
        .unwrap();
    let entry = cache_entries::get(&mut lease, &project, "k", NOW).await.unwrap().unwrap();
    assert_eq!((entry.value, entry.expires_at), (json!({"n": [1, 2]}), Some(NOW + 10)));
    assert_eq!(cache_entries::get(&mut lease, &project, "k", NOW + 10).await.unwrap(), None);
    assert_eq!(cache_entries::get(&mut lease, &other, "k", NOW).await.unwrap(), None);
    cache_entries::set(&mut lease, &project, "k", &json!(null), None, NOW + 20, 10).await.unwrap();
    let entry = cache_entries::get(&mut lease, &project, "k", NOW + 20).await.unwrap().unwrap();
    assert_eq!((entry.value, entry.expires_at), (json!(null), None));
    for key in ["a%b", "ab", "B"] {
        cache_entries::set(&mut lease, &project, key, &json!(1), None, NOW, 10).await.unwrap();
    }
    let list = cache_entries::list(&mut lease, &project, None, None, 10, NOW).await.unwrap();
    assert_eq!(list.iter().map(|entry| entry.key.as_str()).collect::<Vec<_>>(), ["B", "a%b", "ab", "k"]);
    let list = cache_entries::list(&mut lease, &project, Some("%"), Some("B"), 10, NOW).await.unwrap();
    assert_eq!(list.len(), 1);
    assert!(!cache_entries::delete(&mut lease, &other, "k").await.unwrap());
    assert!(cache_entries::delete(&mut lease, &project, "k").await.unwrap());
    assert!(!cache_entries::delete(&mut lease, &project, "k").await.unwrap());
}

pub async fn expired_cache_entries_are_pruned(test: TestDb) {
    let project = test.project("shop").await;
    let mut lease = test.write().await;
    for (key, expires_at) in [("a", Some(NOW)), ("b", Some(NOW + 1)), ("c", None), ("d", Some(NOW - 5))] {
        cache_entries::set(&mut lease, &project, key, &json!(1), expires_at, NOW - 10, 10).await.unwrap();
    }
    assert_eq!(cache_entries::prune(&mut lease, &project, NOW, 1).await.unwrap(), 1);
    assert_eq!(cache_entries::prune(&mut lease, &project, NOW, 10).await.unwrap(), 1);
    assert_eq!(cache_entries::count(&mut lease, &project).await.unwrap(), 2);
}

pub async fn a_full_cache_takes_a_new_entry_in_place_of_an_expired_one(test: TestDb) {
    let project = test.project("shop").await;
    let mut lease = test.write().await;
    let set = async |lease: &mut Lease, key: &str, expires_at, now| {
        cache_entries::set(lease, &project, key, &json!(1), Some(expires_at), now, 3).await.unwrap()
    };
    for (key, expires_at) in [("a", NOW + 1), ("b", NOW + 5), ("c", NOW + 5)] {
        assert!(set(&mut lease, key, expires_at, NOW).await);
    }
    assert!(!set(&mut lease, "d", NOW + 5, NOW).await);
    assert!(set(&mut lease, "a", NOW + 2, NOW).await, "a key that is there needs no room");
    assert!(!set(&mut lease, "d", NOW + 5, NOW + 1).await);
    assert!(set(&mut lease, "d", NOW + 5, NOW + 2).await);
    assert!(cache_entries::delete(&mut lease, &project, "b").await.unwrap());
    assert_eq!(cache_entries::count(&mut lease, &project).await.unwrap(), 2);
    assert!(set(&mut lease, "e", NOW + 5, NOW).await);
    assert!(!set(&mut lease, "f", NOW + 5, NOW).await);
    assert_eq!(keys(&mut lease, &project).await, ["c", "d", "e"]);
}

pub async fn many_at_once_do_not_overfill_a_cache(test: TestDb) {
    let project = test.project("shop").await;
    // Each key by two requests, then both of them delete it: twelve keys for eight places.
    let work = |number: usize, most| {
        let (db, project) = (test.db.clone(), project.clone());
        tokio::spawn(async move {
            let key = format!("{:02}", number / 2);
            let mut lease = db.live().write().await.unwrap();
            if most == 0 {
                cache_entries::delete(&mut lease, &project, &key).await.unwrap();
            } else {
                cache_entries::set(&mut lease, &project, &key, &json!(1), None, NOW, most).await.unwrap();
            }
            lease.commit().await.unwrap();
        })
    };
    let size = async || {
        let mut lease = test.read().await;
        let there = keys(&mut lease, &project).await.len();
        (there, cache_entries::count(&mut lease, &project).await.unwrap())
    };
    for _ in 0..5 {
        for task in (0..24).map(|number| work(number, 8)).collect::<Vec<_>>() {
            task.await.unwrap();
        }
        assert_eq!(size().await, (8, 8));
        for task in (0..24).map(|number| work(number, 0)).collect::<Vec<_>>() {
            task.await.unwrap();
        }
        assert_eq!(size().await, (0, 0));
    }
}

async fn keys(lease: &mut Lease, project: &ProjectId) -> Vec<String> {
    let list = cache_entries::list(lease, project, None, None, 100, NOW).await.unwrap();
    list.into_iter().map(|entry| entry.key).collect()
}
