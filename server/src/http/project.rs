//! Which project a request is for: path prefix, custom host, header, default (in this order).

use std::sync::Arc;

use axum::{
    extract::{FromRequestParts, OriginalUri, RawPathParams},
    http::request::Parts,
};
use contract::error::ErrorCode;
use hooks::{Hooks, ProjectInfo};
use percent_encoding::percent_decode_str;

use super::{
    client::{Caller, malformed},
    error::Failure,
};

/// Name of the path parameter of `/p/{project}/…`.
pub const PARAMETER: &str = "project";
const HEADER: &str = "x-project";

/// Returns the slug of the project that a request names: in its path, by its host, in `X-Project`; none: it names none.
/// The path is first, so that a host can never turn an address that names a project into another one's.
///
/// # Errors
/// What names a project and cannot be read: 404 in the path, 400 in the header. It never means "none named".
pub async fn named(hooks: &Hooks, parts: &mut Parts, caller: &Caller) -> Result<Option<String>, Failure> {
    if let Some(slug) = path_parameter(parts, PARAMETER).await? {
        return Ok(Some(slug));
    }
    if let Some(project) = caller.host.as_deref().and_then(|host| hooks.project_by_host(host)) {
        return Ok(Some(project.slug.clone()));
    }
    let mut lines = parts.headers.get_all(HEADER).iter();
    let Some(line) = lines.next() else { return Ok(None) };
    let slug = line.to_str().ok().map(str::trim).filter(|slug| !slug.is_empty() && lines.next().is_none());
    let slug =
        slug.ok_or_else(|| malformed(HEADER, "The header `X-Project` must be the slug of one project."))?;
    Ok(Some(slug.to_owned()))
}

/// The project of an auth request, from memory.
///
/// # Errors
/// As [`named`]; 404 when the named project does not exist, or none is named and there is no default.
pub async fn resolve(hooks: &Hooks, parts: &mut Parts, caller: &Caller) -> Result<Arc<ProjectInfo>, Failure> {
    match named(hooks, parts, caller).await? {
        Some(slug) => hooks.project_by_slug(&slug).ok_or_else(|| unknown(&slug)),
        None => hooks.default_project().ok_or_else(|| {
            Failure::new(ErrorCode::UnknownProject, "Name a project: /p/{slug}/… or the header X-Project.")
        }),
    }
}

/// A parameter of the path by name, decoded. None if the route has no such parameter.
///
/// # Errors
/// 404 if a parameter of the path is not UTF-8 text.
pub async fn path_parameter(parts: &mut Parts, name: &str) -> Result<Option<String>, Failure> {
    match RawPathParams::from_request_parts(parts, &()).await {
        Ok(parameters) => {
            let found = parameters.iter().find(|(known, _)| *known == name);
            Ok(found.map(|(_, value)| value.to_owned()))
        }
        Err(_) => Err(unreadable(parts)),
    }
}

/// The answer to a path with a part that is no text: there is nothing at such an address.
fn unreadable(parts: &Parts) -> Failure {
    let path = parts.extensions.get::<OriginalUri>().map_or(parts.uri.path(), |uri| uri.path());
    let slug = path.strip_prefix("/p/").and_then(|rest| rest.split('/').next());
    match slug.filter(|slug| percent_decode_str(slug).decode_utf8().is_err()) {
        Some(slug) => unknown(slug),
        None => Failure::new(ErrorCode::NotFound, "There is nothing at this address: it is not UTF-8 text."),
    }
}

fn unknown(slug: &str) -> Failure {
    let shown: String = slug.chars().take(80).collect();
    Failure::new(ErrorCode::UnknownProject, format!("There is no project `{shown}`."))
}
