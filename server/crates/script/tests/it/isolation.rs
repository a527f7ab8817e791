//! Nothing of one call reaches another; tenants share fairly.

use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use script::{Argument, Failure, Language, Limits, Outcome, Sandbox, SandboxConfig};
use serde_json::{Value, json};

use crate::harness::*;

#[tokio::test]
async fn a05_no_state_survives_a_call() {
    let program = load(
        "let count = 0; globalThis.box = { n: 0 };\n\
         export default async ({ event }) => { count += 1; box.n += 1; const seen = [count, box.n, Object.prototype.leak ?? null, typeof globalThis.other];\n\
         Object.prototype.leak = 'leak'; globalThis.other = 1; Array.prototype.map = () => 'broken'; JSON.parse = () => 'broken'; return seen }",
    )
    .await;
    for _ in 0..3 {
        let run = SANDBOX
            .run(
                &program,
                "tests",
                &call("default", vec![Argument::Bag], json!({})),
                &Limits::default(),
                Arc::new(TestHost),
            )
            .await;
        assert_eq!(
            (run.outcome, run.value.to_value()),
            (Outcome::Returned, json!([1, 1, null, "undefined"]))
        );
    }
}

#[tokio::test]
async fn a05_random_numbers_and_time_are_not_part_of_the_snapshot() {
    let program = load("const { random } = Math, { now } = Date; export default () => [random(), crypto.randomUUID(), now(), performance.now(), performance.timeOrigin]").await;
    let mut seen = Vec::new();
    for _ in 0..2 {
        let before = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        let run = SANDBOX
            .run(
                &program,
                "tests",
                &call("default", vec![], json!({})),
                &Limits::default(),
                Arc::new(TestHost),
            )
            .await;
        let value = run.value.to_value();
        let (now, since, origin) =
            (value[2].as_u64().unwrap(), value[3].as_f64().unwrap(), value[4].as_f64().unwrap());
        assert!(u128::from(now) >= before.as_millis(), "{value}");
        assert!(since >= 0.0 && origin + 1.0 >= before.as_millis() as f64, "{value}");
        assert!((origin + since - now as f64).abs() < 100.0, "since the call began: {value}");
        seen.push(value);
    }
    assert!(seen[0][0] != seen[1][0] && seen[0][1] != seen[1][1]);
}

#[tokio::test]
async fn a05_hooks_reach_nothing_outside() {
    let value = value_of(
        "const found = ['process', 'require', 'Deno', 'Bun', 'std', 'os', 'XMLHttpRequest', 'WebSocket', 'Worker', 'WebAssembly', '__dirname', 'native'].filter((n) => n in globalThis);\n\
         const deep = []; try { deep.push(typeof (await import('std'))) } catch (e) { deep.push('refused') } try { deep.push(typeof (await import('file:///etc/passwd'))) } catch (e) { deep.push('refused') }\n\
         return [found, deep, (0, eval)('typeof process')]",
    )
    .await;
    assert_eq!(value, json!([[], ["refused", "refused"], "undefined"]));
}

#[tokio::test]
async fn a05_a_tenant_has_its_share_and_others_go_on() {
    let config = SandboxConfig {
        slots: 4,
        per_tenant: 2,
        queue_timeout: Duration::from_millis(50),
        threads: 2,
        ..SandboxConfig::default()
    };
    let sandbox = Sandbox::new(config).unwrap();
    let compiled =
        compile(&handler("await Aerocall.slow(event.ms ?? 0); return 1"), script::Language::JavaScript).await;
    let program = sandbox.load(&compiled, &Limits::default(), "tests").await.unwrap();
    let start = |tenant: &'static str, ms: u64| {
        let (sandbox, program) = (sandbox.clone(), program.clone());
        tokio::spawn(async move {
            let call = call("default", vec![Argument::Bag], json!({ "ms": ms }));
            sandbox.run(&program, tenant, &call, &Limits::default(), Arc::new(TestHost)).await.outcome
        })
    };
    let busy: Vec<_> = (0..4).map(|_| start("a", 400)).collect();
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(start("b", 0).await.unwrap(), Outcome::Returned);
    let mut outcomes = Vec::new();
    for run in busy {
        outcomes.push(run.await.unwrap());
    }
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == Outcome::Busy).count(), 2, "{outcomes:?}");
    assert_eq!(start("a", 0).await.unwrap(), Outcome::Returned);
}

#[tokio::test]
async fn a05_slow_checks_of_a_tenant_do_not_hold_up_what_another_compiles_and_loads() {
    // Compiling it takes a while, and then its top level uses up its time.
    let slow = format!("{}for (;;) {{}}", "function f(a) { return [a, a + 1, { a }] }\n".repeat(2000));
    let checks: Vec<_> = (0..50)
        .map(|_| {
            let (sandbox, slow) = (SANDBOX.clone(), slow.clone());
            tokio::spawn(async move {
                let compiled = sandbox.compile(&slow, Language::JavaScript, "slow").await.unwrap();
                sandbox.load(&compiled, &Limits::default(), "slow").await.err().unwrap()
            })
        })
        .collect();
    // Until one of them has come as far as to be loaded.
    let loads = SANDBOX.loads();
    while SANDBOX.loads() == loads {
        tokio::task::yield_now().await;
    }
    let compiled = SANDBOX.compile("export default () => 1", Language::JavaScript, "quick").await.unwrap();
    SANDBOX.load(&compiled, &Limits::default(), "quick").await.unwrap();
    let done = checks.iter().filter(|check| check.is_finished()).count();
    assert!(done < 10, "{done} of 50 slow checks were served first");
    // What a tenant asks for beyond its queue is refused at once.
    let limits = Limits::default();
    let crowd = (0..100).map(|_| SANDBOX.load(&compiled, &limits, "slow"));
    let ended = first_of(crowd.collect()).await;
    assert!(ended.iter().any(|result| matches!(result, Err(Failure::Busy))));
    checks.iter().for_each(tokio::task::JoinHandle::abort);
}

/// Waits for the first that ends.
async fn first_of<F: Future>(all: Vec<F>) -> Vec<F::Output> {
    let mut all: Vec<_> = all.into_iter().map(Box::pin).collect();
    std::future::poll_fn(|cx| {
        let ended: Vec<_> = all
            .iter_mut()
            .filter_map(|one| match one.as_mut().poll(cx) {
                Poll::Ready(output) => Some(output),
                Poll::Pending => None,
            })
            .collect();
        if ended.is_empty() { Poll::Pending } else { Poll::Ready(ended) }
    })
    .await
}

#[tokio::test]
async fn a05_a_run_that_nobody_waits_for_ends() {
    let config = SandboxConfig {
        slots: 1,
        instances: 1,
        per_tenant: 1,
        queue_timeout: Duration::from_secs(2),
        threads: 1,
        ..SandboxConfig::default()
    };
    let sandbox = Sandbox::new(config).unwrap();
    let compiled = compile(&handler("await Aerocall.slow(event.ms)"), script::Language::JavaScript).await;
    let program = sandbox.load(&compiled, &Limits::default(), "tests").await.unwrap();
    let slow = call("default", vec![Argument::Bag], json!({ "ms": 4000 }));
    let limits = Limits::default();
    let run = sandbox.run(&program, "t", &slow, &limits, Arc::new(TestHost));
    assert!(tokio::time::timeout(Duration::from_millis(50), run).await.is_err());
    let started = Instant::now();
    let quick = call("default", vec![Argument::Bag], json!({ "ms": 1 }));
    assert_eq!(
        sandbox.run(&program, "t", &quick, &limits, Arc::new(TestHost)).await.outcome,
        Outcome::Returned
    );
    assert!(started.elapsed() < Duration::from_secs(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a05_a_good_call_is_quick_while_eight_attackers_loop() {
    let sandbox = Sandbox::new(SandboxConfig::default()).unwrap();
    let good = load("export default async ({ event }) => event.n").await;
    let bad = load("export default async () => { for (;;) {} }").await;
    let attackers: Vec<_> = (0..8)
        .map(|n| {
            let (sandbox, bad) = (sandbox.clone(), bad.clone());
            let tenant = if n % 2 == 0 { "x" } else { "y" };
            tokio::spawn(async move {
                for _ in 0..2 {
                    let call = call("default", vec![Argument::Bag], Value::Null);
                    sandbox.run(&bad, tenant, &call, &Limits::default(), Arc::new(TestHost)).await;
                }
            })
        })
        .collect();
    let mut times = Vec::new();
    while !attackers.iter().all(tokio::task::JoinHandle::is_finished) {
        let started = Instant::now();
        let call = call("default", vec![Argument::Bag], json!({ "n": 1 }));
        let run = sandbox.run(&good, "good", &call, &Limits::default(), Arc::new(TestHost)).await;
        assert_eq!(run.outcome, Outcome::Returned);
        times.push(started.elapsed());
    }
    times.sort();
    let median = times[times.len() / 2];
    println!("good calls: {} median {median:?} worst {:?}", times.len(), times.last().unwrap());
    // The target is 50 ms on an idle machine; builds and other tests share this one.
    assert!(median < Duration::from_millis(100), "{median:?}");
}

#[tokio::test]
async fn the_sandbox_shuts_down_while_a_hook_loops() {
    let sandbox = Sandbox::new(SandboxConfig::default()).unwrap();
    let bad = load("export default async () => { for (;;) {} }").await;
    let limits = Limits { cpu: Duration::from_secs(60), wall: Duration::from_secs(60), ..Limits::default() };
    let other = sandbox.clone();
    let looping = tokio::spawn(async move {
        other.run(&bad, "t", &call("default", vec![], Value::Null), &limits, Arc::new(TestHost)).await
    });
    tokio::time::sleep(Duration::from_millis(50)).await;
    looping.abort();
    assert!(looping.await.unwrap_err().is_cancelled());
    drop(sandbox);
}
