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
