//! Versions and deployments.

use contract::ids::HookId;
use contract::manage::{DeployRequest, Deployed, Version, VersionSource};
use leptos::prelude::*;

use super::json::Json;
use crate::error::ConsoleError;
#[cfg(feature = "ssr")]
use crate::session;

/// The history of a hook, newest first.
#[server(input = Json, output = Json, prefix = "/console/api", endpoint = "versions/list")]
pub(crate) async fn list_versions(project: String, hook: HookId) -> Result<Vec<Version>, ConsoleError> {
    let (manage, actor) = session::signed_in()?;
    Ok(manage.versions(&actor, &project, &hook).await?)
}

/// A version with its source.
#[server(input = Json, output = Json, prefix = "/console/api", endpoint = "versions/get")]
pub(crate) async fn get_version(
    project: String,
    hook: HookId,
    number: u32,
) -> Result<VersionSource, ConsoleError> {
    let (manage, actor) = session::signed_in()?;
    Ok(manage.version(&actor, &project, &hook, number).await?)
}

/// Puts the draft live.
#[server(input = Json, output = Json, prefix = "/console/api", endpoint = "versions/deploy")]
pub(crate) async fn deploy(
    project: String,
    hook: HookId,
    request: DeployRequest,
) -> Result<Deployed, ConsoleError> {
    let (manage, actor) = session::signed_in()?;
    Ok(manage.deploy(&actor, &project, &hook, request).await?)
}

/// Puts an old version's code live as a new version.
#[server(input = Json, output = Json, prefix = "/console/api", endpoint = "versions/rollback")]
pub(crate) async fn roll_back(project: String, hook: HookId, number: u32) -> Result<Deployed, ConsoleError> {
    let (manage, actor) = session::signed_in()?;
    Ok(manage
        .rollback(&actor, &project, &hook, number, contract::manage::RollbackRequest { note: None })
        .await?)
}
