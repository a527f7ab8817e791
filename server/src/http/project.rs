//! Which project a request is for: custom host, path prefix, header, default (in this order).

use std::sync::Arc;

use axum::{
    extract::{FromRequestParts, RawPathParams},
    http::request::Parts,
};
use contract::error::ErrorCode;
use hooks::{Hooks, ProjectInfo};

use super::{client::Caller, error::Failure};

/// Name of the path parameter of `/p/{project}/…`.
pub const PARAMETER: &str = "project";

/// How a request names its project.
#[derive(Debug, PartialEq, Eq)]
pub enum Named {
    /// By a slug, in the path or in `X-Project`.
    Slug(String),
    /// Not at all.
    Not,
}

/// The slug in the path or in the header.
pub async fn named(parts: &mut Parts) -> Named {
    if let Some(slug) = path_parameter(parts, PARAMETER).await {
        return Named::Slug(slug);
    }
    match parts.headers.get("x-project").and_then(|value| value.to_str().ok()).map(str::trim) {
        Some(slug) if !slug.is_empty() => Named::Slug(slug.to_owned()),
        _ => Named::Not,
    }
}

/// The project of an auth request, from memory.
///
/// # Errors
/// 404 when the named project does not exist, or none is named and there is no default.
pub async fn resolve(hooks: &Hooks, parts: &mut Parts, caller: &Caller) -> Result<Arc<ProjectInfo>, Failure> {
    if let Some(project) = caller.host.as_deref().and_then(|host| hooks.project_by_host(host)) {
        return Ok(project);
    }
    match named(parts).await {
        Named::Slug(slug) => hooks.project_by_slug(&slug).ok_or_else(|| unknown(&slug)),
        Named::Not => hooks.default_project().ok_or_else(|| {
            Failure::new(ErrorCode::UnknownProject, "Name a project: /p/{slug}/… or the header X-Project.")
        }),
    }
}

/// A parameter of the path by name, decoded.
pub async fn path_parameter(parts: &mut Parts, name: &str) -> Option<String> {
    let parameters = RawPathParams::from_request_parts(parts, &()).await.ok()?;
    parameters.iter().find(|(known, _)| *known == name).map(|(_, value)| value.to_owned())
}

fn unknown(slug: &str) -> Failure {
    let shown: String = slug.chars().take(80).collect();
    Failure::new(ErrorCode::UnknownProject, format!("There is no project `{shown}`."))
}
