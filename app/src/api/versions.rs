//! Versions and deployments.

use contract::ids::HookId;
use contract::manage::{DeployRequest, Deployed, Version, VersionSource};
use leptos::prelude::*;

use super::json::Json;
use crate::error::ConsoleError;
#[cfg(feature = "ssr")]
use crate::session;

/// How many versions a page of the history has.
pub(crate) const PAGE: u32 = 50;

/// A page of the history of a hook, newest first: what comes before a version, or the latest.
#[server(input = Json, output = Json, prefix = "/console/api", endpoint = "versions/list")]
pub(crate) async fn list_versions(
    project: String,
    hook: HookId,
    before: Option<u32>,
) -> Result<Vec<Version>, ConsoleError> {
    let (manage, actor) = session::signed_in()?;
    let filter = contract::manage::VersionFilter { before, limit: Some(PAGE) };
    Ok(manage.versions(&actor, &project, &hook, filter).await?)
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

/// Puts an old version's code live as a new version; `anyway`: even though it reads secrets that are gone.
#[server(input = Json, output = Json, prefix = "/console/api", endpoint = "versions/rollback")]
pub(crate) async fn roll_back(
    project: String,
    hook: HookId,
    number: u32,
    anyway: bool,
) -> Result<Deployed, ConsoleError> {
    let (manage, actor) = session::signed_in()?;
    let request = contract::manage::RollbackRequest { note: None, allow_missing_secrets: Some(anyway) };
    Ok(manage.rollback(&actor, &project, &hook, number, request).await?)
}
