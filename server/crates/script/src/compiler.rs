//! Compiling: the TypeScript compiler runs in a sandbox of its own.

use std::sync::OnceLock;
use std::time::Duration;

use serde::Deserialize;
use wasmtime::{Result, Store};

use crate::code::TYPESCRIPT;
use crate::compiled::{CompileError, Compiled, Diagnostic, Language};
use crate::guest::{Ended, Guest};
use crate::limits::{LimitKind, Limits, MAX_SOURCE};
use crate::state::State;

/// Processor time of one compilation.
const CPU: Duration = Duration::from_millis(500);
/// Time of one compilation on the clock, on a machine that has other things to do.
const WALL: Duration = Duration::from_secs(10);
/// Memory of one compilation, in bytes.
const MEMORY: usize = 192 << 20;
/// Longest text that a compilation may yield, in bytes.
const MAX_REPLY: usize = 16 << 20;

/// What the guest answers.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Reply {
    Compiled(Compiled),
    Diagnostics(Vec<Diagnostic>),
}

/// Compiles source text.
pub struct Compiler {
    /// Made when it is first needed: most of the time nobody compiles anything.
    guest: OnceLock<Guest>,
}

impl Compiler {
    /// A compiler that takes no memory yet.
    pub fn new() -> Self {
        Self { guest: OnceLock::new() }
    }

    /// The engine, whose epoch somebody must advance, once there is one.
    pub fn engine(&self) -> Option<&wasmtime::Engine> {
        self.guest.get().map(Guest::engine)
    }

    fn guest(&self) -> Result<&Guest> {
        if let Some(guest) = self.guest.get() {
            return Ok(guest);
        }
        let guest = Guest::on_demand(&TYPESCRIPT)?;
        Ok(self.guest.get_or_init(|| guest))
    }

    /// Compiles one source text.
    pub async fn compile(
        &self,
        source: &str,
        language: Language,
    ) -> std::result::Result<Compiled, CompileError> {
        if source.len() > MAX_SOURCE {
            return Err(CompileError::TooLarge { size: source.len(), limit: MAX_SOURCE });
        }
        let limits = Limits { cpu: CPU, wall: WALL, memory: MEMORY, ..Limits::default() };
        let language = u32::from(language == Language::TypeScript);
        let guest = self.guest().map_err(|error| CompileError::Internal(format!("{error:#}")))?;
        let work = async |store: &mut Store<State>| {
            let running = guest.instantiate(store).await?;
            let at = running.give(store, source.as_bytes()).await?;
            let compile = running.instance.get_typed_func::<(u32, u32, u32), u64>(&mut *store, "compile")?;
            let packed = compile.call_async(&mut *store, (at, source.len() as u32, language)).await?;
            Ok(running.bytes(store, packed)?.to_vec())
        };
        let (_, reply) = guest.limited(State::new(&limits, None), work).await;
        let reply = reply.map_err(|ended| match ended {
            Ended::Limit(kind) => CompileError::Limit(kind),
            Ended::Internal(message) => CompileError::Internal(message),
            Ended::Waiting => CompileError::Busy,
        })?;
        if reply.len() > MAX_REPLY {
            return Err(CompileError::Limit(LimitKind::Output));
        }
        match serde_json::from_slice(&reply) {
            Ok(Reply::Compiled(compiled)) => Ok(compiled),
            Ok(Reply::Diagnostics(diagnostics)) => Err(CompileError::Source(diagnostics)),
            Err(error) => Err(CompileError::Internal(error.to_string())),
        }
    }
}
