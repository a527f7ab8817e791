//! The sandbox as the server sees it: compile, load, run.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::admission::{Admission, Permit, Places};
use crate::call::{Behaviour, Call, Method};
use crate::compiled::{CompileError, Compiled, Language};
use crate::compiler::Compiler;
use crate::error::ScriptError;
#[cfg(feature = "testing")]
use crate::faults::Fault;
use crate::guest::Pool;
use crate::host::Host;
use crate::limits::Limits;
use crate::outcome::{Failure, Outcome, Run};
use crate::program::{Loader, Program};
use crate::runner::{Runner, refused};
use crate::state::Bridge;
use crate::turn::Turn;
use crate::worker::Worker;

/// Sources that are compiled at the same time; each takes much memory for a moment.
const COMPILING: usize = 2;
/// Programs that are loaded at the same time. Compiling does not take their places: traffic waits for them.
const LOADING: usize = 4;
/// How many of either are of one tenant.
const SHARE: usize = 1;
/// How long a program waits to be compiled or loaded.
const LOADING_QUEUE: Duration = Duration::from_secs(10);

/// What the server learns of a failure that is no author's business.
const FAILED: &str = "the sandbox failed";

/// Settings of the sandbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SandboxConfig {
    /// Runs that compute at the same time, over all tenants. The first run of a tenant is not counted among them.
    pub slots: u32,
    /// Runs in memory at the same time, those that wait for the server included. Half of them are for tenants that have
    /// none; fewer where the machine has no addresses for them.
    pub instances: u32,
    /// Runs in memory at the same time of one tenant.
    pub per_tenant: u32,
    /// How long a run waits for its place before it is refused as busy.
    pub queue_timeout: Duration,
    /// Threads that run hook code.
    pub threads: usize,
    /// Whether the kernel is asked which pages a run has written. Else all memory is given back after every run, which
    /// more than doubles its cost.
    pub scan: bool,
}

impl Default for SandboxConfig {
    fn default() -> Self {
        let threads = std::thread::available_parallelism().map_or(2, usize::from).clamp(2, 16);
        let queue_timeout = Duration::from_secs(2);
        Self { slots: 16, instances: 256, per_tenant: 4, queue_timeout, threads, scan: true }
    }
}

/// Compiles, loads and runs hook code. Cheap to clone; the threads end with the last clone.
#[derive(Clone)]
pub struct Sandbox(Arc<Parts>);

struct Parts {
    worker: Worker,
    /// Room in memory: one place for each run.
    places: Admission,
    /// The right to compute: what a run has while it does not wait.
    turns: Admission,
    queue_timeout: Duration,
    compiling: Admission,
    loading: Admission,
    loads: AtomicU64,
    compiler: Arc<Compiler>,
    loader: Arc<Loader>,
    runner: Arc<Runner>,
}

impl Sandbox {
    /// Sets the engines up and starts the threads; takes some milliseconds.
    pub fn new(config: SandboxConfig) -> Result<Sandbox, ScriptError> {
        // The set-up polls futures, which a runtime's own threads must not do again.
        let size = Pool { instances: config.instances.max(config.slots), warm: config.slots };
        let engines = std::thread::spawn(move || {
            let loader = Loader::new()?;
            let runner = Runner::new(size, loader.base(), config.scan)?;
            Ok::<_, wasmtime::Error>((loader, runner))
        });
        let engines = engines.join().map_err(|_| ScriptError::Engine("the set-up panicked".to_owned()))?;
        let (loader, runner) = engines.map_err(|error| ScriptError::Engine(format!("{error:#}")))?;
        let compiler = Arc::new(Compiler::new());
        let (load, run, compile) = (loader.engine().clone(), runner.engine().clone(), Arc::clone(&compiler));
        let tick = move || {
            load.increment_epoch();
            run.increment_epoch();
            if let Some(engine) = compile.engine() {
                engine.increment_epoch();
            }
        };
        let (slots, instances) = (config.slots as usize, runner.instances() as usize);
        let places = Places {
            shared: (instances / 2).max(slots.min(instances)),
            most: instances,
            per_tenant: config.per_tenant.max(1) as usize,
        };
        // Places bound how many have a turn beyond the shared ones, and how many of those are one tenant's.
        let turns = Places { shared: slots, most: usize::MAX, per_tenant: usize::MAX };
        let few = |most| Admission::new(Places { shared: most, most, per_tenant: SHARE });
        Ok(Sandbox(Arc::new(Parts {
            worker: Worker::start(config.threads, tick)?,
            places: Admission::new(places),
            turns: Admission::new(turns),
            queue_timeout: config.queue_timeout,
            compiling: few(COMPILING),
            loading: few(LOADING),
            loads: AtomicU64::new(0),
            compiler,
            loader: Arc::new(loader),
            runner: Arc::new(runner),
        })))
    }

    /// TypeScript or JavaScript (an ES module or CommonJS) to what runs.
    ///
    /// Fails with diagnostics in the author's source, when compiling takes more than it may, or when too much is being
    /// compiled, for this tenant or at all.
    pub async fn compile(
        &self,
        source: &str,
        language: Language,
        tenant: &str,
    ) -> Result<Compiled, CompileError> {
        let Some(_permit) = in_time(LOADING_QUEUE, self.0.compiling.enter(tenant)).await else {
            return Err(CompileError::Busy);
        };
        let (compiler, source) = (Arc::clone(&self.0.compiler), source.to_owned());
        let done = self.spawn(async move { compiler.compile(&source, language).await }).await;
        done.unwrap_or_else(|message| Err(CompileError::Internal(message)))
    }

    /// Evaluates a program's top level once, under the limits, and keeps what it leaves in memory.
    pub async fn load(&self, compiled: &Compiled, limits: &Limits, tenant: &str) -> Result<Program, Failure> {
        let Some(_permit) = in_time(LOADING_QUEUE, self.0.loading.enter(tenant)).await else {
            return Err(Failure::Busy);
        };
        self.0.loads.fetch_add(1, Relaxed);
        #[cfg(feature = "testing")]
        if self.0.runner.faults.take(Fault::SlowLoad) {
            return Err(Failure::Limit(crate::limits::LimitKind::Cpu));
        }
        let (loader, compiled, limits) = (Arc::clone(&self.0.loader), compiled.clone(), limits.clone());
        let done = self.spawn(async move { loader.load(&compiled, &limits).await }).await;
        done.unwrap_or_else(|message| Err(Failure::Internal(message)))
    }

    /// How many programs have been loaded since the start, or could not be.
    pub fn loads(&self) -> u64 {
        self.0.loads.load(Relaxed)
    }

    /// Calls an exported function in a fresh copy of the program. Waits for a place of the tenant
    /// first. Fails in no other way than by [`Run::outcome`]; dropping the future ends the run.
    ///
    /// Must be called in a tokio runtime, which the host's futures then see as theirs.
    pub async fn run(
        &self,
        program: &Program,
        tenant: &str,
        call: &Call,
        limits: &Limits,
        host: Arc<dyn Host>,
    ) -> Run {
        let asked = Instant::now();
        let admitted = in_time(self.0.queue_timeout, self.admit(tenant)).await;
        let Some((place, turn)) = admitted else { return refused(Outcome::Busy, asked) };
        let text = match serde_json::to_vec(call) {
            Ok(text) => text,
            Err(error) => return refused(Outcome::Internal(error.to_string()), asked),
        };
        let bridge = Bridge {
            host,
            runtime: Handle::current(),
            api: hosted(&call.api),
            sdk: hosted(&call.sdk),
            positions: Arc::clone(&program.0.positions),
            turn,
            resuming: false,
            begun: false,
        };
        let (runner, program, limits) = (Arc::clone(&self.0.runner), Arc::clone(&program.0), limits.clone());
        let (answer, answered) = oneshot::channel();
        let work = async move {
            // Held until the slot really is free, also when nobody waits for the run any more.
            let _place = place;
            runner.run(&program, &text, &limits, bridge, asked, answer).await;
        };
        let _task = match self.start(work) {
            Ok(task) => task,
            Err(message) => return refused(Outcome::Internal(message), asked),
        };
        answered.await.unwrap_or_else(|_| {
            tracing::error!("a run ended without an answer");
            refused(Outcome::Internal(FAILED.to_owned()), asked)
        })
    }

    /// Waits for a place of the tenant, and for the first turn.
    async fn admit(&self, tenant: &str) -> Option<(Permit, Turn)> {
        let place = self.0.places.enter(tenant).await?;
        let turn = Turn::begin(&self.0.turns, tenant).await?;
        Some((place, turn))
    }

    /// How many runs compute at this moment, rather than wait.
    #[cfg(feature = "testing")]
    pub fn computing(&self) -> usize {
        self.0.turns.taken()
    }

    /// Makes the next run or load go wrong.
    #[cfg(feature = "testing")]
    pub fn fail_next(&self, fault: Fault) {
        self.0.runner.faults.set(fault);
    }

    /// Does work on the sandbox's threads and waits for it.
    async fn spawn<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, String> {
        let mut task = self.start(work)?;
        (&mut task.0).await.map_err(|error| {
            tracing::error!(%error, "a sandbox task failed");
            FAILED.to_owned()
        })
    }

    /// Begins work on the sandbox's threads.
    fn start<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Result<EndOnDrop<T>, String> {
        let handle = self.0.worker.handle().ok_or("the sandbox is shutting down")?;
        Ok(EndOnDrop(handle.spawn(work)))
    }
}

/// What comes in time.
async fn in_time<T>(most: Duration, work: impl Future<Output = Option<T>>) -> Option<T> {
    tokio::time::timeout(most, work).await.ok().flatten()
}

/// Paths of the methods that call the host.
fn hosted(methods: &[Method]) -> Vec<Cow<'static, str>> {
    let hosted =
        methods.iter().filter(|method| matches!(method.behaviour, Behaviour::Host | Behaviour::HostSync));
    hosted.map(|method| method.path.clone()).collect()
}

/// A task that is ended when nobody waits for it any more.
struct EndOnDrop<T>(JoinHandle<T>);

impl<T> Drop for EndOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
