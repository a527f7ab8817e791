//! What the hooks of one project may keep.

use contract::catalogue::triggers::Trigger;
use serde_json::json;
use store::{Clock as _, cache_entries};

use crate::world::world;

#[tokio::test]
async fn a_full_cache_takes_no_new_value_until_others_expire() {
    let world = world().await;
    world
        .deploy(
            Trigger::PreUserRegistration,
            "exports.onExecutePreUserRegistration = async (event, api) => {
                await Aerocall.cache.set('0', 'again');
                await Aerocall.cache.set('new', 1).catch((error) => api.access.deny('full', error.message));
            };",
        )
        .await;
    let now = world.clock.now_ms();
    let mut conn = world.db.live().write().await.unwrap();
    for number in 0..10_000 {
        let (key, until) = (format!("sdk:{number}"), Some(now + 60_000));
        cache_entries::set(&mut conn, &world.project, &key, &json!(1), until, now, 10_000).await.unwrap();
    }
    conn.commit().await.unwrap();
    let refused = world.fire().await.result.unwrap_err();
    assert_eq!(refused.message, "the cache is full: a project has at most 10000 values");
    world.clock.advance_s(61);
    assert!(world.fire().await.result.is_ok());
}

#[tokio::test]
async fn a_run_writes_a_bounded_number_of_fields() {
    let world = world().await;
    world
        .deploy(
            Trigger::PreUserRegistration,
            "exports.onExecutePreUserRegistration = async (event, api) => {
                for (let n = 0; n < 300; n += 1) await api.user.setUserMetadata(`k${n}`, null);
                for (let n = 0; n < 300; n += 1) await api.user.setAppMetadata('count', n);
                await api.user.setUserMetadata('k7', 'again');
            };",
        )
        .await;
    let fired = world.fire().await;
    let logs: Vec<&str> = fired.run().logs.iter().map(|log| log.message.as_str()).collect();
    assert_eq!(logs.len(), 21);
    assert_eq!(
        logs[0],
        "`k200` was ignored: a run writes at most 200 fields of user_metadata; write one field that is an object instead"
    );
    assert_eq!(logs[20], "80 more writes were ignored");
    let effects = fired.result.unwrap();
    assert_eq!((effects.user_metadata.len(), &effects.user_metadata[7].1), (200, &json!("again")));
    assert_eq!(effects.app_metadata, [("count".to_owned(), json!(299))]);
}
