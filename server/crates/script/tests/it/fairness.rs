//! Runs that wait keep out no others.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use async_trait::async_trait;
use script::{Argument, Call, Host, HostError, Json, Limits, Outcome, Program, Sandbox, SandboxConfig};
use serde_json::json;
use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinHandle;

use crate::harness::*;

/// Answers when the gate is opened, and counts who waits.
struct Gate {
    waiting: AtomicUsize,
    arrived: Notify,
    open: Semaphore,
}

impl Gate {
    fn new() -> Arc<Self> {
        Arc::new(Self { waiting: AtomicUsize::new(0), arrived: Notify::new(), open: Semaphore::new(0) })
    }

    /// Fails where they never come, as with a pool that was made smaller.
    async fn until_waiting(&self, count: usize) {
        let all = async {
            loop {
                let arrived = self.arrived.notified();
                if self.waiting.load(Relaxed) >= count {
                    return;
                }
                arrived.await;
            }
        };
        let came = tokio::time::timeout(Duration::from_secs(60), all).await;
        let waiting = self.waiting.load(Relaxed);
        assert!(came.is_ok(), "only {waiting} of {count} runs wait");
    }

    fn open(&self) {
        self.open.close();
    }
}

#[async_trait]
impl Host for Gate {
    async fn call(&self, _: &str, _: Json) -> Result<Json, HostError> {
        self.waiting.fetch_add(1, Relaxed);
        self.arrived.notify_waiters();
        // Closing the gate's semaphore opens it for good.
        let _ = self.open.acquire().await;
        Ok(Json::null())
    }
}

const WAITS: &str = "await Aerocall.slow(); return 'answered'";

struct World {
    sandbox: Sandbox,
    gate: Arc<Gate>,
    waits: Program,
    quick: Program,
}

impl World {
    async fn new(config: SandboxConfig) -> Self {
        Self {
            sandbox: Sandbox::new(config).unwrap(),
            gate: Gate::new(),
            waits: load(&handler(WAITS)).await,
            quick: load(&handler("return 1")).await,
        }
    }

    fn start(&self, tenant: String, program: &Program, limits: Limits) -> JoinHandle<Outcome> {
        let (sandbox, gate, program) = (self.sandbox.clone(), self.gate.clone(), program.clone());
        tokio::spawn(
            async move { sandbox.run(&program, &tenant, &default_call(), &limits, gate).await.outcome },
        )
    }

    /// So many runs of each of so many tenants, that wait by now.
    async fn crowd(&self, tenants: usize, runs: usize) -> Vec<JoinHandle<Outcome>> {
        let all: Vec<_> = (0..tenants * runs)
            .map(|n| self.start(format!("crowd {}", n % tenants), &self.waits, patient()))
            .collect();
        self.gate.until_waiting(tenants * runs).await;
        all
    }
}

fn default_call() -> Call {
    call("default", vec![Argument::Bag], json!({}))
}

fn patient() -> Limits {
    Limits { wall: Duration::from_secs(120), cpu: Duration::from_secs(60), ..Limits::default() }
}

#[tokio::test]
async fn n24_four_projects_that_only_wait_keep_out_no_fifth() {
    let world = World::new(SandboxConfig::default()).await;
    let crowd = world.crowd(4, 4).await;
    let fifth: Vec<_> = (0..4).map(|_| world.start("fifth".into(), &world.quick, patient())).collect();
    for run in fifth {
        assert_eq!(run.await.unwrap(), Outcome::Returned);
    }
    // The fifth may wait as well, and all of them go on when there is an answer.
    let waiting = world.start("fifth".into(), &world.waits, patient());
    world.gate.until_waiting(17).await;
    world.gate.open();
    for run in crowd.into_iter().chain([waiting]) {
        assert_eq!(run.await.unwrap(), Outcome::Returned);
    }
}

#[tokio::test]
async fn n24_a_hundred_projects_that_only_wait_keep_out_no_other() {
    let config = SandboxConfig { queue_timeout: Duration::from_millis(200), ..SandboxConfig::default() };
    let world = World::new(config).await;
    // Each has its first place; what is left of the shared ones goes round.
    let firsts = world.crowd(100, 1).await;
    let more: Vec<_> =
        (0..300).map(|n| world.start(format!("crowd {}", n % 100), &world.waits, patient())).collect();
    world.gate.until_waiting(128).await;
    for n in 0..20 {
        let other = world.start(format!("other {n}"), &world.quick, patient());
        assert_eq!(other.await.unwrap(), Outcome::Returned);
    }
    world.gate.open();
    for run in firsts {
        assert_eq!(run.await.unwrap(), Outcome::Returned);
    }
    for run in more {
        assert!(matches!(run.await.unwrap(), Outcome::Returned | Outcome::Busy));
    }
}

#[tokio::test]
async fn timers_give_up_the_turn_as_calls_to_the_server_do() {
    let config = SandboxConfig { slots: 1, per_tenant: 8, ..SandboxConfig::default() };
    let world = World::new(config).await;
    let sleeps =
        load(&handler("await Promise.all([Aerocall.slow(), new Promise((f) => setTimeout(f, 1e6))])")).await;
    // The second of a tenant needs the one shared turn.
    let crowd: Vec<_> = (0..7).map(|_| world.start("one".into(), &sleeps, patient())).collect();
    world.gate.until_waiting(7).await;
    for _ in 0..2 {
        assert_eq!(world.start("one".into(), &world.quick, patient()).await.unwrap(), Outcome::Returned);
    }
    crowd.iter().for_each(JoinHandle::abort);
}

#[tokio::test]
async fn a_project_over_its_own_share_is_refused_while_others_are_not() {
    let config = SandboxConfig { queue_timeout: Duration::from_millis(50), ..SandboxConfig::default() };
    let world = World::new(config).await;
    let crowd = world.crowd(1, 4).await;
    assert_eq!(world.start("crowd 0".into(), &world.quick, patient()).await.unwrap(), Outcome::Busy);
    assert_eq!(world.start("other".into(), &world.quick, patient()).await.unwrap(), Outcome::Returned);
    world.gate.open();
    for run in crowd {
        assert_eq!(run.await.unwrap(), Outcome::Returned);
    }
}

#[tokio::test]
async fn a_run_that_gets_no_turn_after_its_answer_is_busy_and_no_failure_of_the_hook() {
    let config = SandboxConfig { slots: 1, ..SandboxConfig::default() };
    let world = World::new(config).await;
    let loops = load("export default async () => { for (;;) {} }").await;
    let limits = Limits { wall: Duration::from_secs(2), ..patient() };
    let waits = world.start("one".into(), &world.waits, limits);
    world.gate.until_waiting(1).await;
    let until_computing = async |count| {
        while world.sandbox.computing() != count {
            tokio::task::yield_now().await;
        }
    };
    until_computing(0).await;
    // Takes the turn that the first one needs to go on.
    let loops = world.start("one".into(), &loops, patient());
    until_computing(1).await;
    world.gate.open();
    assert_eq!(waits.await.unwrap(), Outcome::Busy);
    loops.abort();
}
