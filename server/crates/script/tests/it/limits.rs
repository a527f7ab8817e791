//! Every limit ends the run that exceeds it, with its own name.

use std::time::Duration;

use script::{Argument, CompileError, Failure, Language, LimitKind, Limits, MAX_SOURCE, Outcome};
use serde_json::json;

use crate::harness::*;

async fn limited(body: &str, limits: Limits) -> script::Run {
    run_with(&handler(body), call("default", vec![Argument::Bag], json!({})), &limits).await
}

#[tokio::test]
async fn a05_each_limit_has_its_name() {
    for (body, kind) in [
        ("for (;;) {}", LimitKind::Cpu),
        ("const a = []; for (;;) a.push(new Array(1000).fill(1))", LimitKind::Memory),
        ("return 'x'.repeat(300000)", LimitKind::Output),
        ("for (;;) api.access.deny('x'.repeat(1000))", LimitKind::Output),
        ("for (;;) await Aerocall.cache.get('k')", LimitKind::HostCalls),
    ] {
        // On a busy machine the other limits must not lose a race against the CPU limit.
        let limits = match kind {
            LimitKind::Cpu => Limits::default(),
            _ => Limits { cpu: Duration::from_secs(20), wall: Duration::from_secs(60), ..Limits::default() },
        };
        assert_eq!(limited(body, limits).await.outcome, Outcome::Limit(kind), "{body}");
    }
    let limits = Limits { wall: Duration::from_millis(60), ..Limits::default() };
    let run = limited("console.log('before'); await Aerocall.slow(5000)", limits).await;
    assert_eq!(run.outcome, Outcome::Limit(LimitKind::Wall));
    assert_eq!(run.logs[0].message, "before", "what happened before is kept");
    assert!(!run.host_calls[0].ok && run.host_calls[0].result.as_str().unwrap().contains("ended before"));
}

#[tokio::test]
async fn too_many_waiting_operations_are_an_error_that_can_be_caught() {
    let run = limited(
        "let n = 0; const done = []; try { for (;;) { done.push(Aerocall.slow(1)); n += 1 } } catch (e) { await Promise.all(done); return [e.name, n] }",
        Limits { pending: 10, ..Limits::default() },
    )
    .await;
    assert_eq!(run.value.to_value(), json!(["RangeError", 10]));
}

#[tokio::test]
async fn too_many_waiting_timers_are_an_error_that_can_be_caught() {
    let run = limited(
        "let n = 0; try { for (;;) { setTimeout(() => {}, 1000); n += 1 } } catch (e) { return [e.name, e.message, n] }",
        Limits::default(),
    )
    .await;
    assert_eq!(
        run.value.to_value(),
        json!(["RangeError", "at most 1000 timers can wait at the same time", 1000])
    );
}

#[tokio::test]
async fn logs_are_cut() {
    let run = limited(
        "for (let i = 0; i < 500; i += 1) console.log('x'.repeat(1000)); return 1",
        Limits::default(),
    )
    .await;
    assert_eq!(run.value.to_value(), json!(1));
    assert!(run.logs.len() <= 100 && run.logs.iter().map(|log| log.message.len()).sum::<usize>() <= 32 << 10);
}

#[tokio::test]
async fn sources_and_snapshots_have_limits() {
    let error =
        SANDBOX.compile(&" ".repeat(MAX_SOURCE + 1), Language::TypeScript, "tests").await.unwrap_err();
    assert!(matches!(error, CompileError::TooLarge { .. }));
    let source = "globalThis.big = new Uint8Array(6 << 20).fill(7); export default () => 1";
    let compiled = compile(source, Language::JavaScript).await;
    let failure = SANDBOX.load(&compiled, &Limits::default(), "tests").await.err().unwrap();
    assert_eq!(failure, Failure::Limit(LimitKind::Snapshot));
}

#[tokio::test]
async fn sentences_name_the_amount() {
    assert_eq!(LimitKind::Cpu.sentence(&Limits::default()), "used more than its 100 ms of CPU time");
}
