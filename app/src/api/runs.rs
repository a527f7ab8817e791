//! Runs, the log stream and the audit log.

use contract::ids::RunId;
use contract::manage::{AuditPage, LogEntry, Run, RunFilter, RunPage};
use leptos::prelude::*;

use super::json::Json;
use crate::error::ConsoleError;
#[cfg(feature = "ssr")]
use crate::session;

/// Runs, newest first.
#[server(input = Json, output = Json, prefix = "/console/api", endpoint = "runs/list")]
pub(crate) async fn list_runs(project: String, filter: RunFilter) -> Result<RunPage, ConsoleError> {
    let (manage, actor) = session::signed_in()?;
    Ok(manage.runs(&actor, &project, filter).await?)
}

/// One run with everything that is known of it.
#[server(input = Json, output = Json, prefix = "/console/api", endpoint = "runs/get")]
pub(crate) async fn get_run(project: String, run: RunId) -> Result<Run, ConsoleError> {
    let (manage, actor) = session::signed_in()?;
    Ok(manage.run(&actor, &project, &run).await?)
}

/// The log stream, newest first.
#[server(input = Json, output = Json, prefix = "/console/api", endpoint = "logs/list")]
pub(crate) async fn list_logs(
    project: String,
    kind: Option<String>,
    endpoint: Option<String>,
) -> Result<Vec<LogEntry>, ConsoleError> {
    let (manage, actor) = session::signed_in()?;
    Ok(manage.logs(&actor, &project, kind, endpoint).await?)
}

/// Who changed what in a project, or for none in the instance, newest first.
#[server(input = Json, output = Json, prefix = "/console/api", endpoint = "audit/list")]
pub(crate) async fn list_audit(
    project: Option<String>,
    cursor: Option<String>,
) -> Result<AuditPage, ConsoleError> {
    let (manage, actor) = session::signed_in()?;
    Ok(match project {
        Some(project) => manage.audit(&actor, &project, cursor).await?,
        None => manage.instance_audit(&actor, cursor).await?,
    })
}
