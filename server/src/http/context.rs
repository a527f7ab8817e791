//! What surrounds every request: an id, a span, who asks, a place among the requests served at once, a time limit, and
//! an answer to each.

use std::{sync::Arc, time::Duration};

use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue},
    middleware::Next,
    response::{IntoResponse, Response},
};
use contract::{error::ErrorCode, ids::RequestId};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tracing::Instrument as _;

use super::{
    client::Caller,
    error::{Failure, finish},
    state::AppState,
};

static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// A place among the requests served at once, in the request's extensions. It is free again when the last clone is
/// gone: work that outlives the connection keeps one.
#[derive(Clone)]
pub struct Place {
    _permit: Arc<OwnedSemaphorePermit>,
}

/// Bounds on the requests served at once.
#[derive(Clone)]
pub struct Bounds {
    places: Arc<Semaphore>,
    time: Duration,
}

impl Bounds {
    /// At most `places` requests at the same time, each for at most `time`.
    pub fn new(places: usize, time: Duration) -> Self {
        Self { places: Arc::new(Semaphore::new(places)), time }
    }
}

/// The outermost layer: gives the request its id, and every answer too.
pub async fn identify(State(app): State<AppState>, mut request: Request, next: Next) -> Response {
    let id: RequestId = store::new_id(app.clock().now_ms());
    request.extensions_mut().insert(id.clone());
    // The path without its query, which may hold one-time tokens.
    let span = tracing::info_span!(
        "http.request",
        http.method = %request.method(),
        http.path = %request.uri().path(),
        request.id = %id,
        http.status = tracing::field::Empty,
    );
    let response = next.run(request).instrument(span.clone()).await;
    span.record("http.status", response.status().as_u16());
    span.in_scope(|| tracing::debug!("http.request.answered"));
    let mut response = finish(response, &id);
    if let Ok(value) = HeaderValue::from_str(id.as_ref()) {
        response.headers_mut().insert(REQUEST_ID.clone(), value);
    }
    response
}

/// Reads who asks, and gives the request a place and a time limit. It is inside the layers that add headers, so that a
/// refusal has them too.
pub async fn admit(
    State((app, bounds)): State<(AppState, Bounds)>,
    mut request: Request,
    next: Next,
) -> Response {
    let trusted = &app.config().server.trusted_proxies;
    let caller = match Caller::read(request.headers(), request.uri(), request.extensions(), trusted) {
        Ok(caller) => caller,
        Err(failure) => return failure.into_response(),
    };
    let Ok(permit) = bounds.places.clone().try_acquire_owned() else {
        return Failure::new(ErrorCode::Busy, "The server is busy. Try again in a moment.").into_response();
    };
    request.extensions_mut().insert(caller);
    request.extensions_mut().insert(Place { _permit: Arc::new(permit) });
    match tokio::time::timeout(bounds.time, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            Failure::new(ErrorCode::Unavailable, "The request took too long. Try again.").into_response()
        }
    }
}

/// The answer after a panic. Its text goes to the log, by the panic hook, and never to the client.
pub fn after_panic(_: Box<dyn std::any::Any + Send>) -> Response {
    Failure::new(ErrorCode::Internal, "Something went wrong on the server.").into_response()
}
