//! Every template is a hook that works.

use contract::manage::{RunOutcome, UnitTest};

use crate::fixture::{SLUG, World};

#[tokio::test]
async fn every_template_deploys_and_runs() {
    let world = World::new().await;
    for template in manage::templates() {
        let hook = world.live(template.trigger.as_str(), &template.source).await;
        let test = UnitTest { version: None, source: None, event: None, user_id: None };
        let result = world.manage.unit_test(&world.actor, SLUG, &hook.id, test).await.unwrap();
        assert_eq!(
            result.run.summary.outcome,
            RunOutcome::Returned,
            "{}: {:?}",
            template.id,
            result.run.error
        );
    }
}

#[tokio::test]
async fn a07_a_deployed_hook_has_a_summary_from_its_code() {
    let world = World::new().await;
    let template = manage::templates().into_iter().find(|t| t.id == "work-email-only").unwrap();
    let hook = world.live("beforeSignup", &template.source).await;
    let hook = world.manage.hook(&world.actor, SLUG, &hook.id).await.unwrap();
    assert_eq!(
        (hook.summary.as_str(), hook.summary_origin.as_str()),
        ("Refuses with “Please use a work email”.", "code")
    );
}
