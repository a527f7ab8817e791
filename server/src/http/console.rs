//! The console: pages rendered on the server, and their server functions.

use std::sync::LazyLock;

use app::session::{COOKIE, ClientInfo, CurrentActor};
use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::{self, Next},
    response::{AppendHeaders, IntoResponse, Response},
    routing::{get, post},
};
use contract::{
    error::{ErrorBody, ErrorCode},
    ids::RequestId,
};
use leptos::{prelude::provide_context, server_fn::axum::server_fn_paths};
use leptos_axum::ResponseOptions;

use super::{
    body::{API_LIMIT, collect},
    client::Caller,
    error::Failure,
    origin,
    renderers::Renderers,
    security,
    state::AppState,
};

/// Pages below `/console`, server functions below `/console/api`.
pub fn router(app: &AppState) -> Router<AppState> {
    // Pages load their data on this executor. Refused only when it is set already, as by another router of a test.
    let _already_set = any_spawner::Executor::init_tokio();
    Router::new()
        .route("/console", get(page))
        .route("/console/{*rest}", get(page))
        .route("/console/api/{*function}", post(call).get(call))
        .layer(middleware::from_fn(bounded))
        .layer(middleware::from_fn_with_state(app.clone(), origin::check))
}

/// Refuses bodies over the limit with an answer that the console can show, which leptos, reading them itself, does not.
async fn bounded(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    match collect(&parts.headers, body, API_LIMIT).await {
        Ok(bytes) => next.run(Request::from_parts(parts, Body::from(bytes))).await,
        Err(failure) => failure.into_response(),
    }
}

static RENDERERS: LazyLock<Renderers> = LazyLock::new(Renderers::start);

async fn page(State(app): State<AppState>, request: Request<Body>) -> Result<Response, Failure> {
    let context = Visitor::of(&request)?.context(&app).await?;
    let assets = app.site().base();
    let render = leptos_axum::render_app_async_with_context(
        move || {
            context.provide();
            policy();
        },
        move || app::shell(&assets),
    );
    let rendered = RENDERERS.run(move || render(request)).await;
    let mut response = rendered.ok_or_else(|| {
        tracing::error!("a page could not be rendered");
        Failure::from(ErrorBody::new(ErrorCode::Internal, "This page could not be shown. Reload it."))
    })?;
    // A page that leads elsewhere does so for clients too that do not say that they want HTML.
    if response.status() == StatusCode::OK && response.headers().contains_key(header::LOCATION) {
        *response.status_mut() = StatusCode::FOUND;
    }
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    Ok(response)
}

async fn call(State(app): State<AppState>, request: Request<Body>) -> Result<Response, Failure> {
    let methods = methods_of(request.uri().path());
    match methods.first() {
        None => return Err(Failure::not_found()),
        Some(known) if !methods.contains(request.method()) => {
            let allow = HeaderValue::from_str(known.as_str()).ok().map(|known| (header::ALLOW, known));
            return Ok((AppendHeaders(allow), super::wrong_method().await).into_response());
        }
        Some(_) => {}
    }
    let context = Visitor::of(&request)?.context(&app).await?;
    let answer = leptos_axum::handle_server_fns_with_context(move || context.provide(), request).await;
    let mut response = with_status(answer.into_response()).await;
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    Ok(response)
}

/// The methods of the server functions at an address.
fn methods_of(path: &str) -> Vec<Method> {
    let mut methods = Vec::new();
    for (known, method) in server_fn_paths() {
        if known == path {
            methods.push(method);
        }
    }
    methods
}

/// A server function that fails is answered with 500, whatever failed; this gives the answer the status of its code.
async fn with_status(response: Response) -> Response {
    if response.status() != StatusCode::INTERNAL_SERVER_ERROR {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(text) = axum::body::to_bytes(body, API_LIMIT).await else {
        return (parts, Body::empty()).into_response();
    };
    if let Ok(error) = serde_json::from_slice::<ErrorBody>(&text) {
        parts.status = StatusCode::from_u16(error.error.status()).unwrap_or(parts.status);
    }
    (parts, Body::from(text)).into_response()
}

/// What pages and server functions find in their context.
#[derive(Clone)]
struct Context {
    manage: manage::Manage,
    actor: CurrentActor,
    client: ClientInfo,
    request_id: Option<RequestId>,
}

impl Context {
    fn provide(&self) {
        provide_context(self.manage.clone());
        provide_context(self.actor.clone());
        provide_context(self.client.clone());
        if let Some(request_id) = &self.request_id {
            provide_context(request_id.clone());
        }
    }
}

/// What a request says of who sends it.
struct Visitor {
    caller: Caller,
    token: Option<String>,
    request_id: Option<RequestId>,
}

impl Visitor {
    fn of(request: &Request<Body>) -> Result<Self, Failure> {
        Ok(Self {
            caller: Caller::of(request.extensions())?,
            token: cookie(request.headers(), COOKIE).map(str::to_owned),
            request_id: request.extensions().get().cloned(),
        })
    }

    async fn context(self, app: &AppState) -> Result<Context, Failure> {
        let ip = Some(self.caller.ip.to_string());
        let actor = match &self.token {
            Some(token) => app.manage().actor_by_session(token, ip.clone()).await?,
            None => None,
        };
        let secure = app.config().server.secure();
        Ok(Context {
            manage: app.manage().clone(),
            actor: CurrentActor(actor),
            client: ClientInfo { ip, user_agent: self.caller.user_agent, secure },
            request_id: self.request_id,
        })
    }
}

/// Sets the page's policy with the nonce that its inline scripts get.
fn policy() {
    let nonce = leptos::nonce::use_nonce().map(|nonce| nonce.to_string()).unwrap_or_default();
    if let (Some(options), Ok(value)) = (
        leptos::prelude::use_context::<ResponseOptions>(),
        HeaderValue::from_str(&security::console_policy(&nonce)),
    ) {
        options.insert_header(header::CONTENT_SECURITY_POLICY, value);
    }
}

/// A cookie's value.
fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let pairs = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    pairs
        .flat_map(|list| list.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(known, _)| *known == name)
        .map(|(_, value)| value)
}
