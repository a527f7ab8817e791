//! Loading: a program's top level is evaluated once, and what it leaves in memory is kept.

use std::sync::Arc;

use wasmtime::{ModuleExport, Result, Store, Val, bail};

use crate::advice::advised;
use crate::code::JAVASCRIPT;
use crate::compiled::{Compiled, Format};
use crate::glimpse::cut;
use crate::guest::{Ended, Guest, Running, block_on};
use crate::json::Json;
use crate::limits::{LimitKind, Limits, MAX_SNAPSHOT, MAX_SOURCE};
use crate::outcome::{Failure, REFUSED_AT_LOAD, Thrown};
use crate::positions::Positions;
use crate::reply::Reply;
use crate::snapshot::Snapshot;
use crate::state::State;

/// Longest text that a compiled program may have, in bytes; printing can make source longer.
const MAX_PROGRAM: usize = 4 * MAX_SOURCE;
/// Room for a call's JSON text that is part of every snapshot, in bytes.
pub const INPUT: usize = 64 << 10;
/// Longest description of an exception or list of exports that is read, in bytes.
const MAX_REPLY: usize = 256 << 10;
/// What is kept of an exception's name, in bytes.
const MAX_NAME: usize = 256;
/// What is kept of an exception's message, in bytes.
const MAX_MESSAGE: usize = 8 << 10;
/// What is said of an exception whose description is none.
pub const UNREADABLE: &str = "the guest's description of an exception is none";
/// What gives random values, beside `Math.random`.
const RANDOM: [&str; 4] = ["randomUUID", "getRandomValues", "randomBytes", "generateKey"];
/// What is kept of an exception's stack, in bytes.
const MAX_STACK: usize = 16 << 10;

/// A loaded program, ready to be run many times at once. Cheap to clone.
#[derive(Clone)]
pub struct Program(pub(crate) Arc<Loaded>);

/// What a program consists of.
pub struct Loaded {
    /// What its top level left in memory.
    pub snapshot: Snapshot,
    /// Its exported functions.
    pub exports: Vec<String>,
    /// Its way back to the author's source.
    pub positions: Arc<Positions>,
    /// Where in its memory a call's text goes.
    pub input: u32,
}

impl Program {
    /// Names of the exported functions, `default` included; methods of exported objects are
    /// `object.method`.
    pub fn exports(&self) -> &[String] {
        &self.0.exports
    }

    /// Memory that the loaded program takes while it is not running, in bytes.
    pub fn bytes(&self) -> usize {
        let exports: usize = self.0.exports.iter().map(String::len).sum();
        self.0.snapshot.len() + self.0.positions.bytes() + exports
    }
}

/// Makes programs, in an engine of its own so that the slots of running ones stay clean.
pub struct Loader {
    guest: Guest,
    /// Memory of an instance that has loaded nothing.
    base: Arc<[u8]>,
    stack_pointer: ModuleExport,
}

impl Loader {
    /// Prepares the engine.
    pub fn new() -> Result<Self> {
        let guest = Guest::on_demand(&JAVASCRIPT)?;
        let stack_pointer = guest.export("__stack_pointer")?;
        let base = block_on(async {
            let look = async |store: &mut Store<State>| {
                let running = guest.instantiate(store).await?;
                Ok(running.memory.data(&*store).into())
            };
            let (_, base) = guest.limited(State::new(&Limits::default(), None), look).await;
            base.map_err(|ended| wasmtime::format_err!("{ended:?}"))
        })?;
        Ok(Self { guest, base, stack_pointer })
    }

    /// The engine, whose epoch somebody must advance.
    pub fn engine(&self) -> &wasmtime::Engine {
        self.guest.engine()
    }

    /// Memory of an instance that has loaded nothing.
    pub fn base(&self) -> Arc<[u8]> {
        Arc::clone(&self.base)
    }

    /// Evaluates the top level under the limits.
    pub async fn load(&self, compiled: &Compiled, limits: &Limits) -> std::result::Result<Program, Failure> {
        if compiled.javascript.len() > MAX_PROGRAM {
            return Err(Failure::Limit(LimitKind::Source));
        }
        let positions = Arc::new(Positions::of(compiled));
        let commonjs = u32::from(compiled.format == Format::CommonJs);
        let evaluate = async |store: &mut Store<State>| {
            let running = self.guest.instantiate(store).await?;
            let input = running.give(store, &[0; INPUT]).await?;
            let source = running.give(store, compiled.javascript.as_bytes()).await?;
            let load = running.instance.get_typed_func::<(u32, u32, u32), u64>(&mut *store, "load")?;
            let len = compiled.javascript.len() as u32;
            let packed = load.call_async(&mut *store, (source, len, commonjs)).await?;
            let reply = Reply::read(running.bytes(store, packed)?, MAX_REPLY);
            Ok((reply, input, self.keep(store, &running)?))
        };
        let (store, result) = self.guest.limited(State::new(limits, None), evaluate).await;
        let (reply, input, snapshot) = result.map_err(|ended| match ended {
            Ended::Limit(kind) => Failure::Limit(kind),
            Ended::Internal(message) => Failure::Internal(message),
            Ended::Waiting => Failure::Busy,
        })?;
        let names = match reply {
            Reply::Done(names) => names,
            Reply::Threw(text) => {
                let Some(mut thrown) = thrown(text, &positions) else {
                    return Err(Failure::Internal(UNREADABLE.to_owned()));
                };
                locate(&mut thrown, &compiled.javascript, &positions);
                return Err(Failure::Threw(thrown));
            }
            Reply::TooLong => return Err(Failure::Limit(LimitKind::Output)),
            Reply::Broken(message) => return Err(Failure::Internal(message)),
        };
        if let Some(what) = store.data().unrepeatable {
            let mut thrown = unrepeatable(what);
            locate(&mut thrown, &compiled.javascript, &positions);
            return Err(Failure::Threw(thrown));
        }
        if snapshot.len() > MAX_SNAPSHOT {
            return Err(Failure::Limit(LimitKind::Snapshot));
        }
        let exports = Json::of_code(names).ok().and_then(|names| names.parse().ok());
        let exports = exports.ok_or_else(|| Failure::Internal("the guest's list of exports".to_owned()))?;
        Ok(Program(Arc::new(Loaded { snapshot, exports, positions, input })))
    }

    fn keep(&self, store: &mut Store<State>, running: &Running) -> Result<Snapshot> {
        let Val::I32(stack_pointer) = running.global(store, &self.stack_pointer)?.get(&mut *store) else {
            bail!("the guest's stack pointer is no address");
        };
        Ok(Snapshot::take(running.memory.data(&*store), &self.base, stack_pointer))
    }
}

/// What the code was given at its top level in spite of the guest, which refuses that with the author's line.
fn unrepeatable(what: &str) -> Thrown {
    Thrown {
        name: "TypeError".to_owned(),
        message: format!("{what}{REFUSED_AT_LOAD}: call it inside the handler"),
        ..Thrown::default()
    }
}

/// Finds the line of what was refused, when none of the author's functions had asked: `promise.then(Date.now)`.
fn locate(thrown: &mut Thrown, javascript: &str, positions: &Positions) {
    let Some((what, _)) = thrown.message.split_once(REFUSED_AT_LOAD) else { return };
    if thrown.line.is_some() {
        return;
    }
    let what = what.trim_end_matches("()");
    let at = std::iter::once(what).chain(RANDOM).find_map(|name| javascript.find(name));
    if let Some((line, column)) = at.and_then(|at| positions.of_offset(javascript, at)) {
        (thrown.line, thrown.column) = (Some(line), Some(column));
    }
}

/// An exception from the guest's description of it; none when the guest describes nothing.
pub fn thrown(description: String, positions: &Positions) -> Option<Thrown> {
    #[derive(serde::Deserialize)]
    struct Description {
        name: String,
        message: String,
        stack: String,
    }
    let description = Json::of_code(description).ok()?;
    let Description { mut name, message, stack } = description.parse().ok()?;
    let mut message = advised(message);
    let position = positions.innermost(&stack);
    // The record keeps the message in several places, and the user may see it.
    let mut stack = positions.stack(&stack);
    for (text, most) in [(&mut name, MAX_NAME), (&mut message, MAX_MESSAGE), (&mut stack, MAX_STACK)] {
        cut(text, most);
    }
    Some(Thrown {
        name,
        message,
        stack,
        line: position.map(|(line, _)| line),
        column: position.map(|(_, column)| column),
    })
}
