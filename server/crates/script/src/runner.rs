//! Running: a fresh copy of a loaded program for every call.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;
use wasmtime::{Extern, ModuleExport, Result, Store, bail};

use crate::code::JAVASCRIPT;
use crate::guest::{Ended, Guest};
use crate::json::Json;
use crate::limits::{LimitKind, Limits};
use crate::outcome::{Outcome, Run, Thrown};
use crate::program::{INPUT, Loaded, thrown};
use crate::reply::Reply;
use crate::state::{Bridge, State};

/// Runs programs, in an engine with a fixed number of slots.
pub struct Runner {
    guest: Guest,
    call: ModuleExport,
    stack_pointer: ModuleExport,
}

impl Runner {
    /// Prepares the engine.
    pub fn new(slots: u32) -> Result<Self> {
        let guest = Guest::pooled(&JAVASCRIPT, slots)?;
        let (call, stack_pointer) = (guest.export("call")?, guest.export("__stack_pointer")?);
        Ok(Self { guest, call, stack_pointer })
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
        let (memory, reply) = match result {
            Ok((memory, reply)) => (memory, Ok(reply)),
            Err(ended) => (0, Err(ended)),
        };
        let (outcome, value) = match reply {
            Ok(Reply::Done(text)) => returned(text),
            Ok(Reply::Threw(text)) => (Outcome::Threw(thrown(text, &program.positions)), Json::null()),
            Ok(Reply::TooLong) => (Outcome::Limit(LimitKind::Output), Json::null()),
            Ok(Reply::Broken(message)) | Err(Ended::Internal(message)) => {
                (Outcome::Internal(message), Json::null())
            }
            Err(Ended::Limit(kind)) => (Outcome::Limit(kind), Json::null()),
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
        program.snapshot.restore(store, &running, stack_pointer).await?;
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
        Err(_) => {
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
