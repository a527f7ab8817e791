//! Endpoints and what runs on them.

use contract::catalogue::endpoints::Endpoint;
use contract::manage::{ApiAndHooks, EndpointOverview, EndpointReference};
use leptos::prelude::*;

use super::json::Json;
use crate::error::ConsoleError;
#[cfg(feature = "ssr")]
use crate::session;

/// Every endpoint with what runs on it.
#[server(input = Json, output = Json, prefix = "/console/api", endpoint = "endpoints/list")]
pub(crate) async fn list_endpoints(project: String) -> Result<ApiAndHooks, ConsoleError> {
    let (manage, actor) = session::signed_in()?;
    Ok(manage.api_and_hooks(&actor, &project).await?)
}

/// One endpoint with what runs on it.
#[server(input = Json, output = Json, prefix = "/console/api", endpoint = "endpoints/get")]
pub(crate) async fn get_endpoint(
    project: String,
    endpoint: Endpoint,
) -> Result<EndpointOverview, ConsoleError> {
    let (manage, actor) = session::signed_in()?;
    Ok(manage.endpoint(&actor, &project, endpoint).await?)
}

/// The reference of an endpoint.
#[server(input = Json, output = Json, prefix = "/console/api", endpoint = "endpoints/reference")]
pub(crate) async fn get_reference(
    project: String,
    endpoint: Endpoint,
) -> Result<EndpointReference, ConsoleError> {
    let (manage, actor) = session::signed_in()?;
    Ok(manage.reference(&actor, &project, endpoint).await?)
}
