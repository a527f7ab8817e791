//! The lists of *API & Hooks* and of an endpoint's page.

use crate::{
    catalogue::{
        endpoints::Endpoint,
        triggers::{HookKind, OnError, Phase, Trigger},
    },
    ids::HookId,
    manage::HookState,
    record, words,
};

words! {
    /// What a step of an endpoint is.
    pub enum StepKind {
        /// Hooks of a trigger.
        Hooks = "hooks",
        /// The endpoint's own work.
        Core = "core",
        /// An event of the outbox.
        Event = "event",
    }
}

record! {
    /// An endpoint with what runs on it.
    pub struct EndpointOverview {
        /// Endpoint id.
        pub endpoint: Endpoint,
        /// HTTP method.
        pub method: String,
        /// Path.
        pub path: String,
        /// Title.
        pub title: String,
        /// What it does.
        pub summary: String,
        /// Group.
        pub group: String,
        /// Steps, in order.
        pub steps: Vec<StepOverview>,
        /// 95th percentile of the last day's requests, in microseconds.
        pub p95_us: Option<u64>,
        /// Share of that which hooks took, in percent.
        pub hooks_percent: Option<u32>,
        /// Requests of the last day.
        pub requests: u64,
        /// Hook runs of the last day that failed in requests to this endpoint.
        pub errors: u64,
    }

    /// One step.
    pub struct StepOverview {
        /// What it is.
        pub kind: StepKind,
        /// Trigger id, for hooks.
        pub trigger: Option<Trigger>,
        /// Event id, for an event.
        pub event: Option<String>,
        /// Short label of the pill, such as `before`.
        pub label: String,
        /// Title.
        pub title: String,
        /// One sentence.
        pub summary: String,
        /// Phase, for hooks.
        pub phase: Option<Phase>,
        /// Whether hooks here can refuse the request.
        pub can_deny: bool,
        /// Handler names that are accepted here.
        pub aliases: Vec<String>,
        /// The hooks, in order.
        pub hooks: Vec<HookOverview>,
    }

    /// A hook in a list.
    pub struct HookOverview {
        /// Id.
        pub id: HookId,
        /// Name.
        pub name: String,
        /// Trigger id.
        pub trigger: Trigger,
        /// Kind.
        pub kind: HookKind,
        /// How it stands.
        pub state: HookState,
        /// Number of the live version.
        pub live_version: Option<u32>,
        /// Whether the draft differs from what is live.
        pub draft_pending: bool,
        /// Whether its last runs failed.
        pub failing: bool,
        /// One sentence that says what it does.
        pub summary: String,
        /// Where the summary comes from: `code` or `ai`.
        pub summary_origin: String,
        /// What happens when it throws.
        pub on_error: OnError,
        /// CPU time it may use, in milliseconds.
        pub cpu_ms: u32,
        /// Time from start to end that it may take, in milliseconds.
        pub wall_ms: u32,
        /// 95th percentile of the durations of its runs of the last day, in microseconds.
        pub p95_us: Option<u64>,
        /// Runs of the last day.
        pub runs: u64,
        /// Failed runs of the last day.
        pub errors: u64,
    }

    /// Everything on *API & Hooks*.
    pub struct ApiAndHooks {
        /// Endpoints, in groups and order of the catalogue.
        pub endpoints: Vec<EndpointOverview>,
    }

    /// The reference page of an endpoint.
    pub struct EndpointReference {
        /// Fields of the body.
        pub request: Vec<FieldReference>,
        /// Fields of the answer.
        pub response: Vec<FieldReference>,
        /// Status of success.
        pub status: u32,
        /// Whether an access token is needed.
        pub bearer: bool,
        /// An example body.
        pub sample: serde_json::Value,
        /// A command that calls it.
        pub curl: String,
        /// Errors of this endpoint.
        pub errors: Vec<ErrorReference>,
        /// Triggers and events, in order, with the handler names that are accepted.
        pub steps: Vec<StepOverview>,
    }

    /// A field in a reference.
    pub struct FieldReference {
        /// Name.
        pub name: String,
        /// Type, as TypeScript writes it.
        pub kind: String,
        /// Whether it may be missing.
        pub optional: bool,
        /// What it holds.
        pub doc: String,
    }

    /// An error in a reference.
    pub struct ErrorReference {
        /// HTTP status.
        pub status: u32,
        /// Code.
        pub code: String,
    }
}
