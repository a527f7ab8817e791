//! Runs of hooks.

use serde_json::Value;

use crate::{
    catalogue::triggers::Trigger,
    ids::{HookId, RequestId, RunId},
    record, words,
};

words! {
    /// Why a hook ran.
    pub enum RunMode {
        /// For a real request.
        Live = "live",
        /// Alone, with given input.
        Unit = "unit",
        /// With its whole endpoint; nothing was saved or sent.
        DryRun = "dry_run",
    }

    /// How a run ended.
    pub enum RunOutcome {
        /// It returned.
        Returned = "returned",
        /// It refused the request.
        Denied = "denied",
        /// It threw.
        Threw = "threw",
        /// It broke a limit.
        Limit = "limit",
        /// It did not run; `reason` says why.
        Skipped = "skipped",
        /// No slot was free in time.
        Busy = "busy",
        /// The sandbox failed; the server's log says more.
        Internal = "internal",
    }

    /// Why a hook did not run.
    pub enum SkipReason {
        /// It is switched off.
        Disabled = "disabled",
        /// It was never deployed.
        NotDeployed = "not_deployed",
        /// An earlier hook refused the request.
        EarlierDeny = "earlier_deny",
        /// The flow has no browser transaction.
        NotInteractive = "not_interactive",
        /// The project bypasses all hooks.
        Bypassed = "bypassed",
        /// The flow ended before this step.
        NotReached = "not_reached",
    }
}

record! {
    /// A run in a list.
    pub struct RunSummary {
        /// Id.
        pub id: RunId,
        /// The hook.
        pub hook_id: HookId,
        /// Its name.
        pub hook_name: String,
        /// Trigger id.
        pub trigger: Trigger,
        /// The version that ran; none: the draft.
        pub version: Option<u32>,
        /// The request that caused it.
        pub request_id: RequestId,
        /// `POST /auth/register`, for a run within an endpoint.
        pub endpoint: Option<String>,
        /// Why it ran.
        pub mode: RunMode,
        /// How it ended.
        pub outcome: RunOutcome,
        /// One sentence: the refusal, the error, why it did not run.
        pub message: Option<String>,
        /// The user it was about.
        pub user_id: Option<String>,
        /// When it started, in milliseconds since 1970.
        pub started_at: i64,
        /// From start to end, in microseconds.
        pub duration_us: u64,
        /// CPU time, in microseconds.
        pub cpu_us: u64,
        /// Memory, in bytes.
        pub memory_bytes: u64,
    }

    /// A run with everything that is known of it.
    pub struct Run {
        /// The summary.
        pub summary: RunSummary,
        /// What the hook received.
        pub input: Value,
        /// What it returned.
        pub output: Value,
        /// What it threw, or the limit it broke.
        pub error: Option<RunError>,
        /// What it wrote to the console.
        pub logs: Vec<RunLog>,
        /// What it asked of `api`.
        pub api_calls: Vec<ApiCall>,
        /// What it asked of the server: fetches, cache, SDK.
        pub host_calls: Vec<HostCallRecord>,
    }

    /// What a hook threw.
    pub struct RunError {
        /// Name, such as `TypeError`, or the limit.
        pub name: String,
        /// Message.
        pub message: String,
        /// Stack, in positions of the author's source.
        pub stack: String,
        /// Line, from 1.
        pub line: Option<u32>,
        /// Column, from 1.
        pub column: Option<u32>,
    }

    /// A line of console output.
    pub struct RunLog {
        /// `debug`, `log`, `info`, `warn` or `error`.
        pub level: String,
        /// Text.
        pub message: String,
        /// Microseconds since the run started.
        pub at_us: u64,
        /// Line of the source, from 1.
        pub line: Option<u32>,
    }

    /// A call of `api`.
    pub struct ApiCall {
        /// Dotted method.
        pub method: String,
        /// Arguments.
        pub args: Vec<Value>,
        /// Line of the source, from 1.
        pub line: Option<u32>,
        /// Column, from 1.
        pub column: Option<u32>,
    }

    /// A call to the server.
    pub struct HostCallRecord {
        /// Operation, such as `fetch` or `cache.get`.
        pub operation: String,
        /// Arguments.
        pub args: Value,
        /// Whether it succeeded.
        pub ok: bool,
        /// Result, or the error's text.
        pub result: Value,
        /// Microseconds since the run started.
        pub start_us: u64,
        /// Microseconds that it took.
        pub duration_us: u64,
    }

    /// A page of runs.
    pub struct RunPage {
        /// Runs, newest first.
        pub runs: Vec<RunSummary>,
        /// Pass it as `cursor` for the next page.
        pub next: Option<String>,
    }

    /// Which runs to list.
    #[serde(deny_unknown_fields)]
    pub struct RunFilter {
        /// Of this hook.
        pub hook_id: Option<HookId>,
        /// Of this request.
        pub request_id: Option<RequestId>,
        /// That ended like this.
        pub outcome: Option<RunOutcome>,
        /// That ran for this reason.
        pub mode: Option<RunMode>,
        /// Within this endpoint, such as `POST /auth/register`.
        pub endpoint: Option<String>,
        /// Where the last page ended.
        pub cursor: Option<String>,
        /// How many, 1 to 200; 50 when missing.
        pub limit: Option<u32>,
    }
}
