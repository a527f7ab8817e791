//! One auth request: its flow fires triggers here, and everything that happens is kept for the answer, the run log
//! and the test panel.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Instant,
};

use contract::{
    catalogue::{
        endpoints::Endpoint,
        events::Event,
        payloads::{Client, Connection, HookContext, Request, Tenant},
        triggers::{Fires, Trigger},
    },
    ids::{HookId, Id as _, LogId, ProjectId, RequestId, UserId},
    manage::{Run, RunMode, RunOutcome, SkipReason, StepKind},
};
use serde_json::{Value, json};
use store::{
    Session,
    hook_runs::HookRun,
    log_entries::{LogEntry, LogLevel},
    requests::RequestRecord,
};

use crate::{
    Hooks,
    capture::{Capture, lock},
    effects::{Denial, Effects},
    journal::{Journal, StepRecord},
    loaded::{Gate, LoadedHook},
    project::ProjectInfo,
    recorder::Record,
    run::{Finished, Surroundings, micros},
};

/// What a request brings along.
pub struct ExchangeOptions {
    /// The endpoint.
    pub endpoint: Endpoint,
    /// The HTTP request, without secrets.
    pub request: Request,
    /// Its id.
    pub request_id: RequestId,
    /// Live or dry run.
    pub mode: RunMode,
    /// Where the flow reads and writes; a dry run's is rolled back.
    pub session: Session,
    /// Drafts that run in place of the live versions, by hook.
    pub drafts: HashMap<HookId, Arc<LoadedHook>>,
}

/// One auth request.
pub struct Exchange {
    around: Surroundings,
    hooks: Hooks,
    request: Request,
    drafts: HashMap<HookId, Arc<LoadedHook>>,
    started: Instant,
    started_at: i64,
    journal: Mutex<Journal>,
}

impl Hooks {
    /// Begins a request.
    pub fn exchange(&self, project: Arc<ProjectInfo>, options: ExchangeOptions) -> Exchange {
        let dry = options.mode != RunMode::Live;
        Exchange {
            around: Surroundings {
                inner: self.inner.clone(),
                project,
                session: options.session,
                request_id: options.request_id,
                endpoint: Some(options.endpoint.request_line()),
                mode: options.mode,
                capture: dry.then(Arc::<Capture>::default),
            },
            hooks: self.clone(),
            request: options.request,
            drafts: options.drafts,
            started: Instant::now(),
            started_at: self.inner.clock.now_ms(),
            journal: Mutex::default(),
        }
    }

    /// Runs one hook alone with an event, as a unit test: nothing is saved or sent. Gives the run and the mails that
    /// it would have sent.
    pub async fn unit(
        &self,
        project: Arc<ProjectInfo>,
        hook: &LoadedHook,
        event: &Value,
        request_id: RequestId,
    ) -> (Run, Option<Denial>, Vec<contract::manage::CapturedMail>) {
        let capture = Arc::<Capture>::default();
        let around = Surroundings {
            inner: self.inner.clone(),
            project,
            session: self.inner.db.dry(),
            request_id,
            endpoint: None,
            mode: RunMode::Unit,
            capture: Some(capture.clone()),
        };
        let request = serde_json::from_value(event.get("request").cloned().unwrap_or_default())
            .unwrap_or_else(|_| <Request as contract::catalogue::payloads::Sample>::sample());
        let context = context(&around, hook.trigger, &request);
        let (run, finished) = around.run(hook, event, &context, &Effects::default()).await;
        if let Err(error) = around.session.discard().await {
            tracing::warn!(%error, "a unit test's session could not be rolled back");
        }
        (run, finished.denial, capture.mails())
    }
}

fn context(around: &Surroundings, trigger: Trigger, request: &Request) -> HookContext {
    HookContext {
        project_id: around.project.id.as_str().to_owned(),
        project: around.project.slug.clone(),
        environment: around.project.environment.clone(),
        request_id: around.request_id.as_str().to_owned(),
        trigger: trigger.as_str().to_owned(),
        request: request.clone(),
        dry_run: around.mode != RunMode::Live,
    }
}

impl Exchange {
    /// The project.
    pub fn project(&self) -> &Arc<ProjectInfo> {
        &self.around.project
    }

    /// The HTTP request, without secrets.
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// The request's id.
    pub fn request_id(&self) -> &RequestId {
        &self.around.request_id
    }

    /// Where the flow reads and writes.
    pub fn session(&self) -> &Session {
        &self.around.session
    }

    /// Whether nothing may be saved or sent.
    pub fn is_dry(&self) -> bool {
        self.around.mode != RunMode::Live
    }

    /// The project as hooks see it.
    pub fn tenant(&self) -> Tenant {
        self.around.project.tenant()
    }

    /// The application as hooks see it.
    pub fn client(&self) -> Client {
        self.around.project.client()
    }

    /// The connection as hooks see it.
    pub fn connection(&self) -> Connection {
        self.around.project.connection()
    }

    /// Notes the user that the request turned out to be about.
    pub fn set_user(&self, id: &UserId) {
        lock(&self.journal).user = Some(id.clone());
    }

    /// Notes an event that has been written to the outbox.
    pub fn event_emitted(&self, event: Event) {
        let at = micros(self.started.elapsed());
        let mut journal = lock(&self.journal);
        journal.events.push(event);
        journal.steps.push(StepRecord {
            kind: StepKind::Event,
            trigger: None,
            title: event.as_str().into(),
            start_us: Some(at),
            duration_us: Some(0),
            run: None,
        });
    }

    /// Times a piece of the endpoint's own work, until the guard is dropped.
    pub fn core(&self, title: &'static str) -> CoreGuard<'_> {
        CoreGuard { exchange: self, title, started: Instant::now() }
    }

    /// Whether any live hook listens, so that its payload is worth building.
    pub fn listens(&self, trigger: Trigger) -> bool {
        !self.around.project.settings.bypass_hooks
            && self.candidates(trigger).iter().any(|hook| hook.gate == Gate::Open)
    }

    fn candidates(&self, trigger: Trigger) -> Vec<Arc<LoadedHook>> {
        let live = self.hooks.candidates(&self.around.project.id, trigger);
        live.iter().map(|hook| self.drafts.get(&hook.id).unwrap_or(hook).clone()).collect()
    }

    /// Fires a trigger whose hooks can refuse: runs them in order and stops at the first refusal. Each hook sees the
    /// effects of those before it.
    ///
    /// # Errors
    /// The refusal.
    pub async fn fire<T: Fires>(&self, trigger: T, payload: T::Payload) -> Result<Effects, Denial> {
        let (effects, refused) = self.fire_all(trigger, payload).await;
        refused.map_or(Ok(effects), Err)
    }

    /// The same for a trigger whose refusal does not undo what its hooks have asked for: gives that beside it.
    pub async fn fire_all<T: Fires>(&self, _trigger: T, payload: T::Payload) -> (Effects, Option<Denial>) {
        let candidates = self.candidates(T::TRIGGER);
        let mut effects = Effects::default();
        if candidates.is_empty() {
            return (effects, None);
        }
        let mut event = serde_json::to_value(&payload).unwrap_or_default();
        let context = context(&self.around, T::TRIGGER, &self.request);
        let mut refused: Option<Denial> = None;
        for hook in &candidates {
            let skip = match (&refused, self.closed(hook)) {
                (_, Some(reason)) => Some(reason),
                (Some(_), None) => Some(SkipReason::EarlierDeny),
                (None, None) => None,
            };
            if let Some(reason) = skip {
                self.skip(hook, reason);
                continue;
            }
            let finished = self.run(hook, &event, &context, &effects).await;
            finished.effects.show(&mut event);
            effects.extend(finished.effects);
            refused = finished.denial;
        }
        (effects, refused)
    }

    /// Fires a trigger whose hooks cannot refuse: runs all of them in order, whatever becomes of each. Gives the
    /// number of hooks that ended well.
    pub async fn notify<T: Fires>(&self, _trigger: T, payload: T::Payload) -> usize {
        let candidates = self.candidates(T::TRIGGER);
        if candidates.is_empty() {
            return 0;
        }
        let event = serde_json::to_value(&payload).unwrap_or_default();
        let context = context(&self.around, T::TRIGGER, &self.request);
        let (mut handled, none) = (0, Effects::default());
        for hook in &candidates {
            match self.closed(hook) {
                Some(reason) => self.skip(hook, reason),
                None => handled += usize::from(!self.run(hook, &event, &context, &none).await.failed),
            }
        }
        handled
    }

    fn closed(&self, hook: &LoadedHook) -> Option<SkipReason> {
        if self.around.project.settings.bypass_hooks {
            return Some(SkipReason::Bypassed);
        }
        match hook.gate {
            Gate::Open => None,
            Gate::Closed(reason) => Some(reason),
        }
    }

    fn skip(&self, hook: &LoadedHook, reason: SkipReason) {
        let run = self.around.skipped(hook, reason);
        self.keep(hook, run, None);
    }

    async fn run(
        &self,
        hook: &LoadedHook,
        event: &Value,
        context: &HookContext,
        earlier: &Effects,
    ) -> Finished {
        let start = micros(self.started.elapsed());
        let (run, finished) = self.around.run(hook, event, context, earlier).await;
        let took = micros(self.started.elapsed()).saturating_sub(start);
        self.keep(hook, run, Some((start, took)));
        finished
    }

    fn keep(&self, hook: &LoadedHook, run: Run, timing: Option<(u64, u64)>) {
        let mut journal = lock(&self.journal);
        let index = journal.runs.len();
        journal.hooks_us += timing.map_or(0, |(_, took)| took);
        journal.steps.push(StepRecord {
            kind: StepKind::Hooks,
            trigger: Some(hook.trigger),
            title: hook.name.clone(),
            start_us: timing.map(|(start, _)| start),
            duration_us: timing.map(|(_, took)| took),
            run: Some(index),
        });
        journal.runs.push(run);
    }

    /// Ends the request. In live traffic its runs, its timing and the failures of its hooks are recorded; `status`
    /// and `error` are those of the answer.
    pub fn finish(self, status: u16, error: Option<&str>) -> Journal {
        let duration_us = micros(self.started.elapsed());
        let mut journal = self.journal.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        let user = journal.user.as_ref().map(|id| id.as_str().to_owned());
        for run in &mut journal.runs {
            run.summary.user_id.clone_from(&user);
        }
        if let Some(capture) = &self.around.capture {
            journal.mails = capture.mails();
        }
        if self.around.mode == RunMode::Live {
            let project = &self.around.project.id;
            let endpoint = self.around.endpoint.clone().unwrap_or_default();
            let logs = journal.runs.iter().filter_map(|run| failed_hook(&self.around, run)).collect();
            // A successful read that no hook looks at is no reason to write.
            let kept = status >= 400 || !journal.runs.is_empty() || self.request.method != "GET";
            let as_i64 = |us: u64| i64::try_from(us).unwrap_or(i64::MAX);
            self.around.inner.recorder.record(Record {
                runs: journal.runs.iter().map(|run| stored_run(project, run)).collect(),
                request: kept.then(|| RequestRecord {
                    id: self.around.request_id.clone(),
                    project_id: project.clone(),
                    endpoint,
                    status: i64::from(status),
                    user_id: journal.user.clone(),
                    ip: Some(self.request.ip.clone()),
                    started_at: self.started_at,
                    duration_us: as_i64(duration_us),
                    hooks_us: as_i64(journal.hooks_us),
                    error_code: error.map(str::to_owned),
                }),
                logs,
            });
        }
        journal
    }
}

fn stored_run(project: &ProjectId, run: &Run) -> HookRun {
    let summary = &run.summary;
    let signed = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    HookRun {
        id: summary.id.clone(),
        project_id: project.clone(),
        hook_id: summary.hook_id.clone(),
        version: summary.version.map(i64::from),
        trigger_id: summary.trigger.as_str().into(),
        request_id: summary.request_id.clone(),
        endpoint: summary.endpoint.clone(),
        mode: store::hook_runs::RunMode::Live,
        outcome: summary.outcome.as_str().into(),
        reason: summary.message.clone(),
        detail: json!({
            "input": run.input,
            "output": run.output,
            "error": run.error,
            "logs": run.logs,
            "api_calls": run.api_calls,
            "host_calls": run.host_calls,
        }),
        user_id: summary.user_id.as_ref().and_then(|id| id.parse().ok()),
        started_at: summary.started_at,
        duration_us: signed(summary.duration_us),
        cpu_us: signed(summary.cpu_us),
        memory_bytes: signed(summary.memory_bytes),
    }
}

/// The entry of the log stream for a failed run (row G22).
fn failed_hook(around: &Surroundings, run: &Run) -> Option<LogEntry> {
    let summary = &run.summary;
    if !matches!(
        summary.outcome,
        RunOutcome::Threw | RunOutcome::Limit | RunOutcome::Busy | RunOutcome::Internal
    ) {
        return None;
    }
    let title = summary.trigger.spec().title;
    Some(LogEntry {
        id: store::new_id::<LogId>(summary.started_at),
        project_id: around.project.id.clone(),
        kind: "failed_hook".into(),
        level: LogLevel::Error,
        description: format!(
            "{title} hook “{}” failed: {}",
            summary.hook_name,
            summary.message.as_deref().unwrap_or("")
        ),
        user_id: summary.user_id.as_ref().and_then(|id| id.parse().ok()),
        hook_id: Some(summary.hook_id.clone()),
        request_id: Some(summary.request_id.clone()),
        details: json!({"trigger_id": summary.trigger, "run_id": summary.id, "error": run.error}),
        created_at: summary.started_at,
    })
}

/// Times a piece of an endpoint's own work.
pub struct CoreGuard<'a> {
    exchange: &'a Exchange,
    title: &'static str,
    started: Instant,
}

impl Drop for CoreGuard<'_> {
    fn drop(&mut self) {
        let start = micros(self.started.duration_since(self.exchange.started));
        lock(&self.exchange.journal).steps.push(StepRecord {
            kind: StepKind::Core,
            trigger: None,
            title: self.title.into(),
            start_us: Some(start),
            duration_us: Some(micros(self.started.elapsed())),
            run: None,
        });
    }
}
