//! Reading JSON bodies: bounded, with errors that name the place.

use std::time::Duration;

use axum::{
    body::Body,
    extract::{FromRequest, Request},
    http::{HeaderMap, header},
};
use contract::error::ErrorCode;
use http_body_util::BodyExt;
use serde::de::DeserializeOwned;
use serde_json::{Value, error::Category};

use super::error::Failure;

/// Longest body of an auth request, in bytes.
pub const AUTH_LIMIT: usize = 64 << 10;
/// Longest body of a management request, in bytes.
pub const API_LIMIT: usize = 1 << 20;

/// How long a body may take to arrive: whoever is slower holds a place that others wait for.
const ARRIVAL: Duration = Duration::from_secs(10);
/// Room that is made for an announced body before it comes, in bytes.
const FIRST_ROOM: u64 = 16 << 10;
/// What is read and thrown away of a body that is too long, so that the client gets to read the answer, in bytes.
const DRAIN: usize = 16 << 20;
/// How long that may take.
const DRAIN_TIME: Duration = Duration::from_secs(5);

/// A body of the management API.
pub struct JsonBody<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for JsonBody<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        let (parts, body) = request.into_parts();
        let bytes = read(&parts.headers, body, API_LIMIT).await?;
        // What has only optional fields may be left out altogether.
        let text: &[u8] = if bytes.is_empty() { b"{}" } else { &bytes };
        parse(text).map(Self)
    }
}

/// The body of an auth request; none when it is empty.
///
/// # Errors
/// 413 when it is too long, 415 when it is not JSON by its type, 400 when it is not JSON.
pub async fn auth_body(headers: &HeaderMap, body: Body) -> Result<Option<Value>, Failure> {
    let bytes = read(headers, body, AUTH_LIMIT).await?;
    if bytes.is_empty() { Ok(None) } else { parse(&bytes).map(Some) }
}

/// Reads at most `limit` bytes of JSON.
async fn read(headers: &HeaderMap, body: Body, limit: usize) -> Result<Vec<u8>, Failure> {
    let bytes = collect(headers, body, limit).await?;
    if !bytes.is_empty() && !is_json(headers) {
        return Err(Failure::new(
            ErrorCode::UnsupportedMediaType,
            "Send the body as JSON, with the header `content-type: application/json`.",
        ));
    }
    Ok(bytes)
}

/// Reads at most `limit` bytes, for at most [`ARRIVAL`]. Whatever is beyond is never kept.
///
/// # Errors
/// 413 when it is too long, 408 when it is too slow, 400 when it ends early.
pub async fn collect(headers: &HeaderMap, body: Body, limit: usize) -> Result<Vec<u8>, Failure> {
    within(ARRIVAL, collect_all(headers, body, limit)).await
}

async fn within<T>(time: Duration, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    tokio::time::timeout(time, work).await.unwrap_or_else(|_| {
        Err(Failure::new(ErrorCode::RequestTimeout, "The body did not arrive in time. Try again."))
    })
}

async fn collect_all(headers: &HeaderMap, mut body: Body, limit: usize) -> Result<Vec<u8>, Failure> {
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.parse::<u64>().ok());
    if let Some(length) = announced.filter(|length| *length > limit as u64) {
        // Who waits to be told to go on has sent nothing, and too much to read is not read at all.
        let waits = headers.contains_key(header::EXPECT) || length > DRAIN as u64;
        return Err(if waits { too_large(limit) } else { drain(body, limit).await });
    }
    // Announcing costs nothing, so room for more is made when more has come.
    let mut bytes = Vec::with_capacity(announced.unwrap_or(0).min(FIRST_ROOM) as usize);
    while let Some(frame) = body.frame().await {
        let frame = frame
            .map_err(|_| Failure::new(ErrorCode::InvalidJson, "The body ended before it was complete."))?;
        let Ok(data) = frame.into_data() else { continue };
        if bytes.len() + data.len() > limit {
            return Err(drain(body, limit).await);
        }
        bytes.extend_from_slice(&data);
    }
    Ok(bytes)
}

fn too_large(limit: usize) -> Failure {
    Failure::new(ErrorCode::PayloadTooLarge, format!("The body is larger than {} KiB.", limit >> 10))
}

async fn drain(mut body: Body, limit: usize) -> Failure {
    let rest = async {
        let mut left = DRAIN;
        while let Some(Ok(frame)) = body.frame().await {
            left = left.saturating_sub(frame.data_ref().map_or(0, |data| data.len()));
            if left == 0 {
                break;
            }
        }
    };
    // A client that is slower than this does not get to read the answer.
    let _slow = tokio::time::timeout(DRAIN_TIME, rest).await;
    too_large(limit)
}

fn is_json(headers: &HeaderMap) -> bool {
    let mut lines = headers.get_all(header::CONTENT_TYPE).iter();
    let Some(value) = lines.next().and_then(|value| value.to_str().ok()) else { return false };
    // Of two types one may be a form's, which a page of another site can send.
    if lines.next().is_some() {
        return false;
    }
    let essence = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

/// Parses JSON into `T`. Text that is not JSON is told by line and column, a wrong value by its field.
pub(super) fn parse<T: DeserializeOwned>(text: &[u8]) -> Result<T, Failure> {
    let mut reader = serde_json::Deserializer::from_slice(text);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        describe(&path, &error.into_inner())
    })?;
    reader.end().map_err(|error| describe(".", &error))?;
    Ok(value)
}

fn describe(path: &str, error: &serde_json::Error) -> Failure {
    let (line, column) = (error.line(), error.column());
    let full = error.to_string();
    let reason = full.split(" at line ").next().unwrap_or(&full);
    if error.classify() != Category::Data {
        let message = format!("The body is not valid JSON: {reason} at line {line}, column {column}.");
        return Failure::new(ErrorCode::InvalidJson, message);
    }
    let field = field_name(path, reason);
    let message = match &field {
        Some(field) if reason.starts_with("unknown field") => format!("{}.", unknown_field(field, reason)),
        Some(field) if reason.starts_with("missing field") => format!("`{field}` is missing."),
        Some(field) => format!("`{field}`: {reason}."),
        None => format!("The body is not of the expected form: {reason}."),
    };
    let failure = Failure::new(ErrorCode::InvalidField, message);
    match field {
        Some(field) => failure.field(field),
        None => failure,
    }
}

/// `unknown field …, expected …` with the whole path of the field.
pub(super) fn unknown_field(field: &str, reason: &str) -> String {
    match reason.split_once(", ") {
        Some((_, expected)) => format!("`{field}` is not known here: {expected}"),
        None => format!("`{field}` is not known here"),
    }
}

/// The field at fault: the path, and for a missing one its own name, which only the reason has.
fn field_name(path: &str, reason: &str) -> Option<String> {
    let parent = (path != ".").then(|| path.to_owned());
    let missing = reason.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`'));
    match (parent, missing) {
        (Some(parent), Some(name)) => Some(format!("{parent}.{name}")),
        (None, Some(name)) => Some(name.to_owned()),
        (parent, None) => parent,
    }
}

#[cfg(test)]
mod tests {
    use contract::manage::{SaveDraft, UpdateHook};
    use serde_json::json;

    use super::*;

    fn body_of<T: DeserializeOwned>(text: &str) -> String {
        format!("{:?}", parse::<T>(text.as_bytes()).err().expect("refused"))
    }

    #[test]
    fn mistakes_are_named() {
        assert!(body_of::<Value>("{\"a\": }").contains("line 1, column 7"));
        assert!(body_of::<Value>("{} x").contains("line 1, column 4"));
        assert!(body_of::<SaveDraft>("{\"source\": \"\"}").contains("`revision` is missing"));
        assert!(body_of::<SaveDraft>("{\"source\": 1, \"revision\": 1}").contains("Some(\"source\")"));
        let deep = json!({"settings": {"cpu_ms": "x", "wall_ms": 1, "memory_mb": 1, "allowed_hosts": []}});
        assert!(body_of::<UpdateHook>(&deep.to_string()).contains("Some(\"settings.cpu_ms\")"));
        assert!(body_of::<UpdateHook>("{\"settings\": {\"cpu_ms\": 1}}").contains("settings.wall_ms"));
        let misspelt = body_of::<UpdateHook>("{\"enabeld\": false}");
        assert!(
            misspelt.contains("`enabeld` is not known here: expected one of `name`, `enabled`"),
            "{misspelt}"
        );
        assert!(misspelt.contains("Some(\"enabeld\")"), "{misspelt}");
        let inside = body_of::<UpdateHook>("{\"settings\": {\"cpu\": 1}}");
        assert!(inside.contains("Some(\"settings.cpu\")"), "{inside}");
    }

    #[tokio::test]
    async fn a_body_that_never_comes_is_not_waited_for() {
        let never = Body::from_stream(futures::stream::pending::<Result<Vec<u8>, std::io::Error>>());
        let headers = HeaderMap::new();
        let read = collect_all(&headers, never, API_LIMIT);
        let failure = within(Duration::ZERO, read).await.expect_err("refused");
        assert!(format!("{failure:?}").contains("RequestTimeout"), "{failure:?}");
    }

    #[test]
    fn deep_nesting_is_refused_calmly() {
        let text = "[".repeat(60_000);
        assert!(body_of::<Value>(&text).contains("InvalidJson"));
    }
}
