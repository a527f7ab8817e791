//! What one run may use, and the names of the limits that end it.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The largest source text that is compiled, in bytes.
pub const MAX_SOURCE: usize = 256 << 10;
/// The largest snapshot a loaded program may leave, in bytes.
pub(crate) const MAX_SNAPSHOT: usize = 4 << 20;
/// The most memory any run can be given, whatever its limits say, in bytes.
pub(crate) const MAX_MEMORY: usize = 128 << 20;
/// The longest JSON text of one host call's arguments, in bytes.
const MAX_ARGUMENTS: usize = 64 << 10;
/// The same of `fetch`, whose body may be long.
const MAX_FETCH: usize = 1 << 20;
/// The longest JSON text of the arguments of all host calls that a run waits for, in bytes.
pub(crate) const MAX_WAITING: usize = 2 << 20;
/// The host operation that is always there.
pub(crate) const FETCH: &str = "fetch";
/// The longest JSON text of one host call's result, in bytes.
pub(crate) const MAX_RESULT: usize = 4 << 20;
/// Processor time before the hook's own code begins, which is spent on its memory and its event.
pub(crate) const MAX_PREPARATION: Duration = Duration::from_secs(2);
/// Timers and digests are cheap but not free: the most of them in one run.
pub(crate) const MAX_INTERNAL_CALLS: u32 = 10_000;

/// What one run may use. Exceeding one ends that run and nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Processor time of the hook's own code.
    pub cpu: Duration,
    /// Time on the clock, waiting for host calls included.
    pub wall: Duration,
    /// Linear memory of the instance (engine, code and data together), in bytes.
    pub memory: usize,
    /// JSON text of the returned value, and separately of all recorded calls together, in bytes.
    pub output: usize,
    /// Log lines kept; later ones are dropped.
    pub logs: usize,
    /// Log text kept over all lines, in bytes; later text is dropped.
    pub log_bytes: usize,
    /// Calls to the [`Host`](crate::Host) over the whole run.
    pub host_calls: u32,
    /// Host calls waiting at the same time; one more throws a `RangeError`. All timers together count as one.
    pub pending: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            cpu: Duration::from_millis(100),
            wall: Duration::from_secs(5),
            memory: 32 << 20,
            output: 256 << 10,
            logs: 100,
            log_bytes: 32 << 10,
            host_calls: 100,
            pending: 64,
        }
    }
}

/// Which limit ended a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitKind {
    /// Processor time.
    Cpu,
    /// Time on the clock.
    Wall,
    /// Memory.
    Memory,
    /// Size of the returned value or of the recorded calls.
    Output,
    /// The machine stack below JavaScript's own (which throws a `RangeError` before).
    Stack,
    /// Number of calls to the host.
    HostCalls,
    /// Size of the source text.
    Source,
    /// Size of what the program's top level leaves in memory.
    Snapshot,
}

/// The longest JSON text of an operation's arguments, in bytes.
pub(crate) fn max_arguments(operation: &str) -> usize {
    if operation == FETCH { MAX_FETCH } else { MAX_ARGUMENTS }
}

impl LimitKind {
    /// The sentence that names the amount: "used more than its 100 ms of CPU time".
    pub fn sentence(self, limits: &Limits) -> String {
        match self {
            Self::Cpu => format!("used more than its {} ms of CPU time", limits.cpu.as_millis()),
            Self::Wall => format!("was not done after its {} ms", limits.wall.as_millis()),
            Self::Memory => format!("used more than its {} MiB of memory", limits.memory >> 20),
            Self::Output => format!("produced more than its {} KiB of output", limits.output >> 10),
            Self::Stack => "used more than its stack".to_owned(),
            Self::HostCalls => format!("made more than its {} calls to the server", limits.host_calls),
            Self::Source => format!("has more than {} KiB of source text", MAX_SOURCE >> 10),
            Self::Snapshot => format!("keeps more than {} MiB at top level", MAX_SNAPSHOT >> 20),
        }
    }
}

impl fmt::Display for LimitKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cpu => "used more CPU time than it may",
            Self::Wall => "was not done in the time it has",
            Self::Memory => "used more memory than it may",
            Self::Output => "produced more output than it may",
            Self::Stack => "used more than its stack",
            Self::HostCalls => "made more calls to the server than it may",
            Self::Source => "has more source text than it may",
            Self::Snapshot => "keeps more at top level than it may",
        })
    }
}
