//! Extractors: who calls, in which project, about what. A handler cannot forget to ask for them.

use std::str::FromStr;

use axum::{extract::FromRequestParts, http::request::Parts};
use contract::{
    catalogue::endpoints::Endpoint,
    error::ErrorCode,
    ids::{ApiKeyId, HookId, RunId, UserId},
};
use manage::{Actor, Manage};
use serde::{Deserialize, de::DeserializeOwned};

use crate::http::{
    auth::bearer,
    body::unknown_field,
    client::Caller,
    error::Failure,
    project::{named, path_parameter},
    state::AppState,
};

/// The caller, by its API key.
pub struct Access {
    /// The service behind the API.
    pub manage: Manage,
    /// Who calls.
    pub actor: Actor,
}

/// The caller and the project the request is for.
pub struct ProjectAccess {
    /// The service behind the API.
    pub manage: Manage,
    /// Who calls.
    pub actor: Actor,
    /// Slug of the project. Whether the caller may see it, [`manage`] decides.
    pub project: String,
}

impl FromRequestParts<AppState> for Access {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Failure> {
        let Some(token) = bearer(&parts.headers) else {
            return Err(Failure::new(ErrorCode::InvalidToken, "Send an API key: `Authorization: Bearer …`."));
        };
        let caller = Caller::of(parts, &app.config().server.trusted_proxies);
        let actor = app.manage().actor_by_key(token, Some(caller.ip.to_string())).await?;
        let actor = actor.ok_or_else(|| {
            Failure::new(ErrorCode::InvalidToken, "The API key is unknown, expired or revoked.")
        })?;
        Ok(Self { manage: app.manage().clone(), actor })
    }
}

impl FromRequestParts<AppState> for ProjectAccess {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Failure> {
        let Access { manage, actor } = Access::from_request_parts(parts, app).await?;
        let caller = Caller::of(parts, &app.config().server.trusted_proxies);
        let project = match named(app.hooks(), parts, &caller).await {
            Some(slug) => slug,
            None => own_project(app, &actor)?,
        };
        Ok(Self { manage, actor, project })
    }
}

/// The project of the caller's key, else the instance's default.
fn own_project(app: &AppState, actor: &Actor) -> Result<String, Failure> {
    let of_key = actor.only_project().and_then(|id| app.hooks().project_by_id(id));
    of_key.or_else(|| app.hooks().default_project()).map(|project| project.slug.clone()).ok_or_else(|| {
        Failure::new(ErrorCode::UnknownProject, "Name a project: /p/{slug}/api/v2/… or the header X-Project.")
    })
}

/// A parameter of the path, as `T`.
async fn parameter<T: FromStr>(
    parts: &mut Parts,
    name: &str,
    code: ErrorCode,
    what: &str,
) -> Result<T, Failure> {
    let text = path_parameter(parts, name).await.unwrap_or_default();
    text.parse().map_err(|_| {
        let shown: String = text.chars().take(80).collect();
        Failure::new(code, format!("There is no {what} `{shown}`."))
    })
}

macro_rules! path_extractors {
    ($($(#[doc = $doc:literal])+ $name:ident($type:ty) = $parameter:literal, $code:ident, $what:literal;)+) => {$(
        $(#[doc = $doc])+
        pub struct $name(pub $type);

        impl<S: Send + Sync> FromRequestParts<S> for $name {
            type Rejection = Failure;

            async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
                parameter(parts, $parameter, ErrorCode::$code, $what).await.map(Self)
            }
        }
    )+};
}

path_extractors! {
    /// The hook of the path.
    HookOf(HookId) = "id", UnknownHook, "hook";
    /// The version of the path.
    VersionOf(u32) = "number", UnknownVersion, "version";
    /// The endpoint of the path.
    EndpointOf(Endpoint) = "endpoint", UnknownEndpoint, "endpoint";
    /// The run of the path.
    RunOf(RunId) = "id", NotFound, "run";
    /// The user of the path.
    UserOf(UserId) = "id", NotFound, "user";
    /// The API key of the path.
    KeyOf(ApiKeyId) = "id", NotFound, "API key";
    /// The name in the path.
    NameOf(String) = "name", NotFound, "secret";
    /// The project in the path of `/projects/{slug}`.
    SlugOf(String) = "slug", UnknownProject, "project";
}

/// The query of a list that has nothing to ask but for its next page.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageQuery {
    /// `next` of the last page.
    pub cursor: Option<String>,
}

/// The query, with errors that name the parameter.
pub struct QueryOf<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for QueryOf<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let query = parts.uri.query().unwrap_or_default();
        let reader = serde_urlencoded::Deserializer::new(url::form_urlencoded::parse(query.as_bytes()));
        serde_path_to_error::deserialize(reader).map(Self).map_err(|error| {
            let field = error.path().to_string();
            let reason = error.into_inner().to_string();
            let message = if reason.starts_with("unknown field") {
                format!("{}.", unknown_field(&field, &reason))
            } else {
                format!("`{field}`: {reason}.")
            };
            Failure::new(ErrorCode::InvalidField, message).field(field)
        })
    }
}
