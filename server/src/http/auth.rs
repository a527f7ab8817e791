//! The auth API: one route per endpoint of the catalogue, all through one handler.

use std::collections::BTreeMap;

use axum::{
    Json, Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use contract::{
    catalogue::{
        endpoints::{Access, Endpoint, EndpointSpec, Group, Step},
        payloads,
    },
    error::ErrorCode,
    ids::RequestId,
    manage::RunMode,
    record::collect,
};
use hooks::ExchangeOptions;
use serde_json::{Value, json};
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};

use super::{
    body::auth_body,
    client::Caller,
    context::Place,
    error::Failure,
    openapi::BODY_ERRORS,
    project,
    state::AppState,
    table::{Guard, Operation, Table},
};
use crate::config::ServerConfig;

/// Every endpoint of the catalogue, with its documentation.
pub fn table() -> Table<AppState> {
    let mut table = Table::new("");
    for group in Group::ALL {
        table = table.group(group.as_str(), summary(*group));
        for endpoint in Endpoint::ALL.iter().copied().filter(|e| e.spec().group == *group) {
            let handler = move |State(app): State<AppState>, request: Request| serve(app, endpoint, request);
            table = table.on(operation(endpoint), handler);
        }
    }
    table
}

/// The routes.
pub fn router() -> Router<AppState> {
    table()
        .into_router()
        .route("/auth/{*rest}", axum::routing::any(async || unknown_endpoint()))
        .route("/auth/", axum::routing::any(async || unknown_endpoint()))
        .route("/auth", axum::routing::any(async || unknown_endpoint()))
        .method_not_allowed_fallback(super::wrong_method)
}

/// Pages of the configured origins may call the API. Tokens are sent by hand, so no credentials are allowed and any
/// origin does no harm.
pub fn cors(config: &ServerConfig) -> CorsLayer {
    let origins = if config.cors_origins.iter().any(|origin| origin == "*") {
        AllowOrigin::any()
    } else {
        AllowOrigin::list(config.cors_origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok()))
    };
    CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([Method::GET, Method::POST])
        // By name, as they are asked for: a `*` would not stand for `Authorization`, and tracing adds headers of its own.
        .allow_headers(AllowHeaders::mirror_request())
        .expose_headers([header::HeaderName::from_static("x-request-id"), header::RETRY_AFTER])
        .max_age(std::time::Duration::from_secs(3600))
}

fn unknown_endpoint() -> Failure {
    Failure::new(ErrorCode::UnknownEndpoint, "There is no such endpoint; GET /api/reference lists them.")
}

async fn serve(app: AppState, endpoint: Endpoint, request: Request) -> Result<Response, Failure> {
    let (mut parts, body) = request.into_parts();
    let caller = Caller::of(&parts.extensions)?;
    let project = project::resolve(app.hooks(), &mut parts, &caller).await?;
    let request_id = parts.extensions.get::<RequestId>().cloned();
    let request_id = request_id.unwrap_or_else(|| store::new_id(app.clock().now_ms()));
    let bearer = bearer(&parts.headers)?.map(str::to_owned);
    let options = |body: Option<&Value>| ExchangeOptions {
        endpoint,
        request: payload(&parts, caller.clone(), body),
        request_id: request_id.clone(),
        mode: RunMode::Live,
        session: app.db().live(),
        drafts: std::collections::HashMap::new(),
    };
    if token_comes_first(endpoint) && bearer.is_none() {
        return Err(Failure::new(
            ErrorCode::InvalidToken,
            "Send an access token: `Authorization: Bearer …`.",
        ));
    }
    let body = match read_body(endpoint.spec(), &parts.headers, body).await {
        Err(failure) if token_comes_first(endpoint) => {
            // A stranger learns nothing about the body.
            let exchange = app.hooks().exchange(project, options(None));
            app.auth().check_bearer(&exchange, bearer.as_deref()).await?;
            return Err(failure);
        }
        read => read?,
    };
    let options = options(body.as_ref());
    let exchange = app.hooks().exchange(project, options);
    // The flow outlives a client that hangs up, and so does its place among the requests served at once.
    let place = parts.extensions.remove::<Place>();
    let answer = app.auth().serve(endpoint, exchange, body, bearer, place).await?;

    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let mut response = match answer.body {
        Some(body) => (status, Json(body)).into_response(),
        None => status.into_response(),
    };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// Whether a request without a valid token is refused before its body is looked at. Signing out takes either of both.
fn token_comes_first(endpoint: Endpoint) -> bool {
    endpoint.spec().access == Access::Bearer && endpoint != Endpoint::Logout
}

/// The token of `Authorization: Bearer …`. None: there is no such header, or it is of another scheme.
///
/// # Errors
/// 401 for two such headers: which of them counts would be a guess.
pub fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Failure> {
    let mut lines = headers.get_all(header::AUTHORIZATION).iter();
    let (first, second) = (lines.next(), lines.next());
    if second.is_some() {
        return Err(Failure::new(ErrorCode::InvalidToken, "Send one `Authorization` header, not several."));
    }
    let pair = first.and_then(|line| line.to_str().ok()).and_then(|line| line.split_once(' '));
    let token =
        pair.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, token)| token.trim());
    Ok(token)
}

/// The body; an empty one where fields are expected counts as `{}`, so that the answer names the first missing field.
async fn read_body(spec: &EndpointSpec, headers: &HeaderMap, body: Body) -> Result<Option<Value>, Failure> {
    let body = auth_body(headers, body).await?;
    Ok(body.or_else(|| spec.request.is_some().then(|| json!({}))))
}

/// The request as hooks see it.
fn payload(parts: &Parts, caller: Caller, body: Option<&Value>) -> payloads::Request {
    let query = parts.uri.query().unwrap_or_default();
    let language = parts.headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    payloads::Request {
        ip: caller.ip.to_string(),
        method: parts.method.to_string(),
        hostname: caller.host,
        url: parts.uri.path().to_owned(),
        user_agent: caller.user_agent,
        language: language
            .and_then(|list| list.split([',', ';']).next())
            .map(|first| first.trim().chars().take(35).collect::<String>())
            .filter(|first| !first.is_empty()),
        query: url::form_urlencoded::parse(query.as_bytes()).into_owned().collect::<BTreeMap<_, _>>(),
        body: body.map(auth::redacted_body).unwrap_or_default(),
        geoip: None,
    }
}

fn summary(group: Group) -> &'static str {
    match group {
        Group::SignUp => "Creating users and verifying addresses.",
        Group::Login => "Signing in and out, tokens.",
        Group::Password => "Changing and resetting passwords.",
        Group::Account => "The signed-in user.",
    }
}

fn operation(endpoint: Endpoint) -> Operation {
    let spec = endpoint.spec();
    // The catalogue writes the methods, and its snapshot shows them.
    let method = Method::from_bytes(spec.method.as_bytes()).unwrap_or(Method::POST);
    let mut operation = Operation::new(method, spec.path, endpoint.as_str(), spec.title);
    operation.description = Some(format!("{}\n\n{}", spec.summary, steps(spec)));
    operation.guard = match spec.access {
        Access::Public => Guard::Public,
        Access::Bearer => Guard::AccessToken,
        Access::BearerOrBody => Guard::AccessTokenOrBody,
    };
    operation.status = spec.status;
    if let Some(record) = spec.request {
        operation.request = Some(reference(record.name));
        operation.sample = Some((spec.sample)());
        collect(&mut operation.records, record);
    }
    if let Some(record) = spec.response {
        operation.response = Some(reference(record.name));
        collect(&mut operation.records, record);
    }
    if spec.request.is_none() {
        // A body that nobody asked for is read all the same: hooks see it.
        operation = operation.errors(&BODY_ERRORS);
    }
    operation.errors(spec.errors)
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// Row A3: which hooks run, by every name that is accepted.
fn steps(spec: &EndpointSpec) -> String {
    let mut out = String::from("What runs, in order:\n");
    for (number, step) in spec.steps.iter().enumerate() {
        let text = match step {
            Step::Core(title, summary) => format!("{title}. {summary}"),
            Step::Event(event) => format!("Event `{event}`."),
            Step::Hooks(trigger) => {
                let names = trigger.spec().aliases.iter().map(|alias| format!("`{}`", alias.name));
                let names = names.collect::<Vec<_>>().join(", ");
                format!(
                    "Hooks on `{trigger}` ({}): {names}. {}",
                    trigger.spec().phase.label(),
                    trigger.spec().summary
                )
            }
        };
        out.push_str(&format!("{}. {text}\n", number + 1));
    }
    out
}
