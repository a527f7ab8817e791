//! Runs of hooks: "why did my hook run, or not?"

use std::collections::HashMap;

use contract::{
    error::{ErrorBody, ErrorCode},
    ids::{HookId, ProjectId, RunId},
    manage::{Run, RunFilter, RunMode, RunPage, RunSummary, Scope},
};
use serde_json::Value;
use store::{Conn, hook_runs, hooks};

use crate::{Actor, Manage, Outcome, page};

impl Manage {
    /// Runs, newest first, those that were skipped included.
    ///
    /// # Errors
    /// Unknown project, missing scope `read:hooks`, wrong cursor, database away.
    pub async fn runs(&self, actor: &Actor, slug: &str, filter: RunFilter) -> Outcome<RunPage> {
        actor.require(Scope::ReadHooks)?;
        let project = self.project_info(actor, slug)?;
        let limit = page::size(filter.limit)?;
        let before = page::cursor::<RunId>(filter.cursor)?;
        let wanted = hook_runs::RunFilter {
            hook: filter.hook_id.as_ref(),
            request: filter.request_id.as_ref(),
            endpoint: filter.endpoint.as_deref(),
            outcome: filter.outcome.map(|outcome| outcome.as_str()),
            mode: filter.mode.map(|mode| match mode {
                RunMode::Live => hook_runs::RunMode::Live,
                RunMode::Unit => hook_runs::RunMode::Unit,
                RunMode::DryRun => hook_runs::RunMode::DryRun,
            }),
            ..hook_runs::RunFilter::default()
        };
        // What requests have left behind a moment ago belongs to the answer.
        self.inner.hooks.flush().await;
        let session = self.inner.db.live();
        let mut conn = session.read().await?;
        let rows = hook_runs::list(&mut conn, &project.id, wanted, before.as_ref(), limit).await?;
        let next =
            (rows.len() == limit as usize).then(|| rows.last().map(|row| row.id.to_string())).flatten();
        let names = names(&mut conn, &project.id, rows.iter().map(|row| &row.hook_id)).await?;
        let runs = rows.into_iter().filter_map(|row| summary(row, &names)).collect();
        Ok(RunPage { runs, next })
    }

    /// A run with everything that is known of it.
    ///
    /// # Errors
    /// Unknown project or run, missing scope `read:hooks`, database away.
    pub async fn run(&self, actor: &Actor, slug: &str, id: &RunId) -> Outcome<Run> {
        actor.require(Scope::ReadHooks)?;
        let project = self.project_info(actor, slug)?;
        self.inner.hooks.flush().await;
        let session = self.inner.db.live();
        let mut conn = session.read().await?;
        let unknown =
            || ErrorBody::new(ErrorCode::NotFound, "There is no such run in this project (any more).");
        let row = hook_runs::summary_by_id(&mut conn, &project.id, id).await?.ok_or_else(unknown)?;
        let mut detail = hook_runs::detail(&mut conn, &project.id, id).await?;
        let names = names(&mut conn, &project.id, std::iter::once(&row.hook_id)).await?;
        let mut part = |name: &str| detail.get_mut(name).map(Value::take).unwrap_or_default();
        let (input, output) = (part("input"), part("output"));
        let error = serde_json::from_value(part("error")).unwrap_or_default();
        let logs = serde_json::from_value(part("logs")).unwrap_or_default();
        let api_calls = serde_json::from_value(part("api_calls")).unwrap_or_default();
        let host_calls = serde_json::from_value(part("host_calls")).unwrap_or_default();
        let summary = summary(row, &names).ok_or_else(unknown)?;
        Ok(Run { summary, input, output, error, logs, api_calls, host_calls })
    }
}

async fn names<'a>(
    conn: &mut Conn,
    project: &ProjectId,
    ids: impl Iterator<Item = &'a HookId>,
) -> Outcome<HashMap<HookId, String>> {
    let mut names = HashMap::new();
    for id in ids {
        if !names.contains_key(id) {
            let hook = hooks::by_id_or_deleted(conn, project, id).await?;
            names.insert(id.clone(), hook.map_or_else(|| "deleted hook".to_owned(), |hook| hook.name));
        }
    }
    Ok(names)
}

/// None for a run of a trigger that this server does not know (any more).
fn summary(row: hook_runs::RunSummary, names: &HashMap<HookId, String>) -> Option<RunSummary> {
    Some(RunSummary {
        hook_name: names.get(&row.hook_id).cloned().unwrap_or_default(),
        trigger: row.trigger_id.parse().ok()?,
        mode: row.mode.as_str().parse().ok()?,
        outcome: row.outcome.parse().ok()?,
        version: row.version.and_then(|version| u32::try_from(version).ok()),
        user_id: row.user_id.map(String::from),
        duration_us: row.duration_us.unsigned_abs(),
        cpu_us: row.cpu_us.unsigned_abs(),
        memory_bytes: row.memory_bytes.unsigned_abs(),
        id: row.id,
        hook_id: row.hook_id,
        request_id: row.request_id,
        endpoint: row.endpoint,
        message: row.reason,
        started_at: row.started_at,
    })
}
