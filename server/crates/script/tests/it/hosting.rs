//! Calls to the host: concurrent, recorded, refused.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use script::{Argument, Host, HostError, Json, Limits, Outcome};
use serde_json::json;
use tokio::runtime::{self, Handle};
use tokio::sync::mpsc;

use crate::harness::*;

#[tokio::test]
async fn host_calls_run_at_the_same_time() {
    let run = run(&handler("return Promise.all([1, 2, 3, 4, 5].map(() => Aerocall.slow(100)))")).await;
    assert_eq!(run.value.to_value(), json!(["slept", "slept", "slept", "slept", "slept"]));
    assert!(run.wall < Duration::from_millis(300), "{:?}", run.wall);
    assert_eq!(run.host_calls.len(), 5);
    assert!(run.host_calls.iter().all(|call| call.ok && call.duration_us >= 99_000));
}

#[tokio::test]
async fn a_failed_call_is_an_error_with_the_callers_position() {
    let run = run(&handler("await Aerocall.cache.get('k');\n  await Aerocall.fail('x')")).await;
    let thrown = thrown(&run);
    assert_eq!((thrown.message.as_str(), thrown.line), ("Aerocall.fail failed on purpose", Some(3)));
    let [good, bad] = &*run.host_calls else { panic!("two calls") };
    assert_eq!((good.ok, &good.args), (true, &json!(["k"])));
    assert_eq!((bad.ok, &bad.result), (false, &json!("Aerocall.fail failed on purpose")));
}

#[tokio::test]
async fn a_synchronous_call_returns_its_answer() {
    let run =
        run(&handler("try { return api.redirect.encodeToken({ a: 1 }) } catch (e) { return e.message }"))
            .await;
    assert_eq!(run.value.to_value(), json!("api.redirect.encodeToken failed on purpose"));
}

#[tokio::test]
async fn calls_that_nobody_awaits_are_finished() {
    let run = run(&handler("Aerocall.slow(50); Aerocall.fail(); return 1")).await;
    assert_eq!((run.outcome, run.value.to_value()), (Outcome::Returned, json!(1)));
    assert!(run.host_calls[0].ok);
    assert!(
        run.logs[0]
            .message
            .starts_with("Unhandled promise rejection: PlatformError: Aerocall.fail failed on purpose")
    );
}

#[tokio::test]
async fn recording_chains_and_returns_promises_where_it_says_so() {
    let run = run(&handler(
        "api.access.deny('a', { b: [1] }).access.deny('c');\n  const p = api.user.setUserMetadata('k', undefined);\n\
         return [p instanceof Promise, await p, Object.isFrozen(api), Object.isFrozen(api.access)]",
    ))
    .await;
    assert_eq!(run.value.to_value(), json!([true, null, true, true]));
    let found: Vec<_> = run.recorded.iter().map(|r| (r.method.as_str(), r.args.to_value(), r.line)).collect();
    assert_eq!(
        found,
        [
            ("access.deny", json!(["a", { "b": [1] }]), Some(2)),
            ("access.deny", json!(["c"]), Some(2)),
            ("user.setUserMetadata", json!(["k", null]), Some(3)),
        ]
    );
}

#[tokio::test]
async fn the_host_may_panic() {
    let run = run(&handler("return Aerocall.panic()")).await;
    assert_eq!(thrown(&run).message, "the server could not perform this operation");
}

/// A host whose operation never ends and says where it is given up.
struct Forever(mpsc::UnboundedSender<runtime::Id>);

struct Given<'a>(&'a mpsc::UnboundedSender<runtime::Id>);

impl Drop for Given<'_> {
    fn drop(&mut self) {
        self.0.send(Handle::current().id()).unwrap();
    }
}

#[async_trait]
impl Host for Forever {
    async fn call(&self, _: &str, _: Json) -> Result<Json, HostError> {
        let _given = Given(&self.0);
        std::future::pending().await
    }
}

#[tokio::test]
async fn an_operation_is_given_up_in_the_hosts_own_runtime() {
    let limits = Limits { wall: Duration::from_millis(100), ..Limits::default() };
    // By the end of the run, and by the code.
    for body in [
        "await Aerocall.slow()",
        "const stop = new AbortController(); setTimeout(() => stop.abort(), 1); await fetch('https://a.b', { signal: stop.signal })",
    ] {
        let program = load(&handler(body)).await;
        let (sender, mut given) = mpsc::unbounded_channel();
        let call = call("default", vec![Argument::Bag], json!({}));
        SANDBOX.run(&program, "tests", &call, &limits, Arc::new(Forever(sender))).await;
        assert_eq!(given.recv().await, Some(Handle::current().id()), "{body}");
    }
}

#[tokio::test]
async fn the_host_is_not_there_while_loading() {
    for body in ["await fetch('https://a.b/')", "setTimeout(() => {}, 1)"] {
        let compiled =
            compile(&format!("{body}\nexport default () => 1"), script::Language::JavaScript).await;
        let failure = SANDBOX.load(&compiled, &Limits::default(), "tests").await.err().unwrap();
        let script::Failure::Threw(thrown) = failure else { panic!("{failure}") };
        assert_eq!(thrown.name, "TypeError");
        assert!(thrown.message.contains("while the hook is loading"), "{}", thrown.message);
    }
}

#[tokio::test]
async fn processor_time_of_the_host_is_not_the_hooks() {
    let run = run(&handler("await Aerocall.large(3000000); return 1")).await;
    assert_eq!(run.value.to_value(), json!(1));
    let shown = run.host_calls[0].result.as_str().unwrap();
    assert!(shown.len() < 5000 && shown.ends_with('…'));
}

#[tokio::test]
async fn an_operation_that_the_call_does_not_list_never_reaches_the_host() {
    let run = run(&handler(
        "Array.prototype.toJSON = function () { return ['users.deleteAll'] };\n\
         const r = await Aerocall.echo('x'); delete Array.prototype.toJSON; return r",
    ))
    .await;
    assert_eq!(run.value.to_value(), json!(["x"]), "arguments are what the author wrote");
    assert!(run.host_calls.iter().all(|call| call.operation == "Aerocall.echo"));
}
