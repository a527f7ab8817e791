//! Settings that were changed since the caller read them are not overwritten, if the caller says what it read.

use std::sync::Arc;

use contract::{
    error::ErrorCode,
    manage::{UpdateHook, UpdateProject},
};

use store::testing::ManualClock;

use crate::fixture::{SLUG, World, refusing};

#[tokio::test]
async fn a_hook_that_was_changed_meanwhile_is_not_changed_unseen() {
    let clock = Arc::new(ManualClock::at(1_750_000_000_000));
    let world = World::with(&store::Options::default(), clock.clone()).await;
    let hook = world.hook("beforeSignup", &refusing("one")).await;
    let call = async |name: &str, updated_at| {
        clock.advance_ms(1);
        let update = UpdateHook { name: Some(name.into()), updated_at, ..UpdateHook::default() };
        world.manage.update_hook(&world.actor, SLUG, &hook.id, update).await
    };
    let mine = call("Mine", Some(hook.updated_at)).await.unwrap();
    let late = call("Theirs", Some(hook.updated_at)).await.unwrap_err();
    assert_eq!((late.error, late.error.status()), (ErrorCode::Conflict, 409));
    assert_eq!(late.details.unwrap()["updated_at"], mine.updated_at);
    assert_eq!(world.manage.hook(&world.actor, SLUG, &hook.id).await.unwrap().name, "Mine");
    assert_eq!(call("Theirs", Some(mine.updated_at)).await.unwrap().name, "Theirs");
    // Who does not say what it read does not mind.
    assert_eq!(call("Ours", None).await.unwrap().name, "Ours");
}

#[tokio::test]
async fn a_project_that_was_changed_meanwhile_is_not_changed_unseen() {
    let clock = Arc::new(ManualClock::at(1_750_000_000_000));
    let world = World::with(&store::Options::default(), clock.clone()).await;
    let project = world.manage.project(&world.actor, SLUG).await.unwrap();
    let call = async |name: &str, updated_at| {
        clock.advance_ms(1);
        let update = UpdateProject { name: Some(name.into()), updated_at, ..UpdateProject::default() };
        world.manage.update_project(&world.actor, SLUG, update).await
    };
    let mine = call("Mine", Some(project.updated_at)).await.unwrap();
    assert!(mine.updated_at > project.updated_at);
    assert_eq!(call("Theirs", Some(project.updated_at)).await.unwrap_err().error, ErrorCode::Conflict);
    assert_eq!(world.manage.project(&world.actor, SLUG).await.unwrap().name, "Mine");
    assert_eq!(call("Ours", None).await.unwrap().name, "Ours");
}
