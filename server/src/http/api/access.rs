//! Extractors: who calls, in which project, about what. A handler cannot forget to ask for them.

use std::str::FromStr;

use axum::{extract::FromRequestParts, http::request::Parts};
use contract::{
    catalogue::endpoints::Endpoint,
    error::ErrorCode,
    ids::{ApiKeyId, HookId, RunId, UserId},
    manage::Scope,
};
use manage::{Actor, Manage};
use percent_encoding::percent_decode_str;
use serde::{Deserialize, de::DeserializeOwned};

use crate::http::{
    auth::bearer,
    body::unknown_field,
    client::Caller,
    error::Failure,
    project::{named, path_parameter},
    state::AppState,
};

/// What an operation asks of its caller. The route table puts it into every request of the operation, and the extractors
/// below check it: before the handler runs, and before the body is read.
#[derive(Debug, Clone, Copy)]
pub struct Required {
    /// The scope that the API key needs.
    pub scope: Scope,
    /// Whether a key of one project is not enough.
    pub instance: bool,
}

/// The caller, by its API key, with the operation's scope.
pub struct Access {
    /// The service behind the API.
    pub manage: Manage,
    /// Who calls.
    pub actor: Actor,
}

/// The caller and the project the request is for, which the caller may see.
pub struct ProjectAccess {
    /// The service behind the API.
    pub manage: Manage,
    /// Who calls.
    pub actor: Actor,
    /// Slug of the project.
    pub project: String,
}

/// The caller and the project in the path of `/projects/{slug}`, which the caller may see.
pub struct SlugAccess {
    /// The service behind the API.
    pub manage: Manage,
    /// Who calls.
    pub actor: Actor,
    /// Slug of the project.
    pub slug: String,
}

impl FromRequestParts<AppState> for Access {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Failure> {
        let Some(Required { scope, instance }) = parts.extensions.get().copied() else {
            // The entry in the table names no scope, so no caller can have it.
            return Err(Failure::new(ErrorCode::Internal, "Something went wrong on the server."));
        };
        let Some(token) = bearer(&parts.headers)? else {
            return Err(Failure::new(ErrorCode::InvalidToken, "Send an API key: `Authorization: Bearer …`."));
        };
        let caller = Caller::of(&parts.extensions)?;
        let actor = app.manage().actor_by_key(token, Some(caller.ip.to_string())).await?;
        let actor = actor.ok_or_else(|| {
            Failure::new(ErrorCode::InvalidToken, "The API key is unknown, expired or revoked.")
        })?;
        actor.require(scope)?;
        if instance {
            actor.require_instance()?;
        }
        Ok(Self { manage: app.manage().clone(), actor })
    }
}

impl FromRequestParts<AppState> for ProjectAccess {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Failure> {
        let Access { manage, actor } = Access::from_request_parts(parts, app).await?;
        let caller = Caller::of(&parts.extensions)?;
        let project = match named(app.hooks(), parts, &caller).await? {
            Some(slug) => slug,
            None => own_project(app, &actor)?,
        };
        manage.require_project(&actor, &project)?;
        Ok(Self { manage, actor, project })
    }
}

impl FromRequestParts<AppState> for SlugAccess {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Failure> {
        let Access { manage, actor } = Access::from_request_parts(parts, app).await?;
        let slug = path_parameter(parts, "slug").await?.unwrap_or_default();
        manage.require_project(&actor, &slug)?;
        Ok(Self { manage, actor, slug })
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
    let text = path_parameter(parts, name).await?.unwrap_or_default();
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
        // Decoding puts a sign in place of what is no text, which would make another filter of it.
        if percent_decode_str(query).decode_utf8().is_err() {
            return Err(Failure::new(
                ErrorCode::InvalidRequest,
                "The query of the address is not UTF-8 text.",
            ));
        }
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
