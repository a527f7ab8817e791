//! The rules for following redirects, as in the Fetch Standard.

use reqwest::{
    Method, StatusCode, Url,
    header::{
        CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LOCATION, CONTENT_TYPE, HeaderMap, HeaderName, LOCATION,
    },
};

/// Headers that may follow a redirect to another origin. Any other header may be meant for the first origin alone.
static HARMLESS: [HeaderName; 4] = [
    reqwest::header::ACCEPT,
    reqwest::header::ACCEPT_LANGUAGE,
    reqwest::header::CONTENT_TYPE,
    reqwest::header::USER_AGENT,
];
/// Headers that describe a body.
static OF_BODY: [HeaderName; 4] = [CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LOCATION, CONTENT_TYPE];

/// The parts of a request that a redirect may change.
pub(super) struct Sent {
    pub(super) url: Url,
    pub(super) method: Method,
    pub(super) headers: HeaderMap,
    pub(super) body: Option<Vec<u8>>,
}

/// Returns the address that an answer redirects to; none when the answer is not a redirect.
pub(super) fn target(status: StatusCode, headers: &HeaderMap, from: &Url) -> Option<Result<Url, String>> {
    if !matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let location = String::from_utf8_lossy(headers.get(LOCATION)?.as_bytes());
    let to = from.join(&location).map(|mut to| {
        if to.fragment().is_none() {
            to.set_fragment(from.fragment());
        }
        to
    });
    Some(to.map_err(|error| format!("the server redirects to an invalid URL: {error}")))
}

impl Sent {
    /// Changes the request for the redirect to `to`.
    pub(super) fn follow(&mut self, status: StatusCode, to: Url) -> Result<(), String> {
        if self.url.scheme() == "https" && to.scheme() == "http" {
            return Err("the server redirects from https to http, which is not followed".to_owned());
        }
        if becomes_get(status, &self.method) {
            self.method = Method::GET;
            self.body = None;
            for name in &OF_BODY {
                self.headers.remove(name);
            }
        }
        if to.origin() != self.url.origin() {
            if self.body.is_some() {
                return Err(format!(
                    "the server redirects to {}, and the body would go there; fetch that address itself",
                    to.origin().ascii_serialization()
                ));
            }
            let mut kept = HeaderMap::new();
            for name in &HARMLESS {
                for value in self.headers.get_all(name) {
                    kept.append(name, value.clone());
                }
            }
            self.headers = kept;
        }
        self.url = to;
        Ok(())
    }
}

/// Whether a redirect of a request with this method is followed with GET and without a body.
fn becomes_get(status: StatusCode, method: &Method) -> bool {
    match status.as_u16() {
        303 => !matches!(*method, Method::GET | Method::HEAD),
        301 | 302 => *method == Method::POST,
        _ => false,
    }
}
