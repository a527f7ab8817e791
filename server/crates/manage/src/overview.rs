//! *API & Hooks*, and an endpoint's page: made from the catalogue and what the project has (rows A3, A6).

use std::collections::HashMap;

use ::hooks::{on_error, settings_of};
use contract::{
    catalogue::{
        endpoints::{Endpoint, Step},
        methods::Effect,
        triggers::{HookKind, Trigger},
    },
    ids::HookId,
    manage::{ApiAndHooks, EndpointOverview, HookOverview, Scope, StepKind, StepOverview},
};
use store::{
    deployments::{self, Deployed},
    hook_runs::{self, HookStats},
    hooks,
    requests::{self, EndpointStats},
};

use crate::{Actor, Manage, Outcome, hooks_of_project::state, summary};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// What the lists are made from.
pub(crate) struct Facts {
    hooks: Vec<hooks::Hook>,
    live: HashMap<HookId, Deployed>,
    versions: HashMap<HookId, (u32, String, String)>,
    stats: HashMap<HookId, HookStats>,
    endpoints: HashMap<String, EndpointStats>,
    failures: HashMap<String, i64>,
}

impl Manage {
    /// Every auth endpoint with what runs on it.
    ///
    /// # Errors
    /// Unknown project, missing scope `read:hooks`, database away.
    pub async fn api_and_hooks(&self, actor: &Actor, slug: &str) -> Outcome<ApiAndHooks> {
        actor.require(Scope::ReadHooks)?;
        let facts = self.facts(actor, slug).await?;
        Ok(ApiAndHooks {
            endpoints: Endpoint::ALL.iter().map(|endpoint| facts.endpoint(*endpoint)).collect(),
        })
    }

    /// One endpoint with what runs on it.
    ///
    /// # Errors
    /// Unknown project, missing scope `read:hooks`, database away.
    pub async fn endpoint(&self, actor: &Actor, slug: &str, endpoint: Endpoint) -> Outcome<EndpointOverview> {
        actor.require(Scope::ReadHooks)?;
        Ok(self.facts(actor, slug).await?.endpoint(endpoint))
    }

    pub(crate) async fn facts(&self, actor: &Actor, slug: &str) -> Outcome<Facts> {
        let project = self.project_info(actor, slug)?;
        self.inner.hooks.flush().await;
        let since = self.now() - DAY_MS;
        let session = self.inner.db.live();
        let mut conn = session.read().await?;
        let hooks = hooks::list(&mut conn, &project.id, None).await?;
        let live: HashMap<HookId, Deployed> = deployments::deployed(&mut conn, Some(&project.id))
            .await?
            .into_iter()
            .map(|row| (row.hook_id.clone(), row))
            .collect();
        let mut versions = HashMap::new();
        for hook in &hooks {
            let known = live.get(&hook.id).map(|row| (row.version, row.source.clone(), row.language.clone()));
            let found = match (known, &hook.live_version_id) {
                (Some(known), _) => Some(known),
                // A hook that is switched off is not deployed, but it has a version.
                (None, Some(id)) => store::hook_versions::by_id(&mut conn, &project.id, id)
                    .await?
                    .map(|version| (version.number, version.source, version.language)),
                (None, None) => None,
            };
            if let Some((number, source, language)) = found {
                versions
                    .insert(hook.id.clone(), (u32::try_from(number).unwrap_or_default(), source, language));
            }
        }
        let stats = hook_runs::stats_since(&mut conn, &project.id, since).await?;
        let endpoints = requests::stats(&mut conn, &project.id, since).await?;
        let failures = hook_runs::failures_by_endpoint(&mut conn, &project.id, since).await?;
        Ok(Facts {
            hooks,
            live,
            versions,
            stats: stats.into_iter().map(|row| (row.hook_id.clone(), row)).collect(),
            endpoints: endpoints.into_iter().map(|row| (row.endpoint.clone(), row)).collect(),
            failures: failures.into_iter().collect(),
        })
    }
}

impl Facts {
    pub(crate) fn endpoint(&self, endpoint: Endpoint) -> EndpointOverview {
        let spec = endpoint.spec();
        let name = endpoint.request_line();
        let stats = self.endpoints.get(&name);
        let steps: Vec<StepOverview> = spec.steps.iter().map(|step| self.step(*step)).collect();
        // Not the sum of its hooks' errors: some hooks run on several endpoints.
        let errors = self.failures.get(&name).map_or(0, |failures| failures.unsigned_abs());
        EndpointOverview {
            endpoint,
            method: spec.method.into(),
            path: spec.path.into(),
            title: spec.title.into(),
            summary: spec.summary.into(),
            group: spec.group.as_str().into(),
            steps,
            p95_us: stats.map(|stats| stats.p95_us.unsigned_abs()),
            hooks_percent: stats.and_then(hooks_percent),
            requests: stats.map_or(0, |stats| stats.requests.unsigned_abs()),
            errors,
        }
    }

    pub(crate) fn step(&self, step: Step) -> StepOverview {
        match step {
            Step::Core(title, summary) => StepOverview {
                kind: StepKind::Core,
                trigger: None,
                event: None,
                label: title.into(),
                title: title.into(),
                summary: summary.into(),
                phase: None,
                can_deny: false,
                aliases: Vec::new(),
                hooks: Vec::new(),
            },
            Step::Event(event) => StepOverview {
                kind: StepKind::Event,
                trigger: None,
                event: Some(event.as_str().into()),
                label: event.as_str().into(),
                title: event.as_str().into(),
                summary: "Written to the outbox in the same transaction.".into(),
                phase: None,
                can_deny: false,
                aliases: Vec::new(),
                hooks: Vec::new(),
            },
            Step::Hooks(trigger) => {
                let spec = trigger.spec();
                let own = self.hooks.iter().filter(|hook| hook.trigger_id == trigger.as_str());
                StepOverview {
                    kind: StepKind::Hooks,
                    trigger: Some(trigger),
                    event: None,
                    label: label(trigger).into(),
                    title: spec.title.into(),
                    summary: spec.summary.into(),
                    phase: Some(spec.phase),
                    can_deny: spec
                        .api
                        .iter()
                        .any(|m| matches!(m.effect, Effect::DenyReason | Effect::DenyCode | Effect::Cancel)),
                    aliases: spec.aliases.iter().map(|alias| alias.name.to_owned()).collect(),
                    hooks: own.map(|hook| self.hook(trigger, hook)).collect(),
                }
            }
        }
    }

    fn hook(&self, trigger: Trigger, row: &hooks::Hook) -> HookOverview {
        let settings = settings_of(row);
        let version = self.versions.get(&row.id);
        let stats = self.stats.get(&row.id);
        let (runs, errors) = stats.map_or((0, 0), |s| (s.runs.unsigned_abs(), s.errors.unsigned_abs()));
        let live = self.live.get(&row.id);
        let handler = live.and_then(|live| {
            let compiled: script::Compiled = serde_json::from_value(live.compiled.clone()).ok()?;
            trigger.handler(&compiled.exports)
        });
        HookOverview {
            id: row.id.clone(),
            name: row.name.clone(),
            trigger,
            kind: HookKind::Code,
            state: state(row.live_version_id.is_some(), row.enabled),
            live_version: version.map(|(number, _, _)| *number),
            draft_pending: version
                .is_none_or(|(_, source, language)| *source != row.draft_source || *language != row.language),
            // One failure in ten is a hook that somebody should look at.
            failing: errors > 0 && errors * 10 >= runs,
            summary: live.map_or_else(
                || summary::of_draft(trigger),
                |live| summary::of_compiled(trigger, &live.compiled),
            ),
            summary_origin: "code".into(),
            on_error: on_error(trigger, &settings, handler.as_ref()),
            cpu_ms: settings.cpu_ms,
            wall_ms: settings.wall_ms,
            p95_us: stats.map(|stats| stats.p95_us.unsigned_abs()),
            runs,
            errors,
        }
    }
}

/// The word on a trigger's pill.
pub(crate) fn label(trigger: Trigger) -> &'static str {
    match trigger {
        Trigger::CredentialsExchange => "exchange",
        _ => trigger.spec().phase.label(),
    }
}

fn hooks_percent(stats: &EndpointStats) -> Option<u32> {
    u32::try_from(stats.hooks_p95_us.saturating_mul(100) / stats.p95_us.max(1))
        .ok()
        .map(|percent| percent.min(100))
}
