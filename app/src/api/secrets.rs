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

/// API keys that open this project.
#[server(input = Json, output = Json, prefix = "/console/api", endpoint = "keys/list")]
pub(crate) async fn list_api_keys(project: String) -> Result<Vec<ApiKey>, ConsoleError> {
    let (manage, actor) = session::signed_in()?;
    Ok(manage.api_keys(&actor, &project).await?)
}

/// Makes an API key of this project; the answer is the only place where it can be read.
#[server(input = Json, output = Json, prefix = "/console/api", endpoint = "keys/create")]
pub(crate) async fn create_api_key(project: String, new: NewApiKey) -> Result<CreatedApiKey, ConsoleError> {
    let (manage, actor) = session::signed_in()?;
    Ok(manage.create_api_key(&actor, Some(&project), new).await?)
}

/// Revokes an API key at once.
#[server(input = Json, output = Json, prefix = "/console/api", endpoint = "keys/revoke")]
pub(crate) async fn revoke_api_key(project: String, key: ApiKeyId) -> Result<(), ConsoleError> {
    let (manage, actor) = session::signed_in()?;
    Ok(manage.revoke_api_key(&actor, &project, &key).await?)
}
