//! What a hook returns and what it passes to `api`, as the record of its run tells it.

use contract::{catalogue::triggers::Trigger, manage::RunOutcome};
use serde_json::json;

use crate::world::{Fired, World, world};

async fn fired(body: &str) -> (World, Fired) {
    let world = world().await;
    let source = format!("exports.onExecutePreUserRegistration = async (event, api) => {{\n{body}\n}};");
    world.deploy(Trigger::PreUserRegistration, &source).await;
    let fired = world.fire().await;
    (world, fired)
}

/// The warnings of the only run.
fn warnings(fired: &Fired) -> Vec<(&str, Option<u32>)> {
    let logs = fired.run().logs.iter().filter(|log| log.level == "warn");
    logs.map(|log| (log.message.as_str(), log.line)).collect()
}

#[tokio::test]
async fn n23_a_returned_verdict_is_ignored_with_a_warning() {
    for (verdict, shown) in [
        ("false", "false"),
        ("'no'", "a text"),
        ("{ allow: false }", "an object with `allow`"),
        ("{ error: 'no' }", "an object with `error`"),
        ("new Response('no', { status: 403 })", "an object with `"),
    ] {
        let (_world, fired) = fired(&format!("return {verdict};")).await;
        assert!(fired.result.is_ok(), "{verdict}");
        let [(warning, _)] = warnings(&fired)[..] else { panic!("{verdict}: {:?}", fired.run().logs) };
        assert!(warning.contains(shown) && warning.contains("api.deny(reason)"), "{warning}");
    }
}

#[tokio::test]
async fn a_returned_call_of_the_api_is_no_verdict() {
    let (_world, refused) = fired("return api.access.deny('no', 'No');").await;
    assert_eq!(refused.result.as_ref().unwrap_err().message, "No");
    assert_eq!(warnings(&refused), []);
    assert_eq!(refused.run().output, json!(null));
    let (_world, set) = fired("return api.user.setAppMetadata('a', 1);").await;
    assert_eq!(warnings(&set), []);
}

#[tokio::test]
async fn n23_undefined_as_metadata_is_an_error_and_deletes_nothing() {
    for value in ["undefined", "NaN", "() => 1", "event.user.missing"] {
        let (_world, fired) = fired(&format!("api.user.setUserMetadata('plan', {value});")).await;
        let run = fired.run();
        assert_eq!(run.summary.outcome, RunOutcome::Threw, "{value}");
        let error = run.error.as_ref().unwrap();
        assert!(error.message.contains("setUserMetadata(\"plan\"): value is"), "{}", error.message);
        assert_eq!(error.line, Some(2), "{value}");
        assert!(fired.result.as_ref().unwrap().user_metadata.is_empty(), "{value}");
    }
    let (_world, removed) = fired("api.user.setUserMetadata('plan', null);").await;
    assert_eq!(removed.result.unwrap().user_metadata, [("plan".to_owned(), json!(null))]);
}

/// Its handler's failures go on, so that a slip in a refusal would let the caller in.
#[tokio::test]
async fn n23_a_refusal_with_a_wrong_argument_refuses_and_the_record_says_what_is_wrong() {
    for call in ["api.access.deny()", "api.access.deny(403)", "api.access.deny(new Error('x'))"] {
        let (_world, fired) = fired(&format!("{call};")).await;
        let denial = fired.result.as_ref().unwrap_err();
        assert_eq!(denial.message, "This request was refused.", "{call}");
        let error = fired.run().error.as_ref().unwrap();
        assert!(error.message.contains("api.access.deny: code must be a string"), "{}", error.message);
        assert_eq!(error.line, Some(2), "{call}");
    }
}

#[tokio::test]
async fn a_name_that_hooks_do_not_have_is_told_with_the_way_around() {
    let (_world, fired) = fired("return process.env.API_KEY;").await;
    let error = fired.run().error.as_ref().unwrap();
    assert_eq!((error.name.as_str(), error.line), ("ReferenceError", Some(2)));
    assert!(
        error.message.starts_with("process is not defined: ") && error.message.contains("secrets"),
        "{}",
        error.message
    );
}
