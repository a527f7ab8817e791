//! A run that a broken sandbox ends is told apart from one that the hook's own code ends.

use std::sync::Arc;

use script::{Argument, Fault, Limits, Outcome, Run, Sandbox, SandboxConfig};
use serde_json::json;

use crate::harness::*;

const HOOK: &str = "const kept = { n: 1 }; export default async ({ api }) => { api.access.deny('no', 'never'); return kept.n }";

async fn run_in(sandbox: &Sandbox, source: &str, limits: &Limits) -> Run {
    let program = load(source).await;
    let call = call("default", vec![Argument::Bag], json!({ "user": { "email": "a@example.com" } }));
    sandbox.run(&program, "tests", &call, limits, Arc::new(TestHost)).await
}

#[tokio::test]
async fn n24_a_run_in_a_broken_engine_is_no_failure_of_the_hook() {
    let sandbox = Sandbox::new(SandboxConfig::default()).unwrap();
    for fault in [Fault::Unclean, Fault::Scribbled, Fault::Emptied, Fault::Broken] {
        sandbox.fail_next(fault);
        let broken = run_in(&sandbox, HOOK, &Limits::default()).await;
        assert!(broken.outcome.is_fault(), "{fault:?}: {:?}", broken.outcome);
        // The slot is clean again.
        for _ in 0..2 {
            let next = run_in(&sandbox, HOOK, &Limits::default()).await;
            assert_eq!(
                (next.outcome, next.value.to_value()),
                (Outcome::Returned, json!(1)),
                "after {fault:?}"
            );
            assert_eq!(next.recorded.len(), 1);
        }
    }
}

#[tokio::test]
async fn n24_what_ends_a_run_before_the_code_begins_is_no_failure_of_the_hook() {
    // Reading the event takes more than the run may use.
    let source = "export default async () => 1";
    let program = load(source).await;
    let event = json!({ "list": vec![json!({ "a": "b" }); 200_000] });
    let call = call("default", vec![Argument::Bag], event);
    let limits = Limits { memory: 8 << 20, cpu: std::time::Duration::from_secs(20), ..Limits::default() };
    let run = SANDBOX.run(&program, "tests", &call, &limits, Arc::new(TestHost)).await;
    assert!(run.outcome.is_fault(), "{:?}", run.outcome);
}

#[tokio::test]
async fn a_limit_that_the_code_itself_breaks_is_its_own_failure() {
    for body in [
        "for (;;) {}",
        "const a = []; for (;;) a.push(new Array(1000).fill(1))",
        "new ArrayBuffer(2 ** 31 - 1)",
    ] {
        let limits = Limits { cpu: std::time::Duration::from_millis(500), ..Limits::default() };
        let run = run_with(&handler(body), call("default", vec![Argument::Bag], json!({})), &limits).await;
        assert!(!run.outcome.is_fault(), "{body}: {:?}", run.outcome);
        assert_ne!(run.outcome, Outcome::Returned, "{body}");
    }
}
