//! What happened during one request: steps, runs, events, mails.

use contract::{
    catalogue::{events::Event, triggers::Trigger},
    ids::UserId,
    manage::{CapturedMail, Run, StepKind},
};

/// A step of the request, in the order in which it happened.
#[derive(Debug, Clone)]
pub struct StepRecord {
    /// What it is.
    pub kind: StepKind,
    /// The trigger, for hooks.
    pub trigger: Option<Trigger>,
    /// Title of the endpoint's own work, name of the hook, or id of the event.
    pub title: String,
    /// Microseconds since the request started; none: it did not run.
    pub start_us: Option<u64>,
    /// Microseconds that it took.
    pub duration_us: Option<u64>,
    /// Index into the runs.
    pub run: Option<usize>,
}

/// Everything that happened during one request.
#[derive(Debug, Default)]
pub struct Journal {
    /// Steps, in order.
    pub steps: Vec<StepRecord>,
    /// Runs of hooks, in order, those that were skipped included.
    pub runs: Vec<Run>,
    /// Events, in order.
    pub events: Vec<Event>,
    /// E-mails that hooks sent, in a dry run.
    pub mails: Vec<CapturedMail>,
    /// The user the request was about.
    pub user: Option<UserId>,
    /// Microseconds that hooks took, all together.
    pub hooks_us: u64,
}
