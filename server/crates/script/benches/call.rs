//! What a call costs: in the sandbox, and in plain QuickJS with a fresh context beside it: bare, and with what hook
//! code finds in the sandbox.
//!
//! `cargo bench -p script` prints the percentiles of each first, then criterion's figures.

#![expect(clippy::unwrap_used, reason = "a failure is told by a panic")]

use std::hint::black_box;
use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use criterion::Criterion;
use rquickjs::module::{Evaluated, WriteOptions};
use rquickjs::{Context, Function, Module, Object, Promise, Runtime, Value as JsValue};
use script::{
    Argument, Behaviour, Call, Host, HostError, Json, Language, Limits, Method, Outcome, Program, Sandbox,
    SandboxConfig,
};
use serde_json::{Value, json};

const TRIVIAL: &str = "export default async (event, api) => { if (event.user.email.endsWith('@blocked.example')) api.access.deny('no'); return event.n };";
const HOSTED: &str = "export default async (event) => { for (let i = 0; i < event.calls; i += 1) await Aerocall.cache.get('k'); };";
const LOOP: &str = "export default () => { for (;;) {} }";
const SAMPLES: usize = 3000;

struct Instantly;

#[async_trait]
impl Host for Instantly {
    async fn call(&self, _: &str, _: Json) -> Result<Json, HostError> {
        Ok(Json::of(&json!({ "value": "v" })).unwrap())
    }
}

/// An event of about 1 KB.
fn event() -> Value {
    json!({ "n": 1, "calls": 0, "user": { "email": "someone@example.com", "about": "x".repeat(850) }, "request": { "ip": "192.0.2.1" } })
}

fn call(event: Value) -> Call {
    let method = |path: &'static str, behaviour| Method { path: path.into(), behaviour, params: "".into() };
    Call {
        handler: "default".to_owned(),
        arguments: vec![Argument::Event, Argument::Api],
        event,
        api: vec![method("access.deny", Behaviour::Record)],
        sdk: vec![method("cache.get", Behaviour::Host)],
        ..Call::default()
    }
}

/// A hook of 50 lines.
fn fifty_lines() -> String {
    let lines: String = (0..46)
        .map(|n| format!("function step{n}(event) {{ return event.user.email.includes('a{n}') ? {n} : step{}(event) }}\n", n + 1))
        .collect();
    format!(
        "const list = ['a', 'b'];\n{lines}function step46() {{ return list.length }}\nexport default async (event) => step0(event);\n"
    )
}

struct Bench {
    runtime: tokio::runtime::Runtime,
    sandbox: Sandbox,
}

impl Bench {
    fn new() -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        Self { runtime, sandbox: Sandbox::new(SandboxConfig::default()).unwrap() }
    }

    fn load(&self, source: &str) -> Program {
        self.runtime.block_on(async {
            let compiled = self.sandbox.compile(source, Language::TypeScript, "bench").await.unwrap();
            self.sandbox.load(&compiled, &Limits::default(), "bench").await.unwrap()
        })
    }

    async fn run(&self, program: &Program, call: &Call, limits: &Limits) -> script::Run {
        self.sandbox.run(program, "bench", call, limits, Arc::new(Instantly)).await
    }
}

/// A fresh runtime and context, the module evaluated, one call, everything dropped.
fn native(source: &str, event: &str) -> String {
    let runtime = Runtime::new().unwrap();
    let context = Context::full(&runtime).unwrap();
    context.with(|ctx| {
        let (module, _) = Module::declare(ctx.clone(), "hook.js", source).unwrap().eval().unwrap();
        let handler: Function = module.get("default").unwrap();
        let promise: Promise = handler.call((ctx.json_parse(event).unwrap(),)).unwrap();
        let value: JsValue = promise.finish().unwrap();
        ctx.json_stringify(value).unwrap().unwrap().to_string().unwrap()
    })
}

/// Plain QuickJS that offers hook code what the sandbox does: without snapshots every call has to evaluate the prelude.
/// Both it and the hook are compiled once.
struct Native {
    prelude: Vec<u8>,
    hook: Vec<u8>,
}

impl Native {
    /// None where `make guests` has left no prelude.
    fn new(hook: &str) -> Option<Self> {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../.build/guests/prelude.js");
        let prelude = std::fs::read_to_string(path).ok()?;
        let prelude = format!(
            "export const {{ install }} = ((module) => {{{prelude}\nreturn module.exports}})({{ exports: {{}} }});"
        );
        Some(Self { prelude: bytecode("prelude.js", &prelude), hook: bytecode("hook.js", hook) })
    }

    /// A fresh runtime and context, prelude and hook evaluated, one call, everything dropped.
    fn call(&self, call: &str) -> String {
        let runtime = Runtime::new().unwrap();
        let context = Context::full(&runtime).unwrap();
        context.with(|ctx| {
            let prelude = evaluated(&ctx, &self.prelude);
            let install: Function = prelude.get("install").unwrap();
            let natives = Object::new(ctx.clone()).unwrap();
            natives.set("begin", Function::new(ctx.clone(), || {})).unwrap();
            let functions: Object = install.call((natives,)).unwrap();
            let invoke: Function = functions.get("invoke").unwrap();
            let exports = evaluated(&ctx, &self.hook).namespace().unwrap();
            let promise: Promise = invoke.call((exports, ctx.json_parse(call).unwrap())).unwrap();
            let value: JsValue = promise.finish().unwrap();
            ctx.json_stringify(value).unwrap().unwrap().to_string().unwrap()
        })
    }
}

fn bytecode(name: &str, source: &str) -> Vec<u8> {
    let runtime = Runtime::new().unwrap();
    let context = Context::full(&runtime).unwrap();
    context.with(|ctx| Module::declare(ctx, name, source).unwrap().write(WriteOptions::default()).unwrap())
}

fn evaluated<'js>(ctx: &rquickjs::Ctx<'js>, bytecode: &[u8]) -> Module<'js, Evaluated> {
    #[expect(unsafe_code, reason = "bytecode is loaded on trust")]
    // SAFETY: this program has just made it, with the same engine.
    let module = unsafe { Module::load(ctx.clone(), bytecode) };
    module.unwrap().eval().unwrap().0
}

fn report(name: &str, mut times: Vec<Duration>) {
    times.sort();
    let at = |part: f64| times[((times.len() - 1) as f64 * part) as usize];
    let mut out = std::io::stdout().lock();
    writeln!(out, "{name}: min {:?}  p50 {:?}  p95 {:?}  p99 {:?}", times[0], at(0.5), at(0.95), at(0.99))
        .unwrap();
}

fn sample(count: usize, mut work: impl FnMut()) -> Vec<Duration> {
    (0..count + count / 10)
        .map(|_| {
            let started = Instant::now();
            work();
            started.elapsed()
        })
        .skip(count / 10)
        .collect()
}

fn percentiles(bench: &Bench) {
    let limits = Limits { host_calls: 1000, ..Limits::default() };
    let (trivial, hosted, looping) = (bench.load(TRIVIAL), bench.load(HOSTED), bench.load(LOOP));
    let small = call(event());
    let run = |program: &Program, call: &Call| {
        let run = bench.runtime.block_on(bench.run(program, call, &limits));
        assert_eq!(run.outcome, Outcome::Returned);
    };
    report("isolated call", sample(SAMPLES, || run(&trivial, &small)));
    let inside = (0..SAMPLES).map(|_| bench.runtime.block_on(bench.run(&trivial, &small, &limits)).cpu);
    report("isolated call, processor time inside", inside.collect());
    let giving_back = SandboxConfig { scan: false, ..SandboxConfig::default() };
    let giving_back = Bench { sandbox: Sandbox::new(giving_back).unwrap(), ..Bench::new() };
    let given_back = || {
        giving_back.runtime.block_on(giving_back.run(&trivial, &small, &limits));
    };
    report("isolated call, all memory given back afterwards", sample(SAMPLES, given_back));
    let text = event().to_string();
    report(
        "native fresh context",
        sample(SAMPLES, || {
            black_box(native(TRIVIAL, &text));
        }),
    );
    if let Some(native) = Native::new(TRIVIAL) {
        let text = serde_json::to_string(&small).unwrap();
        report(
            "native fresh context with the prelude",
            sample(300, || {
                black_box(native.call(&text));
            }),
        );
    }
    let many = call({
        let mut event = event();
        event["calls"] = json!(100);
        event
    });
    report("100 awaited host calls", sample(300, || run(&hosted, &many)));
    let source = fifty_lines();
    let compiled =
        bench.runtime.block_on(bench.sandbox.compile(&source, Language::TypeScript, "bench")).unwrap();
    report(
        "compile 50 lines",
        sample(200, || {
            bench.runtime.block_on(bench.sandbox.compile(&source, Language::TypeScript, "bench")).unwrap();
        }),
    );
    report(
        "load 50 lines",
        sample(200, || {
            bench.runtime.block_on(bench.sandbox.load(&compiled, &limits, "bench")).unwrap();
        }),
    );
    let fifty = bench.load(&source);
    report("isolated call, 50 lines", sample(SAMPLES, || run(&fifty, &small)));
    let over = (0..20).map(|_| {
        let run = bench.runtime.block_on(bench.run(&looping, &small, &limits));
        run.cpu.saturating_sub(limits.cpu)
    });
    report("processor time beyond the deadline", over.collect());
    let mut out = std::io::stdout().lock();
    let sizes = (trivial.bytes(), fifty.bytes());
    writeln!(out, "idle program: trivial {} bytes, 50 lines {} bytes", sizes.0, sizes.1).unwrap();
    let started = Instant::now();
    let calls = bench.runtime.block_on(async {
        let workers = (0..4).map(|_| async {
            for _ in 0..5000 {
                bench.run(&trivial, &small, &limits).await;
            }
        });
        futures_of(workers.collect()).await
    });
    writeln!(
        out,
        "throughput of 4 callers: {:.0} calls/s",
        calls as f64 * 5000.0 / started.elapsed().as_secs_f64()
    )
    .unwrap();
}

/// Waits for all; returns how many there were.
async fn futures_of<F: Future>(all: Vec<F>) -> usize {
    let mut all: Vec<_> = all.into_iter().map(Box::pin).collect();
    let count = all.len();
    std::future::poll_fn(|cx| {
        all.retain_mut(|one| one.as_mut().poll(cx).is_pending());
        if all.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    count
}

fn calls(criterion: &mut Criterion) {
    let bench = Bench::new();
    percentiles(&bench);
    let trivial = bench.load(TRIVIAL);
    let (small, text, limits) = (call(event()), event().to_string(), Limits::default());
    criterion.bench_function("isolated call", |b| {
        b.to_async(&bench.runtime).iter(|| bench.run(&trivial, &small, &limits));
    });
    criterion.bench_function("native fresh context", |b| b.iter(|| native(TRIVIAL, &text)));
}

fn main() {
    calls(&mut Criterion::default().configure_from_args());
}
