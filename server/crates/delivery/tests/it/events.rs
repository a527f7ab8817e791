use contract::{catalogue::events::Event, ids::UserId};
use delivery::emit;
use serde_json::json;
use store::{new_id, outbox};

use crate::project::{START, world};

#[tokio::test]
async fn an_event_is_kept_with_its_change_or_not_at_all() {
    let world = world().await;
    let user: UserId = new_id(START);
    let payload = json!({"user": {"user_id": user}});

    let mut lease = world.db.live().write().await.unwrap();
    emit(&mut lease, START, &world.project, Event::AuthSignup, payload.clone(), None, Some(&user))
        .await
        .unwrap();
    drop(lease);
    let mut lease = world.db.live().write().await.unwrap();
    emit(&mut lease, START, &world.project, Event::AuthLogin, payload.clone(), None, Some(&user))
        .await
        .unwrap();
    lease.commit().await.unwrap();

    let mut lease = world.db.live().read().await.unwrap();
    let events =
        outbox::list(&mut lease, &world.project, outbox::EventFilter::default(), None, 10).await.unwrap();
    assert_eq!(events.len(), 1);
    assert_eq!((events[0].event.as_str(), &events[0].payload), ("auth.login", &payload));
    assert_eq!(events[0].user_id, Some(user));
}
