//! Tests of a hook alone and of a whole endpoint.

use contract::catalogue::endpoints::Endpoint;
use contract::ids::HookId;
use contract::manage::{EndpointResult, EndpointTest, UnitResult, UnitTest};
use leptos::prelude::*;
use serde_json::Value;

use super::json::Json;
use crate::error::ConsoleError;
#[cfg(feature = "ssr")]
use crate::session;

/// Runs a hook alone.
#[server(input = Json, output = Json, prefix = "/console/api", endpoint = "tests/unit")]
pub(crate) async fn test_hook(
    project: String,
    hook: HookId,
    test: UnitTest,
) -> Result<UnitResult, ConsoleError> {
    let (manage, actor) = session::signed_in()?;
    Ok(manage.unit_test(&actor, &project, &hook, test).await?)
}

/// An example of the hook's event.
#[server(input = Json, output = Json, prefix = "/console/api", endpoint = "tests/sample")]
pub(crate) async fn sample_event(project: String, hook: HookId) -> Result<Value, ConsoleError> {
    let (manage, actor) = session::signed_in()?;
    Ok(manage.sample_event(&actor, &project, &hook).await?)
}

/// Runs an endpoint with its hooks.
#[server(input = Json, output = Json, prefix = "/console/api", endpoint = "tests/endpoint")]
pub(crate) async fn test_endpoint(
    project: String,
    endpoint: Endpoint,
    test: EndpointTest,
) -> Result<EndpointResult, ConsoleError> {
    let (manage, actor) = session::signed_in()?;
    Ok(manage.endpoint_test(&actor, &project, endpoint, test).await?)
}
