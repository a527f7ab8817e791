//! Discovery: what verifies a project's tokens.

use axum::{
    Json, Router,
    extract::{Request, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use serde_json::Value;

use super::{
    client::Caller,
    error::Failure,
    project,
    state::AppState,
    table::{Operation, Table},
};

/// Both documents.
pub fn table() -> Table<AppState> {
    Table::new("")
        .group("Discovery", "What verifies a project's tokens.")
        .on(
            Operation::get("/.well-known/openid-configuration", "discovery", "The issuer's metadata")
                .answers::<Value>(200),
            discovery,
        )
        .on(
            Operation::get("/.well-known/jwks.json", "jwks", "The public keys of access tokens")
                .answers::<Value>(200),
            jwks,
        )
}

/// The routes.
pub fn router() -> Router<AppState> {
    table()
        .into_router()
        .route("/.well-known/{*rest}", axum::routing::any(async || Failure::not_found()))
        .method_not_allowed_fallback(super::wrong_method)
}

async fn discovery(State(app): State<AppState>, request: Request) -> Result<Response, Failure> {
    let project = project(&app, request).await?;
    Ok(cached(app.auth().discovery(&project)))
}

async fn jwks(State(app): State<AppState>, request: Request) -> Result<Response, Failure> {
    let project = project(&app, request).await?;
    Ok(cached(app.auth().jwks(&project).await?))
}

async fn project(app: &AppState, request: Request) -> Result<std::sync::Arc<hooks::ProjectInfo>, Failure> {
    let (mut parts, _) = request.into_parts();
    let caller = Caller::of(&parts.extensions)?;
    project::resolve(app.hooks(), &mut parts, &caller).await
}

/// Five minutes: a new key is announced for longer than that before it signs.
fn cached(body: Value) -> Response {
    let mut response = Json(body).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
    response
}
