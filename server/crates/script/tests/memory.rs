//! What runs make the server itself keep. A process of its own, so that nothing else is measured.

#![expect(clippy::unwrap_used, reason = "a failed test is told by a panic")]

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use script::{
    Argument, Behaviour, Call, Host, HostError, Json, Language, Limits, Method, Outcome, Program, Run,
    Sandbox, SandboxConfig,
};
use serde_json::{Value, json};

/// Seven bytes of text each, and ninety times that as a value.
const MANY: &str = "(n) => Array(n).fill({ '': 0 })";
const MOST: usize = 48 << 20;

/// Answers when everything that can wait is waiting.
struct Slow;

#[async_trait]
impl Host for Slow {
    async fn call(&self, _: &str, _: Json) -> Result<Json, HostError> {
        tokio::time::sleep(Duration::from_millis(500)).await;
        Ok(Json::null())
    }
}

/// A line of the process's status, in bytes.
fn status(name: &str) -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<usize>().unwrap() << 10
}

async fn load(sandbox: &Sandbox, body: &str) -> Program {
    let source = format!("const many = {MANY};\nexport default async ({{ Aerocall }}) => {{ {body} }}");
    let compiled = sandbox.compile(&source, Language::JavaScript, "tests").await.unwrap();
    sandbox.load(&compiled, &Limits::default(), "tests").await.unwrap()
}

async fn run(sandbox: &Sandbox, program: &Program) -> Run {
    let call = Call {
        handler: "default".to_owned(),
        arguments: vec![Argument::Bag],
        sdk: vec![Method { path: "cache.get".into(), behaviour: Behaviour::Host, params: "".into() }],
        ..Call::default()
    };
    let limits = Limits { cpu: Duration::from_secs(20), wall: Duration::from_secs(60), ..Limits::default() };
    sandbox.run(program, "tests", &call, &limits, Arc::new(Slow)).await
}

#[tokio::test]
async fn a05_what_runs_send_and_return_takes_little_memory_of_the_server() {
    let sandbox = Sandbox::new(SandboxConfig::default()).unwrap();
    let waiting = |count: usize, given: &str, operation: &str| {
        format!(
            "const given = {given};
            const all = Array.from({{ length: {count} }}, () => {operation}.then(() => 'done', (e) => e.message));
            const found = await Promise.all(all);
            return Object.entries(Object.groupBy(found, (text) => text)).map(([text, all]) => [text, all.length]);"
        )
    };
    let small = load(&sandbox, "return 1").await;
    let (long, short, fetches) = (
        load(&sandbox, &waiting(16, "many(149000)", "Aerocall.cache.get(given)")).await,
        load(&sandbox, &waiting(64, "many(9000)", "Aerocall.cache.get(given)")).await,
        load(
            &sandbox,
            &waiting(
                64,
                "JSON.stringify(many(34000))",
                "fetch('https://a.b', { method: 'POST', body: given })",
            ),
        )
        .await,
    );
    let returning = load(&sandbox, "return many(37000)").await;
    assert_eq!(run(&sandbox, &small).await.outcome, Outcome::Returned);
    let before = status("VmRSS");
    let found = |run: Run| -> Value { run.value.to_value() };
    assert_eq!(found(run(&sandbox, &long).await), json!([["the arguments are longer than 64 KiB", 16]]));
    let too_many = "more than 2 MiB of arguments are waiting";
    assert_eq!(found(run(&sandbox, &short).await), json!([["done", 33], [too_many, 31]]));
    let fetched = found(run(&sandbox, &fetches).await);
    assert_eq!(fetched[1], json!([too_many, 58]), "{fetched}");
    let mut kept = Vec::new();
    for _ in 0..20 {
        let run = run(&sandbox, &returning).await;
        assert_eq!(run.outcome, Outcome::Returned);
        kept.push(run);
    }
    let grown = status("VmHWM").saturating_sub(before);
    println!("grown by {} KiB", grown >> 10);
    assert!(grown < MOST, "{} MiB", grown >> 20);
}
