//! Running an endpoint with its hooks (rows A12, A14): the same code as live traffic, with a session that is rolled
//! back.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use ::hooks::{Exchange, ExchangeOptions, Journal};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use contract::{
    catalogue::{
        endpoints::{Access, Endpoint, Step},
        payloads::Request,
        triggers::Trigger,
    },
    claims,
    error::{ErrorBody, ErrorCode},
    ids::{HookId, ProjectId, RequestId, UserId},
    manage::{
        CapturedMail, DatabaseChange, DecodedToken, EmittedEvent, EndpointResult, EndpointTest, RunMode,
        Scope, StepKind, TestMode, TestRequest, TestResponse, TestStep,
    },
};
use serde_json::{Value, json};
use store::{Db, sessions};
use tokio::sync::{Semaphore, SemaphorePermit};
use tracing::Instrument as _;

use crate::{
    Actor, Manage, Outcome,
    audit::Act,
    convert::change,
    hooks_of_project::{language_of, trigger_of},
    invalid,
    overview::label,
    verdict,
    versions::version_row,
};

/// How long a dry run may take before it is given up. (The store ends it sooner after its first write.)
const DEADLINE: Duration = Duration::from_secs(15);
/// How long a dry run waits for others to end.
const QUEUE: Duration = Duration::from_secs(5);

/// Places for dry runs: from its first write to its end one keeps a connection that live traffic needs, too.
pub(crate) struct DryRuns {
    places: Semaphore,
    queue: Duration,
}

impl DryRuns {
    /// SQLite has one connection that writes.
    pub(crate) fn new(db: &Db) -> Self {
        let places = if matches!(db, Db::Sqlite(_)) { 1 } else { 4 };
        Self { places: Semaphore::new(places), queue: QUEUE }
    }

    async fn place(&self) -> Outcome<SemaphorePermit<'_>> {
        let place = tokio::time::timeout(self.queue, self.places.acquire()).await;
        place.ok().and_then(Result::ok).ok_or_else(|| {
            ErrorBody::new(ErrorCode::Busy, "Other dry runs are going on. Try again in a moment.")
        })
    }
}

impl Manage {
    /// Calls an endpoint. A dry run saves and sends nothing, and can run drafts in place of what is live; a live run
    /// is a real request.
    ///
    /// # Errors
    /// Unknown project, hook or user, missing scope `update:hooks`, invalid field, `compile_failed`, database away;
    /// `busy` when too many dry runs are going on.
    /// A request that the endpoint refuses is a result, not an error.
    pub async fn endpoint_test(
        &self,
        actor: &Actor,
        slug: &str,
        endpoint: Endpoint,
        test: EndpointTest,
    ) -> Outcome<EndpointResult> {
        actor.require(Scope::UpdateHooks)?;
        let project = self.project_info(actor, slug)?;
        let spec = endpoint.spec();
        let dry = test.mode == TestMode::DryRun;
        let versions = test.versions.unwrap_or_default();
        if !dry
            && (test.drafts.as_ref().is_some_and(|d| !d.is_empty())
                || test.sources.as_ref().is_some_and(|s| !s.is_empty())
                || !versions.is_empty())
        {
            return Err(invalid(
                "drafts",
                "A draft never serves live traffic, nor does another version: deploy it first, or use a dry run.",
            ));
        }
        let mut drafts = HashMap::new();
        let mut wanted: Vec<HookId> = test.drafts.unwrap_or_default();
        let sources = test.sources.unwrap_or_default();
        for id in sources.keys() {
            let id: HookId =
                id.parse().map_err(|e: contract::ids::InvalidId| invalid("sources", e.to_string()))?;
            if !wanted.contains(&id) {
                wanted.push(id);
            }
        }
        for id in wanted {
            let row = self.hook_row(&project.id, &id).await?;
            let source = sources.get(id.as_ref()).unwrap_or(&row.draft_source);
            let hook = self.draft(&row, trigger_of(&row)?, source, language_of(&row.language), None).await?;
            drafts.insert(id, hook);
        }
        for (id, number) in versions {
            let id: HookId =
                id.parse().map_err(|e: contract::ids::InvalidId| invalid("versions", e.to_string()))?;
            let hook = self.old_version(&project.id, &id, number).await?;
            if drafts.insert(id, hook).is_some() {
                return Err(invalid("versions", "Give either a draft or a version of a hook, not both."));
            }
        }

        let body = test.body.unwrap_or_else(|| json!({}));
        let request = Request {
            ip: actor.ip().unwrap_or("127.0.0.1").to_owned(),
            method: spec.method.into(),
            hostname: None,
            url: spec.path.into(),
            user_agent: Some("Hookwright console".into()),
            language: None,
            query: std::collections::BTreeMap::new(),
            body: auth::redacted_body(&body),
            geoip: None,
        };
        let _place = if dry { Some(self.inner.dry_runs.place().await?) } else { None };
        let session = if dry { self.inner.db.dry() } else { self.inner.db.live() };
        let options = ExchangeOptions {
            endpoint,
            request: request.clone(),
            request_id: store::new_id::<RequestId>(self.now()),
            mode: if dry { RunMode::DryRun } else { RunMode::Live },
            session: session.clone(),
            drafts,
        };
        let exchange = self.inner.hooks.exchange(project.clone(), options);
        let Tried { mut response, listening, journal, duration_us } = if dry {
            self.try_out(exchange, endpoint, body, test.user_id).await?
        } else {
            let mut conn = session.write().await?;
            let act = Act {
                project: Some(&project.id),
                action: "endpoint.test_live",
                target_kind: "endpoint",
                target: spec.path,
                details: json!({"user_id": test.user_id}),
            };
            self.audited(&mut conn, actor, act).await?;
            conn.commit().await?;
            // A task of its own, as for any real request: whoever asked may hang up, and it still ends as it should.
            let manage = self.clone();
            let call = async move { manage.try_out(exchange, endpoint, body, test.user_id).await };
            tokio::spawn(call.in_current_span())
                .await
                .map_err(|_| ErrorBody::new(ErrorCode::Internal, "Something went wrong on the server."))??
        };
        let written: Vec<DatabaseChange> = session.changes().await.into_iter().map(change).collect();
        session.discard().await?;

        let mut token = response.body.get("access_token").and_then(Value::as_str).and_then(decode);
        let (mut changes, mut mails, mut events) = sort_out(written, &journal);
        // A hook may put a secret anywhere, and whoever tests it need not be allowed to read secrets.
        mails.iter_mut().for_each(|mail| project.hide_secrets_of_mail(mail));
        if let Some(token) = &mut token {
            project.hide_secrets(&mut token.claims);
            token.added.iter_mut().for_each(|name| project.hide_secrets_of_text(name));
        }
        let rows = changes.iter_mut().flat_map(|change| change.before.iter_mut().chain(&mut change.after));
        let payloads = events.iter_mut().map(|event| &mut event.payload);
        rows.chain(payloads).chain([&mut response.body]).for_each(|shown| project.hide_secrets(shown));
        Ok(EndpointResult {
            verdict: verdict::of_endpoint(&journal.runs, &response, duration_us),
            endpoint,
            mode: test.mode,
            request: TestRequest {
                method: spec.method.into(),
                path: spec.path.into(),
                body: serde_json::to_value(&request.body).unwrap_or_default(),
            },
            steps: steps(endpoint, &journal, &listening),
            response,
            token,
            changes,
            mails,
            events,
            duration_us,
            runs: journal.runs,
        })
    }

    /// A version of a hook, as a test runs it in place of the live one.
    async fn old_version(
        &self,
        project: &ProjectId,
        id: &HookId,
        number: u32,
    ) -> Outcome<Arc<::hooks::LoadedHook>> {
        let row = self.hook_row(project, id).await?;
        let version = {
            let session = self.inner.db.live();
            version_row(&mut *session.read().await?, &row, number).await?
        };
        let language = language_of(&version.language);
        self.draft(&row, trigger_of(&row)?, &version.source, language, Some(number)).await
    }

    /// The request itself, as the user if one is given. Only a dry run has a deadline; what is live is never cut off
    /// between its change and what follows it.
    async fn try_out(
        &self,
        exchange: Exchange,
        endpoint: Endpoint,
        body: Value,
        user: Option<UserId>,
    ) -> Outcome<Tried> {
        let started = Instant::now();
        let opened = match (&user, endpoint.spec().access) {
            (Some(user), Access::Bearer | Access::BearerOrBody) => {
                let opened = self.inner.auth.access_token_for(&exchange, user).await;
                // Not the caller's token is wrong, as this code would say of it, but a field of its request.
                Some(opened.map_err(|error| {
                    match error.error {
                        ErrorCode::InvalidToken => {
                            ErrorBody::new(ErrorCode::NotFound, "There is no such user in this project.")
                                .field("user_id")
                        }
                        _ => error,
                    }
                })?)
            }
            _ => None,
        };
        let bearer = opened.as_ref().map(|(token, _)| token.as_str());
        let call = self.inner.auth.handle(endpoint, &exchange, Some(body), bearer);
        let answer = if exchange.is_dry() {
            let late =
                |_| Err(ErrorBody::new(ErrorCode::Busy, "The endpoint did not finish within 15 seconds."));
            tokio::time::timeout(DEADLINE, call).await.unwrap_or_else(late)
        } else {
            call.await
        };
        let duration_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
        let response = match answer {
            Ok(answer) => {
                TestResponse { status: answer.status.into(), body: answer.body.unwrap_or(Value::Null) }
            }
            Err(error) => TestResponse {
                status: error.error.status().into(),
                body: serde_json::to_value(&error).unwrap_or_default(),
            },
        };
        let listening = listening(&exchange, endpoint);
        let error = response.body.get("error").and_then(Value::as_str).map(str::to_owned);
        let status = u16::try_from(response.status).unwrap_or(500);
        let (project, live) = (exchange.project().id.clone(), !exchange.is_dry());
        let journal = exchange.finish(status, error.as_deref());
        if let Some((_, session)) = opened.filter(|_| live) {
            let mut conn = self.inner.db.live().write().await?;
            sessions::revoke(&mut conn, &project, &session, self.now()).await?;
            conn.commit().await?;
        }
        Ok(Tried { response, listening, journal, duration_us })
    }
}

/// What a test call came to.
struct Tried {
    response: TestResponse,
    listening: Vec<Trigger>,
    journal: Journal,
    duration_us: u64,
}

/// The triggers of the endpoint that any hook listens to.
fn listening(exchange: &Exchange, endpoint: Endpoint) -> Vec<Trigger> {
    endpoint.triggers().filter(|trigger| exchange.listens(*trigger)).collect()
}

/// The catalogue's steps with what happened at each.
fn steps(endpoint: Endpoint, journal: &Journal, listening: &[Trigger]) -> Vec<TestStep> {
    let blank = |label: String, kind: StepKind, note: &str| TestStep {
        label,
        kind,
        start_us: None,
        duration_us: None,
        note: Some(note.to_owned()),
        run: None,
    };
    let mut steps = Vec::new();
    for step in endpoint.spec().steps {
        match step {
            Step::Hooks(trigger) => {
                let before = steps.len();
                for record in journal.steps.iter().filter(|record| record.trigger == Some(*trigger)) {
                    let run = record.run.and_then(|index| journal.runs.get(index));
                    steps.push(TestStep {
                        label: format!("{} · {}", label(*trigger), record.title),
                        kind: StepKind::Hooks,
                        start_us: record.start_us,
                        duration_us: record.duration_us,
                        note: run.map(|run| match &run.summary.message {
                            Some(message) => message.clone(),
                            None => run.summary.outcome.as_str().to_owned(),
                        }),
                        run: record.run.and_then(|index| u32::try_from(index).ok()),
                    });
                }
                if steps.len() == before {
                    let note = if listening.contains(trigger) { "not reached" } else { "no hook" };
                    steps.push(blank(trigger.spec().title.to_owned(), StepKind::Hooks, note));
                }
            }
            Step::Core(title, _) => {
                match journal.steps.iter().find(|s| s.kind == StepKind::Core && s.title == *title) {
                    Some(record) => steps.push(TestStep {
                        label: (*title).to_owned(),
                        kind: StepKind::Core,
                        start_us: record.start_us,
                        duration_us: record.duration_us,
                        note: None,
                        run: None,
                    }),
                    None => steps.push(blank((*title).to_owned(), StepKind::Core, "not reached")),
                }
            }
            Step::Event(event) => {
                match journal.steps.iter().find(|s| s.kind == StepKind::Event && s.title == event.as_str()) {
                    Some(record) => steps.push(TestStep {
                        label: event.as_str().to_owned(),
                        kind: StepKind::Event,
                        start_us: record.start_us,
                        duration_us: record.duration_us,
                        note: None,
                        run: None,
                    }),
                    None => steps.push(blank(event.as_str().to_owned(), StepKind::Event, "not reached")),
                }
            }
        }
    }
    steps
}

/// Mails and events out of what was written; the rest are changes.
fn sort_out(
    written: Vec<DatabaseChange>,
    journal: &Journal,
) -> (Vec<DatabaseChange>, Vec<CapturedMail>, Vec<EmittedEvent>) {
    let (mut changes, mut mails, mut events) = (Vec::new(), journal.mails.clone(), Vec::new());
    for change in written {
        let text = |field: &str| {
            change.after.as_ref().and_then(|row| row.get(field)).and_then(Value::as_str).map(str::to_owned)
        };
        match change.table.as_str() {
            "mails" => mails.push(CapturedMail {
                to: text("recipient").unwrap_or_default(),
                subject: text("subject").unwrap_or_default(),
                text: text("text_body").unwrap_or_default(),
                html: text("html_body"),
            }),
            "outbox" => events.push(EmittedEvent {
                event: text("event").unwrap_or_default(),
                payload: change
                    .after
                    .as_ref()
                    .and_then(|row| row.get("payload"))
                    .cloned()
                    .unwrap_or_default(),
            }),
            _ => changes.push(change),
        }
    }
    (changes, mails, events)
}

/// Header and claims of a JWT that this server has just made; nothing is verified.
fn decode(token: &str) -> Option<DecodedToken> {
    let mut parts = token.split('.');
    let mut part = || -> Option<Value> {
        let bytes = URL_SAFE_NO_PAD.decode(parts.next()?).ok()?;
        serde_json::from_slice(&bytes).ok()
    };
    let (header, claims) = (part()?, part()?);
    let added = claims
        .as_object()?
        .keys()
        .filter(|name| !claims::RESERVED.contains(&name.as_str()))
        .cloned()
        .collect();
    Some(DecodedToken { header, claims, added })
}

#[cfg(test)]
mod tests {
    use store::testing::temp_sqlite;

    use super::*;

    #[tokio::test]
    async fn a_dry_run_that_finds_no_place_is_told_so() {
        let temp = temp_sqlite().await.unwrap();
        let runs = DryRuns { queue: Duration::from_millis(1), ..DryRuns::new(&temp.db) };
        let first = runs.place().await.unwrap();
        assert_eq!(runs.place().await.err().unwrap().error, ErrorCode::Busy);
        drop(first);
        assert!(runs.place().await.is_ok());
    }
}
