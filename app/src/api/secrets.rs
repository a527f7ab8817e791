//! Secrets and API keys.

use contract::ids::ApiKeyId;
use contract::manage::{ApiKey, CreateApiKey as NewApiKey, CreatedApiKey, PutSecret as SecretValue, Secret};
use leptos::prelude::*;

use super::json::Json;
use crate::error::ConsoleError;
#[cfg(feature = "ssr")]
use crate::session;

/// Names of the secrets; their values can never be read.
#[server(input = Json, output = Json, prefix = "/console/api", endpoint = "secrets/list")]
pub(crate) async fn list_secrets(project: String) -> Result<Vec<Secret>, ConsoleError> {
    let (manage, actor) = session::signed_in()?;
    Ok(manage.secrets(&actor, &project).await?)
}

/// Sets a secret.
#[server(input = Json, output = Json, prefix = "/console/api", endpoint = "secrets/put")]
pub(crate) async fn put_secret(
    project: String,
    name: String,
    secret: SecretValue,
) -> Result<Secret, ConsoleError> {
    let (manage, actor) = session::signed_in()?;
    Ok(manage.put_secret(&actor, &project, &name, secret).await?)
}

/// Deletes a secret.
#[server(input = Json, output = Json, prefix = "/console/api", endpoint = "secrets/delete")]
pub(crate) async fn delete_secret(project: String, name: String) -> Result<(), ConsoleError> {
    let (manage, actor) = session::signed_in()?;
    Ok(manage.delete_secret(&actor, &project, &name).await?)
}

/// API keys that open a project alone, or for none those that open every project.
#[server(input = Json, output = Json, prefix = "/console/api", endpoint = "keys/list")]
pub(crate) async fn list_api_keys(project: Option<String>) -> Result<Vec<ApiKey>, ConsoleError> {
    let (manage, actor) = session::signed_in()?;
    Ok(manage.instance().api_keys(&actor, project.as_deref()).await?)
}

/// Makes an API key; the answer is the only place where it can be read.
#[server(input = Json, output = Json, prefix = "/console/api", endpoint = "keys/create")]
pub(crate) async fn create_api_key(
    project: Option<String>,
    new: NewApiKey,
) -> Result<CreatedApiKey, ConsoleError> {
    let (manage, actor) = session::signed_in()?;
    Ok(manage.instance().create_api_key(&actor, project.as_deref(), new).await?)
}

/// Revokes an API key at once.
#[server(input = Json, output = Json, prefix = "/console/api", endpoint = "keys/revoke")]
pub(crate) async fn revoke_api_key(project: Option<String>, key: ApiKeyId) -> Result<(), ConsoleError> {
    let (manage, actor) = session::signed_in()?;
    Ok(manage.instance().revoke_api_key(&actor, project.as_deref(), &key).await?)
}
