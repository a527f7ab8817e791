//! What belongs to one instance: its limits, what it did, and what it waits for.

use std::borrow::Cow;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::task::Poll;
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use wasmtime::{Memory, ResourceLimiter, bail};

use crate::glimpse::{MOST, cut};
use crate::host::Host;
use crate::host_calls::HostCalls;
use crate::json::Json;
use crate::limits::{
    FETCH, LimitKind, Limits, MAX_INTERNAL_CALLS, MAX_MEMORY, MAX_PREPARATION, MAX_RESULT, MAX_WAITING,
};
use crate::meter::Meter;
use crate::operations::{OfHost, Operations};
use crate::outcome::{HostCall, Level, LogLine, Recorded};
use crate::positions::Positions;
use crate::turn::Turn;

/// Recorded calls that a run keeps; their size is limited as output.
const MOST_RECORDED: usize = 1000;
/// More memory than JavaScript can ask for at once, in bytes: its largest text has 2^30 characters of two.
const LARGEST_STEP: usize = (2 << 30) + (1 << 20);
/// The one internal operation.
const TIMER: &str = "$timer";

/// The instance was ended; [`State::stopped`] says why.
#[derive(Debug, thiserror::Error)]
#[error("the run was ended")]
pub struct Stopped;

/// What the instance may ask of the server, while it is called rather than loaded.
pub struct Bridge {
    /// Who answers.
    pub host: Arc<dyn Host>,
    /// Where its futures run.
    pub runtime: Handle,
    /// Operations that the call lists, as paths below `api`.
    pub api: Vec<Cow<'static, str>>,
    /// The same below `Aerocall`.
    pub sdk: Vec<Cow<'static, str>>,
    /// Where in the author's source a stack leads.
    pub positions: Arc<Positions>,
    /// The right to compute, which a run that waits does without.
    pub turn: Turn,
    /// Whether the run has an answer and waits for its turn.
    pub resuming: bool,
    /// Whether the hook's own code has been reached.
    pub begun: bool,
}

impl Bridge {
    /// Whether the call lists the operation, named by object and path: `api.cache.get`.
    fn allows(&self, operation: &str) -> bool {
        match operation.split_once('.') {
            Some(("api", path)) => self.api.iter().any(|allowed| allowed == path),
            Some(("Aerocall", path)) => self.sdk.iter().any(|allowed| allowed == path),
            _ => operation == FETCH,
        }
    }
}

/// Data of one instance.
pub struct State {
    /// Its limits.
    pub limits: Limits,
    /// Its processor time.
    pub meter: Arc<Meter>,
    /// The limit that ended it.
    pub stopped: Option<LimitKind>,
    /// None while a program is loaded.
    pub bridge: Option<Bridge>,
    /// The instance's memory, once it is there.
    pub memory: Option<Memory>,
    /// What differs from call to call and was asked for while a program was loaded.
    pub unrepeatable: Option<&'static str>,
    /// What it waits for.
    pub operations: Operations,
    /// What it logged.
    pub logs: Vec<LogLine>,
    /// What it recorded.
    pub recorded: Vec<Recorded>,
    /// What it asked of the host; shared with the operations, which note how they ended.
    host_calls: HostCalls,
    /// Arguments of the operations that it waits for.
    waiting: Waiting,
    started: Instant,
    log_bytes: usize,
    recorded_bytes: usize,
    internal_calls: u32,
}

impl State {
    /// A fresh instance with these limits.
    pub fn new(limits: &Limits, bridge: Option<Bridge>) -> Self {
        Self {
            limits: limits.clone(),
            meter: Arc::default(),
            stopped: None,
            bridge,
            memory: None,
            unrepeatable: None,
            operations: Operations::default(),
            logs: Vec::new(),
            recorded: Vec::new(),
            host_calls: HostCalls::default(),
            waiting: Waiting::default(),
            started: Instant::now(),
            log_bytes: 0,
            recorded_bytes: 0,
            internal_calls: 0,
        }
    }

    /// Notes that the hook's own code begins: from here on it is its own time that is used.
    pub fn begin(&mut self) {
        if let Some(bridge) = &mut self.bridge
            && !bridge.begun
        {
            bridge.begun = true;
            self.meter.restart();
        }
    }

    /// Whether it has used more processor time than it may. What comes before the hook's own code is the host's.
    pub fn is_out_of_time(&self) -> bool {
        let preparing = self.bridge.as_ref().is_some_and(|bridge| !bridge.begun);
        self.meter.running() > if preparing { MAX_PREPARATION } else { self.limits.cpu }
    }

    /// Notes why the instance ends.
    pub fn stop(&mut self, kind: LimitKind) -> Stopped {
        self.stopped = Some(kind);
        Stopped
    }

    /// Starts an operation; `Ok(0)` when too many are waiting.
    pub fn start(&mut self, operation: &str, args: Result<String, String>) -> Result<u32, Stopped> {
        if self.operations.len() >= self.limits.pending {
            return Ok(0);
        }
        if operation == TIMER {
            return self.start_timer(&args.unwrap_or_default());
        }
        let Some(bridge) = &self.bridge else { return Ok(0) };
        if self.host_calls.len() >= self.limits.host_calls as usize {
            return Err(self.stop(LimitKind::HostCalls));
        }
        let args = match args {
            Ok(_) if !bridge.allows(operation) => Err(format!("{operation} is not available here")),
            Ok(text) => self.waiting.take(text),
            Err(message) => Err(message),
        };
        let started = Instant::now();
        let calls = self.host_calls.clone();
        let shown = args.as_ref().ok().map(|(args, _)| args);
        let index = calls.begin(operation, shown, started.duration_since(self.started));
        let (host, name) = (Arc::clone(&bridge.host), operation.to_owned());
        let future = async move {
            let answer = match args {
                // The share of what may wait is given back when the call is over.
                Ok((args, _share)) => host.call(&name, args).await.map_err(|error| error.message),
                Err(message) => Err(message),
            };
            let answer = answer.and_then(bounded).map_err(|mut message| {
                cut(&mut message, MOST);
                message
            });
            calls.end(index, &answer, started.elapsed());
            answer.map(|json| json.as_str().to_owned())
        };
        let future = OfHost::new(future, bridge.runtime.clone(), Arc::clone(&self.meter));
        Ok(self.operations.start(future))
    }

    fn start_timer(&mut self, args: &str) -> Result<u32, Stopped> {
        self.internal_calls += 1;
        if self.internal_calls > MAX_INTERNAL_CALLS {
            return Err(self.stop(LimitKind::HostCalls));
        }
        let [delay] = serde_json::from_str::<[f64; 1]>(args).unwrap_or([0.0]);
        // No timer outlives the run, so a longer one need not be exact.
        let delay = Duration::from_secs_f64((delay / 1000.0).clamp(0.0, 3600.0));
        Ok(self.operations.start(async move {
            tokio::time::sleep(delay).await;
            Ok("null".to_owned())
        }))
    }

    /// Waits for `wanted`, or for any operation without one, and lets other runs compute until there is an answer.
    pub async fn next(&mut self, wanted: Option<u32>) -> Option<(u32, usize)> {
        let Self { operations, bridge, .. } = self;
        let mut next = pin!(operations.next(wanted));
        if let Poll::Ready(found) = poll_fn(|cx| Poll::Ready(next.as_mut().poll(cx))).await {
            return found;
        }
        let Some(bridge) = bridge else { return next.await };
        bridge.turn.pause();
        let found = next.await;
        bridge.resuming = true;
        bridge.turn.resume().await;
        bridge.resuming = false;
        found
    }

    /// Whether it could compute if it were its turn.
    pub fn wants_turn(&self) -> bool {
        self.bridge.as_ref().is_some_and(|bridge| bridge.resuming)
    }

    /// Notes what the code asked for, if it was asked for at a program's top level.
    pub fn ask(&mut self, what: &'static str) {
        if self.bridge.is_none() {
            self.unrepeatable.get_or_insert(what);
        }
    }

    /// Adds a log line, as far as there is room.
    pub fn log(&mut self, level: u32, message: String, stack: &str) {
        let room = self.limits.log_bytes.saturating_sub(self.log_bytes);
        let Some(bridge) = &self.bridge else { return };
        if self.logs.len() >= self.limits.logs || room == 0 {
            return;
        }
        let mut message = bridge.positions.text(message);
        cut(&mut message, room);
        self.log_bytes += message.len();
        let level = match level {
            0 => Level::Debug,
            1 => Level::Log,
            2 => Level::Info,
            3 => Level::Warn,
            _ => Level::Error,
        };
        let line = bridge.positions.innermost(stack).map(|(line, _)| line);
        self.logs.push(LogLine { level, message, at_us: micros(self.started.elapsed()), line });
    }

    /// Notes the call of a recording method; false when its arguments are nested too deep.
    pub fn record(&mut self, method: &str, args: String, stack: &str) -> Result<bool, Stopped> {
        let Some(bridge) = &self.bridge else { return Ok(false) };
        self.recorded_bytes += method.len() + args.len();
        if self.recorded_bytes > self.limits.output || self.recorded.len() >= MOST_RECORDED {
            return Err(self.stop(LimitKind::Output));
        }
        let Ok(args) = Json::of_code(args) else { return Ok(false) };
        let position = bridge.positions.innermost(stack);
        self.recorded.push(Recorded {
            method: method.to_owned(),
            args,
            line: position.map(|(line, _)| line),
            column: position.map(|(_, column)| column),
        });
        Ok(true)
    }

    /// The calls to the host so far.
    pub fn take_host_calls(&mut self) -> Vec<HostCall> {
        self.host_calls.take()
    }
}

impl ResourceLimiter for State {
    fn memory_growing(&mut self, now: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        if desired.saturating_sub(now) > LARGEST_STEP {
            bail!("the engine asked for {desired} bytes, which no code can do");
        }
        // Ending the run is safer than letting it go on after failed allocations.
        if desired > self.limits.memory.min(MAX_MEMORY) {
            return Err(self.stop(LimitKind::Memory).into());
        }
        Ok(true)
    }

    fn table_growing(&mut self, _: usize, desired: usize, maximum: Option<usize>) -> wasmtime::Result<bool> {
        Ok(maximum.is_none_or(|maximum| desired <= maximum))
    }
}

/// The arguments that wait for their operations. The text lies in the server's memory, not in the code's.
#[derive(Clone, Default)]
struct Waiting(Arc<AtomicUsize>);

/// What one operation has of that.
struct Share {
    waiting: Waiting,
    bytes: usize,
}

impl Waiting {
    fn take(&self, text: String) -> Result<(Json, Share), String> {
        let bytes = text.len();
        if self.0.load(Relaxed) + bytes > MAX_WAITING {
            return Err(format!("more than {} MiB of arguments are waiting", MAX_WAITING >> 20));
        }
        let json = Json::of_code(text).map_err(|_| "the arguments are nested too deep".to_owned())?;
        self.0.fetch_add(bytes, Relaxed);
        Ok((json, Share { waiting: self.clone(), bytes }))
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.waiting.0.fetch_sub(self.bytes, Relaxed);
    }
}

fn bounded(answer: Json) -> Result<Json, String> {
    if answer.as_str().len() > MAX_RESULT {
        return Err(format!("the result is larger than {} MiB", MAX_RESULT >> 20));
    }
    Ok(answer)
}

/// In whole microseconds.
pub fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
