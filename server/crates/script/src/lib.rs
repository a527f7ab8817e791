//! skeleton
mod call;
mod compiled;
mod error;
mod host;
mod limits;
mod outcome;
mod sandbox;

pub use call::{Argument, Behaviour, Call, Method};
pub use compiled::{CallSite, CompileError, Compiled, Diagnostic, Format, Language};
pub use error::ScriptError;
pub use host::{Host, HostError};
pub use limits::{LimitKind, Limits, MAX_SOURCE};
pub use outcome::{Failure, HostCall, Level, LogLine, Outcome, Recorded, Run, Thrown};
pub use sandbox::{Program, Sandbox, SandboxConfig};
