//! What one project may have and ask for.

use std::task::Poll;

use contract::{
    catalogue::triggers::Trigger,
    error::{ErrorBody, ErrorCode},
    manage::CreateHook,
};

use crate::fixture::{SLUG, World};

async fn add(world: &World, trigger: Trigger) -> Result<(), ErrorBody> {
    let request =
        CreateHook { trigger: trigger.as_str().into(), source: Some(String::new()), ..CreateHook::default() };
    world.manage.create_hook(&world.actor, SLUG, request).await.map(drop)
}

#[tokio::test]
async fn a_project_has_so_many_hooks_and_no_more() {
    let world = World::new().await;
    let triggers: Vec<Trigger> = Trigger::wired().take(5).collect();
    for trigger in &triggers[..4] {
        for _ in 0..50 {
            add(&world, *trigger).await.unwrap();
        }
        let refused = add(&world, *trigger).await.unwrap_err();
        assert_eq!((refused.error, refused.field.as_deref()), (ErrorCode::InvalidField, Some("trigger")));
        assert!(refused.message.contains("at most 50"), "{}", refused.message);
    }
    let refused = add(&world, triggers[4]).await.unwrap_err();
    assert_eq!((refused.error, refused.field.as_deref()), (ErrorCode::InvalidField, Some("trigger")));
    assert!(refused.message.contains("at most 200"), "{}", refused.message);
    let hooks = world.manage.hooks(&world.actor, SLUG, None).await.unwrap();
    world.manage.delete_hook(&world.actor, SLUG, &hooks[0].id).await.unwrap();
    add(&world, triggers[4]).await.unwrap();
}

#[tokio::test]
async fn a05_a_crowd_of_checks_is_told_to_come_back_and_not_that_its_code_is_wrong() {
    let world = World::new().await;
    let hook = world.hook("beforeSignup", "export function beforeSignup() {} for (;;) {}").await;
    let mut checks: Vec<_> =
        (0..80).map(|_| Box::pin(world.manage.check(&world.actor, SLUG, &hook.id, None))).collect();
    // There is no room for all of them in the queue.
    let refused = std::future::poll_fn(|cx| {
        let mut refused = Vec::new();
        checks.retain_mut(|check| match check.as_mut().poll(cx) {
            Poll::Ready(result) => {
                refused.extend(result.err());
                false
            }
            Poll::Pending => true,
        });
        if refused.is_empty() && !checks.is_empty() { Poll::Pending } else { Poll::Ready(refused) }
    })
    .await;
    assert!(!refused.is_empty());
    for error in refused {
        assert_eq!((error.error, error.error.status()), (ErrorCode::Busy, 503), "{}", error.message);
    }
}
