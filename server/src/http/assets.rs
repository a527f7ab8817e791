//! `/assets/<hash>/…`: the console's static files. Their addresses change with their content, so browsers may keep
//! them for ever.

use axum::{
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use sha2::{Digest, Sha256};

use super::{error::Failure, state::AppState};
use crate::site::media_type;

const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// Answers a file, compressed when a compressed one is there and the client takes it.
pub async fn serve(State(app): State<AppState>, Path(path): Path<String>, headers: HeaderMap) -> Response {
    let site = app.site().clone();
    let accepted = accepted(&headers);
    // Reading from disk blocks; only development does that.
    let found = tokio::task::spawn_blocking(move || {
        let path = format!("assets/{path}");
        let encoded = accepted.into_iter().find_map(|(encoding, extension)| {
            site.read(&format!("{path}.{extension}")).map(|content| (content, Some(encoding)))
        });
        encoded.or_else(|| site.read(&path).map(|content| (content, None))).map(|found| (path, found))
    })
    .await;
    let Ok(Some((path, (content, encoding)))) = found else { return Failure::not_found().into_response() };

    let mut answer = HeaderMap::new();
    answer.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type(&path)));
    answer.insert(header::CACHE_CONTROL, FOR_EVER);
    answer.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(encoding) = encoding {
        answer.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    let tag = etag(&content);
    let fresh = headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes());
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        answer.insert(header::ETAG, tag);
    }
    if fresh {
        return (StatusCode::NOT_MODIFIED, answer).into_response();
    }
    let body = match content {
        std::borrow::Cow::Borrowed(bytes) => Body::from(bytes),
        std::borrow::Cow::Owned(bytes) => Body::from(bytes),
    };
    (answer, body).into_response()
}

/// Encodings that the client takes and the build makes, best first: name and file extension.
fn accepted(headers: &HeaderMap) -> Vec<(&'static str, &'static str)> {
    let list = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let takes = |name: &str| {
        list.split(',').any(|item| {
            let (encoding, weight) = item.split_once(';').unwrap_or((item, ""));
            encoding.trim().eq_ignore_ascii_case(name)
                && !matches!(weight.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000")
        })
    };
    [("br", "br"), ("gzip", "gz")].into_iter().filter(|(name, _)| takes(name)).collect()
}

fn etag(content: &[u8]) -> String {
    let hash = Sha256::digest(content);
    let hex: String = hash.iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    format!("\"{hex}\"")
}
