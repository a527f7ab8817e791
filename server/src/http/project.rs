//! Which project a request is for: path prefix, custom host, header, default (in this order).

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

/// The slug of the project that a request names: in its path, by its host, in `X-Project`; none: it names none. The path
/// is first, so that a host can never turn an address that names a project into another one's.
pub async fn named(hooks: &Hooks, parts: &mut Parts, caller: &Caller) -> Option<String> {
    if let Some(slug) = path_parameter(parts, PARAMETER).await {
        return Some(slug);
    }
    if let Some(project) = caller.host.as_deref().and_then(|host| hooks.project_by_host(host)) {
        return Some(project.slug.clone());
    }
    let header = parts.headers.get("x-project").and_then(|value| value.to_str().ok()).map(str::trim);
    header.filter(|slug| !slug.is_empty()).map(str::to_owned)
}

/// The project of an auth request, from memory.
///
/// # Errors
/// 404 when the named project does not exist, or none is named and there is no default.
pub async fn resolve(hooks: &Hooks, parts: &mut Parts, caller: &Caller) -> Result<Arc<ProjectInfo>, Failure> {
    match named(hooks, parts, caller).await {
        Some(slug) => hooks.project_by_slug(&slug).ok_or_else(|| unknown(&slug)),
        None => hooks.default_project().ok_or_else(|| {
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
