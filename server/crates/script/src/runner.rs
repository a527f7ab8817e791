//! Running: a fresh copy of a loaded program for every call.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;
use wasmtime::{Extern, ModuleExport, Result, Store, bail};

use crate::code::JAVASCRIPT;
#[cfg(feature = "testing")]
use crate::faults::Faults;
use crate::guest::{Ended, Guest, Pool, block_on};
use crate::json::{Json, Malformed};
use crate::limits::{LimitKind, Limits};
use crate::outcome::{Outcome, Run, Thrown};
use crate::program::{INPUT, Loaded, UNREADABLE, thrown};
use crate::reply::Reply;
use crate::reset::Reset;
use crate::selftest;
use crate::state::{Bridge, State};

/// Runs programs, in an engine with a fixed number of slots.
pub struct Runner {
    guest: Guest,
    instances: u32,
    reset: Reset,
    call: ModuleExport,
    stack_pointer: ModuleExport,
    /// What tests make go wrong.
    #[cfg(feature = "testing")]
    pub faults: Faults,
}

impl Runner {
    /// Prepares the engine, and verifies that its slots are clean when they are used again. `base`: memory of an instance
    /// that has loaded nothing.
    pub fn new(size: Pool, base: Arc<[u8]>, scan: bool) -> Result<Self> {
        let reset = Reset::new(base, scan);
        let (guest, instances) = Self::pool(size, &reset)?;
        let scans = reset.scans();
        match block_on(selftest::verify(&guest, &reset)) {
            Ok(()) => {
                // Swapped memory is cleaned as well; that it may hold secrets is for the operator to know.
                let swaps = std::fs::read_to_string("/proc/swaps").unwrap_or_default();
                tracing::info!(scan = scans, swap = swaps.lines().count() > 1, "sandbox.memory.verified");
                Self::of(guest, instances, reset)
            }
            Err(error) if scans => {
                let error = format!("{error:#}");
                tracing::error!(error, "sandbox.memory.scan_unusable");
                // Its pool has taken as many addresses as there may be.
                drop(guest);
                Self::new(size, reset.base(0).into(), false)
            }
            Err(error) => Err(error),
        }
    }

    fn of(guest: Guest, instances: u32, reset: Reset) -> Result<Self> {
        let (call, stack_pointer) = (guest.export("call")?, guest.export("__stack_pointer")?);
        Ok(Self {
            guest,
            instances,
            reset,
            call,
            stack_pointer,
            #[cfg(feature = "testing")]
            faults: Faults::default(),
        })
    }

    /// As large a pool as there are addresses for: an instance takes 4 GiB of them.
    fn pool(mut size: Pool, reset: &Reset) -> Result<(Guest, u32)> {
        loop {
            match Guest::pooled(&JAVASCRIPT, size, reset.clone()) {
                Err(error) if size.instances > size.warm => {
                    size.instances = (size.instances / 2).max(size.warm);
                    tracing::warn!(instances = size.instances, "sandbox.pool.smaller: {error:#}");
                }
                done => return Ok((done?, size.instances)),
            }
        }
    }

    /// How many instances there can be at the same time.
    pub fn instances(&self) -> u32 {
        self.instances
    }

    /// The engine, whose epoch somebody must advance.
    pub fn engine(&self) -> &wasmtime::Engine {
        self.guest.engine()
    }

    /// Performs one call, given as JSON text, and answers before it cleans up. `admitted` is when
    /// its slot was asked for.
    pub async fn run(
        &self,
        program: &Loaded,
        call: &[u8],
        limits: &Limits,
        bridge: Bridge,
        admitted: Instant,
        answer: oneshot::Sender<Run>,
    ) {
        let state = State::new(limits, Some(bridge));
        let meter = Arc::clone(&state.meter);
        let invoke = async |store: &mut Store<State>| self.invoke(store, program, call, limits).await;
        let (mut store, result) = self.guest.limited(state, invoke).await;
        let state = store.data_mut();
        let begun = state.bridge.as_ref().is_some_and(|bridge| bridge.begun);
        let (memory, reply) = match result {
            Ok((memory, reply)) => (memory, Ok(reply)),
            Err(ended) => (0, Err(ended)),
        };
        let (outcome, value) = match reply {
            Ok(Reply::Done(text)) => returned(text),
            Ok(Reply::Threw(text)) => {
                let thrown = thrown(text, &program.positions).map(Outcome::Threw);
                (thrown.unwrap_or_else(|| Outcome::Internal(UNREADABLE.to_owned())), Json::null())
            }
            Ok(Reply::TooLong) => (Outcome::Limit(LimitKind::Output), Json::null()),
            Ok(Reply::Broken(message)) | Err(Ended::Internal(message)) => {
                (Outcome::Internal(message), Json::null())
            }
            Err(Ended::Limit(kind)) => (Outcome::Limit(kind), Json::null()),
            Err(Ended::Waiting) => (Outcome::Busy, Json::null()),
        };
        let (outcome, value) = match outcome {
            // The snapshot alone is more than the run may use.
            Outcome::Limit(LimitKind::Memory) if program.snapshot.memory() > limits.memory => {
                (outcome, value)
            }
            Outcome::Returned | Outcome::Threw(_) | Outcome::Limit(_) if !begun => {
                (Outcome::Internal(format!("ended before the hook's code began: {outcome:?}")), Json::null())
            }
            _ => (outcome, value),
        };
        // What still runs must not note its end in a list that is already given away.
        state.operations = Default::default();
        let host_calls = state.take_host_calls();
        let run = Run {
            outcome,
            value,
            recorded: std::mem::take(&mut state.recorded),
            logs: std::mem::take(&mut state.logs),
            host_calls,
            cpu: meter.total(),
            wall: admitted.elapsed(),
            memory,
        };
        // Nobody may be waiting any more; the slot is cleaned after the answer either way.
        let _ = answer.send(run);
        drop(store);
    }

    async fn invoke(
        &self,
        store: &mut Store<State>,
        program: &Loaded,
        call: &[u8],
        limits: &Limits,
    ) -> Result<(usize, Reply)> {
        let running = self.guest.instantiate(store).await?;
        let stack_pointer = running.global(store, &self.stack_pointer)?;
        #[cfg(feature = "testing")]
        self.faults.before(running.memory.data_mut(&mut *store));
        program.snapshot.restore(store, &running, stack_pointer, &self.reset).await?;
        #[cfg(feature = "testing")]
        self.faults.after(running.memory.data_mut(&mut *store))?;
        let input = if call.len() <= INPUT {
            running.memory.write(&mut *store, program.input as usize, call)?;
            program.input
        } else {
            running.give(store, call).await?
        };
        let Some(Extern::Func(function)) = running.instance.get_module_export(&mut *store, &self.call) else {
            bail!("the guest exports no function call");
        };
        let function = function.typed::<(u32, u32), u64>(&*store)?;
        let packed = function.call_async(&mut *store, (input, u32::try_from(call.len())?)).await?;
        let reply = Reply::read(running.bytes(store, packed)?, limits.output);
        Ok((running.memory.data_size(&*store), reply))
    }
}

fn returned(text: String) -> (Outcome, Json) {
    match Json::of_code(text) {
        Ok(value) => (Outcome::Returned, value),
        Err(Malformed::NoJson) => {
            (Outcome::Internal("the guest's result is no JSON".to_owned()), Json::null())
        }
        Err(Malformed::TooDeep) => {
            let thrown = Thrown {
                name: "TypeError".to_owned(),
                message: "the returned value is nested too deep".to_owned(),
                ..Thrown::default()
            };
            (Outcome::Threw(thrown), Json::null())
        }
    }
}

/// The run of a call that never began.
pub fn refused(outcome: Outcome, since: Instant) -> Run {
    Run {
        outcome,
        value: Json::null(),
        recorded: Vec::new(),
        logs: Vec::new(),
        host_calls: Vec::new(),
        cpu: Duration::ZERO,
        wall: since.elapsed(),
        memory: 0,
    }
}
