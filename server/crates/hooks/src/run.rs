//! One run of one hook: the call that the sandbox gets, and what its outcome means.

use std::{
    sync::{Arc, Mutex},
    time::Instant,
};

use contract::{
    catalogue::{
        methods::{self, Behaviour},
        payloads::HookContext,
        triggers::{Convention, Handler, OnError, Phase, Trigger},
    },
    ids::{ProjectId, RequestId, RunId},
    manage::{HookSettings, Run, RunError, RunLog, RunMode, RunOutcome, RunSummary, SkipReason},
};
use script::{Argument, Call, Failure, Method, Outcome, Recorded};
use serde_json::{Value, json};
use store::Session;

use crate::{
    Inner,
    capture::{Capture, lock},
    effects::{self, Denial, DenialKind, Effects, Note},
    fetch::FetchOwner,
    host::HookHost,
    loaded::LoadedHook,
    project::ProjectInfo,
    recorded,
    redact::Redactor,
    verdict,
};

/// What all runs of one request have in common.
pub(crate) struct Surroundings {
    pub(crate) inner: Arc<Inner>,
    pub(crate) project: Arc<ProjectInfo>,
    pub(crate) session: Session,
    pub(crate) request_id: RequestId,
    /// `POST /auth/register`; none for a unit run.
    pub(crate) endpoint: Option<String>,
    pub(crate) mode: RunMode,
    pub(crate) capture: Option<Arc<Capture>>,
}

/// How a run ended.
struct Ending {
    outcome: RunOutcome,
    /// What a failure of it says about the hook.
    blame: Blame,
    error: Option<RunError>,
    /// The function that was called, or would have been.
    handler: Option<Handler>,
    /// Whether it came to calling it.
    called: bool,
    /// What it asked of the flow.
    calls: Vec<Recorded>,
    /// Tokens that the server made for it.
    issued: Vec<String>,
}

/// Cause of a failure; decides whether the request continues.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Blame {
    /// The hook: its error policy.
    Hook,
    /// The load: the hook was not asked, and enough requests bring that about. Only its own setting lets one pass.
    Load,
    /// The sandbox: what the hook would have said is unknown. No setting lets a request pass.
    Sandbox,
}

/// What follows from a run that is over.
pub(crate) struct Finished {
    pub(crate) effects: Effects,
    pub(crate) denial: Option<Denial>,
    /// Whether it threw, broke a limit or found no slot.
    pub(crate) failed: bool,
}

/// What a failure of a hook means: its own setting, else the handler name's, else the trigger's (row K2). Hooks of
/// the after and send phases never refuse (row K1).
pub fn on_error(trigger: Trigger, settings: &HookSettings, handler: Option<&Handler>) -> OnError {
    if !trigger.spec().phase.blocking() {
        return OnError::Continue;
    }
    settings
        .on_error
        .or_else(|| handler.and_then(|handler| handler.alias).map(|alias| alias.on_error))
        .unwrap_or_else(|| trigger.default_on_error())
}

/// Whom the sandbox counts what a project tries out for: its tests have a share of their own, so that they cannot take the
/// slots of its live traffic.
pub fn tests_of(project: &ProjectId) -> String {
    format!("{project} tests")
}

impl Surroundings {
    /// Runs a hook with an event. `event` has no secrets yet; they never reach the record.
    /// `earlier` is what the hooks before it asked for.
    pub(crate) async fn run(
        &self,
        hook: &LoadedHook,
        event: &Value,
        context: &HookContext,
        earlier: &Effects,
    ) -> (Run, Finished) {
        let started_at = self.inner.clock.now_ms();
        let started = Instant::now();
        let mut run = self.blank(hook, started_at, event.clone());
        let sandbox = &self.inner.sandbox;

        let program = match hook.program(&self.inner, &self.project.id, started_at).await {
            Ok(program) => program,
            Err(failure) => {
                let (outcome, blame, error) = failed_load(failure);
                run.summary.duration_us = micros(started.elapsed());
                // The code's text says how it would have been called, and with it what a failure means.
                let handler = hook.declared_handler();
                let ending = Ending {
                    outcome,
                    blame,
                    error,
                    handler,
                    called: false,
                    calls: Vec::new(),
                    issued: Vec::new(),
                };
                return self.conclude(hook, run, ending, earlier);
            }
        };
        let Some((handler, _)) = hook.handler(&program) else {
            let names: Vec<&str> = hook.trigger.spec().aliases.iter().map(|alias| alias.name).collect();
            let message = format!("the module exports none of: {}, default", names.join(", "));
            let error =
                RunError { name: "Error".into(), message, stack: String::new(), line: None, column: None };
            let ending = Ending {
                outcome: RunOutcome::Threw,
                blame: Blame::Hook,
                error: Some(error),
                handler: None,
                called: false,
                calls: Vec::new(),
                issued: Vec::new(),
            };
            return self.conclude(hook, run, ending, earlier);
        };

        let call = self.call(hook, &handler, event, context);
        let host = Arc::new(HookHost {
            inner: self.inner.clone(),
            project: self.project.clone(),
            session: self.session.clone(),
            trigger: hook.trigger,
            allowed_hosts: allowed_hosts(&hook.settings, &self.project),
            fetches: FetchOwner::new(self.project.look_ups.clone()),
            capture: self.capture.clone(),
            issued: Mutex::default(),
        });
        let tenant = match self.mode {
            RunMode::Live => self.project.id.to_string(),
            RunMode::Unit | RunMode::DryRun => tests_of(&self.project.id),
        };
        let done = sandbox.run(&program, &tenant, &call, &hook.limits(), host.clone()).await;

        run.output = recorded::output(&done.value);
        run.logs = recorded::logs(done.logs);
        run.host_calls = recorded::host_calls(done.host_calls, self.mode == RunMode::Live);
        run.summary.cpu_us = micros(done.cpu);
        run.summary.duration_us = micros(done.wall);
        run.summary.memory_bytes = done.memory as u64;
        let blame = match &done.outcome {
            Outcome::Busy => Blame::Load,
            outcome if outcome.is_fault() => Blame::Sandbox,
            _ => Blame::Hook,
        };
        let (outcome, error) = match done.outcome {
            Outcome::Returned => (RunOutcome::Returned, None),
            Outcome::Threw(thrown) => (RunOutcome::Threw, Some(recorded::error(thrown))),
            Outcome::Limit(limit) => (RunOutcome::Limit, Some(limit_error(&limit))),
            Outcome::Busy => (RunOutcome::Busy, None),
            Outcome::Internal(reason) => {
                tracing::error!(hook.id = %hook.id, reason, "the sandbox failed");
                (RunOutcome::Internal, None)
            }
        };
        let issued = std::mem::take(&mut *lock(&host.issued));
        let ending = Ending {
            outcome,
            blame,
            error,
            handler: Some(handler),
            called: true,
            calls: done.recorded,
            issued,
        };
        self.conclude(hook, run, ending, earlier)
    }

    /// The record of a hook that did not run.
    pub(crate) fn skipped(&self, hook: &LoadedHook, reason: SkipReason) -> Run {
        let mut run = self.blank(hook, self.inner.clock.now_ms(), Value::Null);
        run.summary.outcome = RunOutcome::Skipped;
        run.summary.message = Some(reason.as_str().into());
        run
    }

    fn blank(&self, hook: &LoadedHook, started_at: i64, input: Value) -> Run {
        Run {
            summary: RunSummary {
                id: store::new_id::<RunId>(started_at),
                hook_id: hook.id.clone(),
                hook_name: hook.name.clone(),
                trigger: hook.trigger,
                version: hook.version,
                request_id: self.request_id.clone(),
                endpoint: self.endpoint.clone(),
                mode: self.mode,
                outcome: RunOutcome::Internal,
                message: None,
                user_id: None,
                started_at,
                duration_us: 0,
                cpu_us: 0,
                memory_bytes: 0,
            },
            input,
            output: Value::Null,
            error: None,
            logs: Vec::new(),
            api_calls: Vec::new(),
            host_calls: Vec::new(),
        }
    }

    fn call(&self, hook: &LoadedHook, handler: &Handler, event: &Value, context: &HookContext) -> Call {
        let arguments = match handler.alias.map(|alias| alias.convention) {
            Some(Convention::EventApi) => vec![Argument::Event, Argument::Api],
            Some(Convention::Bag) => vec![Argument::Bag],
            Some(Convention::Positional(paths)) => paths
                .iter()
                .map(
                    |path| if path.is_empty() { Argument::Event } else { Argument::Path((*path).to_owned()) },
                )
                .collect(),
            None => vec![Argument::Auto],
        };
        let mut event = event.clone();
        if let Some(fields) = event.as_object_mut() {
            fields.insert("secrets".into(), json!(self.project.secrets));
        }
        Call {
            handler: handler.name.to_owned(),
            arguments,
            payload: event.clone(),
            event,
            context: serde_json::to_value(context).unwrap_or_default(),
            api: hook.trigger.api().map(method).collect(),
            sdk: methods::SDK.iter().map(method).collect(),
        }
    }

    /// Reads the verdict, applies the error policy, and keeps secrets out of the record. What the user is told passes
    /// unchanged: the author has written it for the user.
    fn conclude(
        &self,
        hook: &LoadedHook,
        mut run: Run,
        ending: Ending,
        earlier: &Effects,
    ) -> (Run, Finished) {
        let Ending { outcome, blame, error, handler, called, calls, issued } = ending;
        let failed = outcome != RunOutcome::Returned;
        let mut read = effects::read(hook.trigger, &hook.name, &calls, &run.input, earlier);
        run.api_calls = recorded::api_calls(calls);
        if read.denial.is_none() && !failed {
            let text = verdict::ignored(hook.trigger, &run.output);
            read.notes.extend(text.map(|text| Note { text, line: None }));
        }
        for Note { text, line } in read.notes.drain(..) {
            let at_us = run.summary.duration_us;
            run.logs.push(RunLog { level: "warn".into(), message: text, at_us, line });
        }
        run.summary.outcome = outcome;
        run.error = error;

        let blocking = hook.trigger.spec().phase.blocking();
        let mut denial = read.denial.filter(|_| blocking);
        if failed && blocking {
            denial = match blame {
                // Calls that a broken engine recorded are not the hook's.
                Blame::Sandbox => Some(unavailable(hook, outcome)),
                _ if denial.is_some() => denial,
                Blame::Load => {
                    (hook.settings.on_error != Some(OnError::Continue)).then(|| unavailable(hook, outcome))
                }
                Blame::Hook => (hook.on_error(handler.as_ref()) == OnError::Deny)
                    .then(|| failure_denial(hook, &run, handler.as_ref().filter(|_| called))),
            };
        }
        if let Some(denial) = &denial
            && !failed
        {
            run.summary.outcome = RunOutcome::Denied;
            run.summary.message = Some(format!("{}: {}", denial.reason, denial.message));
        } else if failed {
            run.summary.message = Some(match (&run.error, outcome) {
                (Some(error), RunOutcome::Limit) => error.message.clone(),
                (Some(error), _) => format!("{}: {}", error.name, error.message),
                (None, RunOutcome::Busy) => "no sandbox slot was free in time".into(),
                (None, _) => "the sandbox failed".into(),
            });
        }

        recorded::readable(&mut run);
        self.redact(&mut run, &issued);
        // A hook that failed half-way has no effects: all of them or none.
        let effects = if failed || !matches!(hook.trigger.spec().phase, Phase::Before | Phase::Interactive) {
            Effects::default()
        } else {
            read.effects
        };
        (run, Finished { effects, denial, failed })
    }

    /// Takes the project's secrets, and those of this run alone, out of its record.
    fn redact(&self, run: &mut Run, issued: &[String]) {
        // The one-time token of a message opens somebody's account. A unit test's event is its author's invention.
        let token = (run.summary.trigger.spec().phase == Phase::Send && self.mode != RunMode::Unit)
            .then(|| run.input.get("token").and_then(Value::as_str).map(str::to_owned))
            .flatten();
        if token.is_some() || !issued.is_empty() {
            Redactor::new(token.iter().chain(issued).map(String::as_str)).record(run);
        }
        self.project.redactor.record(run);
    }
}

/// What a failed hook tells the user when the failure refuses the request. `throw new Error("…")` and `throw "…"` in the
/// styles where a throw is the way to refuse (row K2) are the author's message to the user. Any other failure is a defect
/// whose text no user sees.
fn failure_denial(hook: &LoadedHook, run: &Run, handler: Option<&Handler>) -> Denial {
    let by_throw =
        handler.and_then(|handler| handler.alias).is_some_and(|alias| alias.on_error == OnError::Deny);
    let meant = run.error.as_ref().filter(|error| {
        by_throw && run.summary.outcome == RunOutcome::Threw && error.name == "Error" && says(&error.message)
    });
    let (reason, message) = match meant {
        Some(error) => ("access_denied".to_owned(), error.message.clone()),
        None => (
            "hook_failed".to_owned(),
            "This request was refused because a check could not be completed.".to_owned(),
        ),
    };
    Denial { reason, message, hook_name: hook.name.clone(), kind: DenialKind::Denied }
}

/// Whether a message says something: not what JavaScript makes of a value that is no text.
fn says(message: &str) -> bool {
    !matches!(message.trim(), "" | "null" | "undefined" | "NaN" | "[object Object]")
}

/// The answer while a hook that may refuse cannot run. Only a server that is busy is said to be: anything else may need
/// its operator or the hook's author.
fn unavailable(hook: &LoadedHook, outcome: RunOutcome) -> Denial {
    let message = match outcome {
        RunOutcome::Busy => "The server is busy; try again in a moment.",
        _ => "A check of this request cannot run now; try again later.",
    };
    Denial {
        reason: "busy".into(),
        message: message.into(),
        hook_name: hook.name.clone(),
        kind: DenialKind::Busy,
    }
}

fn method(method: &methods::Method) -> Method {
    let behaviour = match method.behaviour {
        // A slip in the arguments of a refusal must not let the caller in.
        Behaviour::Record if method.effect.refuses() => script::Behaviour::RecordAlways,
        Behaviour::Record => script::Behaviour::Record,
        Behaviour::RecordAsync => script::Behaviour::RecordAsync,
        Behaviour::Host => script::Behaviour::Host,
    };
    // The host checks the arguments of its own operations.
    let params = if method.behaviour == Behaviour::Host { "" } else { method.params };
    Method { path: method.path.into(), behaviour, params: params.into() }
}

fn allowed_hosts(settings: &HookSettings, project: &ProjectInfo) -> Vec<String> {
    if settings.allowed_hosts.is_empty() {
        return project.settings.allowed_hosts.clone();
    }
    settings.allowed_hosts.iter().chain(&project.settings.allowed_hosts).cloned().collect()
}

fn limit_error(limit: &script::LimitKind) -> RunError {
    RunError {
        name: "Limit".into(),
        message: format!("the hook {limit}"),
        stack: String::new(),
        line: None,
        column: None,
    }
}

fn failed_load(failure: Failure) -> (RunOutcome, Blame, Option<RunError>) {
    match failure {
        Failure::Threw(thrown) => {
            let blame = if thrown.is_refusal_at_load() { Blame::Load } else { Blame::Hook };
            (RunOutcome::Threw, blame, Some(recorded::error(thrown)))
        }
        Failure::Limit(limit) => (RunOutcome::Limit, Blame::Load, Some(limit_error(&limit))),
        Failure::Busy => (RunOutcome::Busy, Blame::Load, None),
        Failure::Internal(reason) => {
            tracing::error!(reason, "a hook could not be loaded");
            (RunOutcome::Internal, Blame::Sandbox, None)
        }
    }
}

pub(crate) fn micros(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
