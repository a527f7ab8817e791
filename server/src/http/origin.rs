//! The console's guard against requests made by other sites with the admin's cookie.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use contract::error::ErrorCode;
use url::Url;

use super::{error::Failure, state::AppState};

/// Refuses requests that change something and come from a page of another origin.
pub async fn check(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if !reads && !same_origin(request.headers(), &app.config().server.base_url) {
        return Failure::new(
            ErrorCode::OriginMismatch,
            "This request came from another site. Open the console at its own address and try again.",
        )
        .into_response();
    }
    next.run(request).await
}

/// Browsers say where a request comes from; what says nothing is no browser and has no cookie of an admin by accident.
fn same_origin(headers: &HeaderMap, base_url: &Url) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    match (text("sec-fetch-site"), text(header::ORIGIN.as_str())) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, None) => true,
        (None, Some(origin)) => {
            let Ok(origin) = Url::parse(origin) else { return false };
            let host = text(header::HOST.as_str()).unwrap_or_default();
            let authority = match (origin.host_str(), origin.port()) {
                (Some(name), Some(port)) => format!("{name}:{port}"),
                (Some(name), None) => name.to_owned(),
                (None, _) => return false,
            };
            authority.eq_ignore_ascii_case(host) || origin.origin() == base_url.origin()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(headers: &[(&'static str, &str)]) -> bool {
        let headers = headers.iter().map(|(name, value)| {
            (header::HeaderName::from_static(name), value.parse().expect("a header value"))
        });
        same_origin(&headers.collect(), &Url::parse("https://auth.example").expect("a URL"))
    }

    #[test]
    fn only_the_own_origin_may_change_something() {
        assert!(allowed(&[]));
        assert!(allowed(&[("sec-fetch-site", "same-origin")]));
        assert!(!allowed(&[("sec-fetch-site", "cross-site")]));
        assert!(!allowed(&[("sec-fetch-site", "same-site")]));
        assert!(allowed(&[("origin", "http://localhost:3000"), ("host", "localhost:3000")]));
        assert!(allowed(&[("origin", "https://auth.example"), ("host", "10.0.0.1:3000")]));
        assert!(!allowed(&[("origin", "https://evil.example"), ("host", "localhost:3000")]));
        assert!(!allowed(&[("origin", "null"), ("host", "localhost:3000")]));
    }
}
