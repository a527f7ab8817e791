//! What a run or a load came to.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::json::Json;
use crate::limits::LimitKind;

/// What the guest says of everything that the top level may not do.
pub(crate) const REFUSED_AT_LOAD: &str = " is not available while the hook is loading";

/// Everything that is known after one run.
#[derive(Clone, Debug)]
pub struct Run {
    /// How it ended.
    pub outcome: Outcome,
    /// What the function returned (awaited); `null` unless [`Outcome::Returned`].
    pub value: Json,
    /// Calls of recording methods, in order, also of a run that did not end well.
    pub recorded: Vec<Recorded>,
    /// What the code logged.
    pub logs: Vec<LogLine>,
    /// Calls to the host, in the order they began.
    pub host_calls: Vec<HostCall>,
    /// Processor time that the hook's own code has used, host calls excluded.
    pub cpu: Duration,
    /// Time on the clock, from admission to end.
    pub wall: Duration,
    /// Linear memory at the end, in bytes.
    pub memory: usize,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The function returned.
    Returned,
    /// The function threw or its promise was rejected.
    Threw(Thrown),
    /// The run was ended.
    Limit(LimitKind),
    /// No place became free in time, or no turn to go on after an answer of the server.
    Busy,
    /// The sandbox itself failed: what became of the run says nothing about the code.
    Internal(String),
}

impl Outcome {
    /// Whether the run says nothing about what the code decides: the sandbox failed, or the run ended by a trap, as it
    /// also would in a broken engine.
    pub fn is_fault(&self) -> bool {
        matches!(self, Self::Internal(_) | Self::Limit(LimitKind::Stack))
    }
}

/// Why a program could not be loaded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The top level threw.
    #[error("{}: {}", .0.name, .0.message)]
    Threw(Thrown),
    /// The top level was ended.
    #[error("the top level {0}")]
    Limit(LimitKind),
    /// Too many programs are being loaded.
    #[error("the sandbox is busy")]
    Busy,
    /// The sandbox itself failed.
    #[error("sandbox: {0}")]
    Internal(String),
}

/// An exception, with positions in the author's source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thrown {
    /// `TypeError`, …; `Error` for a thrown text, `NotAnError` for other thrown values and messages.
    pub name: String,
    /// The message, or the thrown value as text; at most 8 KiB.
    pub message: String,
    /// The stack, one frame a line: `at check (hook.ts:7:23)`.
    pub stack: String,
    /// Line of the innermost frame in the author's source, from 1.
    pub line: Option<u32>,
    /// Column of that frame, from 1.
    pub column: Option<u32>,
}

impl Thrown {
    /// Whether the top level asked for what is only there in a call. Versions that were deployed by a server which did
    /// not refuse it throw this when they are loaded.
    pub fn is_refusal_at_load(&self) -> bool {
        self.message.contains(REFUSED_AT_LOAD)
    }
}

/// One call of a recording method.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Path of the method: `access.deny`.
    pub method: String,
    /// Its arguments, a JSON list.
    pub args: Json,
    /// Line of the call in the author's source, from 1.
    pub line: Option<u32>,
    /// Column of the call, from 1.
    pub column: Option<u32>,
}

/// One line that the code logged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    /// Which `console` method.
    pub level: Level,
    /// The arguments as text.
    pub message: String,
    /// Microseconds since the start of the run.
    pub at_us: u64,
    /// Line in the author's source, from 1.
    pub line: Option<u32>,
}

/// Level of a [`LogLine`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// `console.debug`
    Debug,
    /// `console.log`
    Log,
    /// `console.info`
    Info,
    /// `console.warn`
    Warn,
    /// `console.error`
    Error,
}

/// One call to the host. Of arguments, result and error 4 KiB of text are kept each, as long as the run has kept little:
/// long texts in them are cut first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HostCall {
    /// The operation: `Aerocall.cache.get`, `fetch`.
    pub operation: String,
    /// Its arguments.
    pub args: Value,
    /// Whether it succeeded.
    pub ok: bool,
    /// Its result, or the text of its error; an error text of its own when the run ended before it did.
    pub result: Value,
    /// Microseconds from the start of the run to the start of the call.
    pub start_us: u64,
    /// How long it took, in microseconds.
    pub duration_us: u64,
}
