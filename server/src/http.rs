//! Everything over HTTP: the auth API, the management API, the console, health.
//!
//! It must not hold policy: a handler extracts, makes one call of a service, answers with its result. To add an
//! operation of the management API see [`api`]; an endpoint of the auth API is an entry of the catalogue.

pub mod api;
mod assets;
mod auth;
mod body;
mod client;
mod console;
mod context;
mod error;
mod health;
pub mod openapi;
mod origin;
mod project;
mod reference;
mod renderers;
mod security;
mod state;
pub mod table;
mod well_known;

use std::time::Duration;

use axum::{
    Json, Router,
    extract::State,
    middleware,
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use contract::error::ErrorCode;
use tower_http::{catch_panic::CatchPanicLayer, compression::CompressionLayer};

pub use self::state::{AppState, Services};
use self::{context::Bounds, error::Failure, openapi::Documentation};

/// Health checks that are answered at the same time.
const HEALTH_CHECKS: usize = 64;

/// What the API reference is made from: every operation of the route tables.
pub fn documentation() -> Documentation {
    let (mut groups, mut operations) = auth::table().into_documentation();
    for table in [well_known::table(), api::table()] {
        let (more_groups, more_operations) = table.into_documentation();
        groups.extend(more_groups);
        operations.extend(more_operations);
    }
    Documentation { groups, operations }
}

/// The whole server. From the outside in: a request's id, the headers of every answer, those that let pages of other
/// origins read it, then its place and time limit, and last what catches a panic. An answer that one of the inner layers
/// gives in a handler's place thus has the same headers as the handler's own.
pub fn router(app: AppState) -> Router {
    let config = &app.config().server;
    let time = Duration::from_secs(config.request_timeout_seconds);
    let bounds = Bounds::new(config.max_concurrent_requests, time);
    let open = auth::router().merge(well_known::router());
    let open = with_prefix(open).layer(CompressionLayer::new());
    let open = admitted(open, &app, bounds.clone()).layer(auth::cors(config));
    let own = Router::new()
        .merge(console::router(&app))
        .route("/api/openapi.json", get(openapi_document))
        .route("/api/reference", get(reference::page))
        .merge(with_prefix(Router::new().nest(api::PREFIX, api::router())))
        .layer(CompressionLayer::new());
    let own = own
        .route("/", get(async || Redirect::temporary("/console")))
        .route("/assets/{*path}", get(assets::serve))
        .fallback(async || Failure::not_found())
        .method_not_allowed_fallback(wrong_method);
    // Places of its own: a server that is busy is not one that is dead.
    let health = Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .method_not_allowed_fallback(wrong_method);
    let health = admitted(health, &app, Bounds::new(HEALTH_CHECKS, time));
    admitted(own, &app, bounds)
        .merge(open)
        .merge(health)
        .layer(middleware::from_fn(security::headers))
        .layer(middleware::from_fn_with_state(app.clone(), context::identify))
        .with_state(app)
}

/// The routes as they are, and below `/p/{project}`.
fn with_prefix(routes: Router<AppState>) -> Router<AppState> {
    Router::new().merge(routes.clone()).nest(&format!("/p/{{{}}}", project::PARAMETER), routes)
}

/// Gives each request of these routes a place among `bounds`.
fn admitted(routes: Router<AppState>, app: &AppState, bounds: Bounds) -> Router<AppState> {
    routes
        .layer(CatchPanicLayer::custom(context::after_panic))
        .layer(middleware::from_fn_with_state((app.clone(), bounds), context::admit))
}

async fn wrong_method() -> Failure {
    Failure::new(
        ErrorCode::MethodNotAllowed,
        "This address does not take this method; see the header `allow`.",
    )
}

async fn openapi_document(State(app): State<AppState>) -> Response {
    Json(app.documentation().openapi(app.config().server.base())).into_response()
}
