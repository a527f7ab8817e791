//! Outgoing HTTP requests of hooks: only to hosts that the settings allow, never to private addresses unless the
//! operator allows them, bounded in size and time.

mod address;
mod clients;
mod coding;
mod message;
mod ports;
mod redirect;
mod resolver;
#[cfg(test)]
mod tests;

use std::{net::IpAddr, sync::Arc, time::Duration};

use futures::StreamExt as _;
use reqwest::{
    Method, Request, Response, StatusCode, Url,
    header::{ACCEPT, ACCEPT_ENCODING, ACCEPT_LANGUAGE, CONTENT_LENGTH, HeaderMap, HeaderValue, RANGE},
};
use tokio::sync::Semaphore;

use self::{
    address::is_public,
    clients::{Clients, was_closed},
    message::{Body, Redirect, headers_to_send, received_headers},
    redirect::Sent,
    resolver::{Names, PublicResolver, SystemNames, of_project},
};
pub(crate) use self::{
    message::{FetchRequest, FetchResponse},
    resolver::LookUps,
};
use crate::error::HooksError;

/// Largest answer that a hook can read.
const MAX_RESPONSE: usize = 1 << 20;
/// Largest body that a hook can send.
const MAX_REQUEST: usize = 256 << 10;
const MAX_REDIRECTS: usize = 20;
/// Answers that one run reads at the same time: their bytes are the server's memory, not the code's.
const MAX_READING: usize = 4;

/// What the operator allows.
#[derive(Debug, Clone)]
pub struct FetchPolicy {
    /// Whether hooks may reach loopback, private and link-local addresses.
    pub allow_private: bool,
    /// Longest time for one request.
    pub timeout: Duration,
}

impl Default for FetchPolicy {
    fn default() -> Self {
        Self { allow_private: false, timeout: Duration::from_secs(10) }
    }
}

/// Carries out requests.
pub(crate) struct Fetcher {
    clients: Clients,
    policy: FetchPolicy,
}

/// Whose requests these are.
#[derive(Clone, Default)]
pub(crate) struct FetchOwner {
    look_ups: LookUps,
    reading: Reading,
}

/// The answers that a run reads.
#[derive(Clone)]
struct Reading(Arc<Semaphore>);

impl Default for Reading {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(MAX_READING)))
    }
}

impl FetchOwner {
    /// A run of a project that has these look-ups.
    pub(crate) fn new(look_ups: LookUps) -> Self {
        Self { look_ups, reading: Reading::default() }
    }
}

impl Fetcher {
    pub(crate) fn new(policy: FetchPolicy) -> Result<Self, HooksError> {
        Self::with_names(policy, Arc::new(SystemNames))
    }

    fn with_names(policy: FetchPolicy, names: Arc<dyn Names>) -> Result<Self, HooksError> {
        let clients = Clients::new(&policy, PublicResolver::new(names, policy.allow_private))?;
        Ok(Self { clients, policy })
    }

    /// Checks address and host before anything is sent. `allowed` empty means any public host.
    pub(crate) fn check(&self, url: &str, allowed: &[String]) -> Result<Url, String> {
        let url = Url::parse(url).map_err(|error| format!("Invalid URL: {error}"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(format!("only http and https can be fetched, not {}:", url.scheme()));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(
                "a URL with a user name or password is not fetched: send an Authorization header".into()
            );
        }
        let host = url.host_str().ok_or("the URL has no host")?.trim_matches(['[', ']']).to_ascii_lowercase();
        let named = |pattern: &String| match pattern.strip_prefix("*.") {
            Some(domain) => host.strip_suffix(domain).is_some_and(|sub| sub.ends_with('.')),
            None => host.eq_ignore_ascii_case(pattern),
        };
        if !allowed.is_empty() && !allowed.iter().any(named) {
            return Err(format!(
                "{host} is not among the allowed hosts of this hook ({})",
                allowed.join(", ")
            ));
        }
        if let Ok(address) = host.parse::<IpAddr>()
            && !self.policy.allow_private
            && !is_public(address)
        {
            return Err(private(&host));
        }
        ports::check(&url)?;
        Ok(url)
    }

    /// Sends a request and follows its redirects.
    pub(crate) async fn fetch(
        &self,
        request: FetchRequest,
        allowed: &[String],
        owner: &FetchOwner,
    ) -> Result<FetchResponse, String> {
        let url = self.check(&request.url, allowed)?;
        let method = method(&request.method)?;
        let headers = headers_to_send(&request.headers, &url)?;
        let body = request.body.map(Body::into_bytes).transpose()?;
        if let Some(body) = &body
            && body.len() > MAX_REQUEST
        {
            return Err(format!(
                "the request body has {} bytes; a hook can send at most {MAX_REQUEST} bytes ({} KiB)",
                body.len(),
                MAX_REQUEST >> 10
            ));
        }
        let mut sent = Sent { url, method, headers, body };
        for redirects in 0..=MAX_REDIRECTS {
            let response = self.send(&sent, owner).await?;
            let (status, redirect) = (response.status(), request.redirect);
            let target = redirect::target(status, response.headers(), &sent.url);
            let to = match (target, redirect) {
                (Some(_), Redirect::Error) => {
                    return Err(format!("the server answered with a redirect ({status})"));
                }
                (Some(to), Redirect::Follow) => self.check(to?.as_str(), allowed)?,
                (None, _) | (_, Redirect::Manual) => {
                    let _turn = owner.reading.0.acquire().await.map_err(|error| error.to_string())?;
                    return self.read(response, sent, redirects > 0).await;
                }
            };
            sent.follow(status, to)?;
        }
        Err(format!("the server redirects more than {MAX_REDIRECTS} times"))
    }

    async fn send(&self, sent: &Sent, owner: &FetchOwner) -> Result<Response, String> {
        let mut request = Request::new(sent.method.clone(), sent.url.clone());
        *request.headers_mut() = sent.headers.clone();
        let defaults = [
            (ACCEPT, "*/*"),
            (ACCEPT_LANGUAGE, "*"),
            // Parts of a compressed body could not be decompressed.
            (ACCEPT_ENCODING, if sent.headers.contains_key(RANGE) { "identity" } else { coding::ACCEPTED }),
        ];
        for (name, value) in defaults {
            request.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
        }
        // The client says it for every other length itself.
        let empty = sent.body.as_ref().map_or(takes_body(&sent.method), Vec::is_empty);
        if empty {
            request.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        *request.body_mut() = sent.body.clone().map(Into::into);
        let sending = of_project(owner.look_ups.clone(), self.clients.send(request));
        sending.await.map_err(|error| self.sentence(&error, &sent.method))
    }

    async fn read(&self, response: Response, sent: Sent, redirected: bool) -> Result<FetchResponse, String> {
        let status = response.status();
        if status == StatusCode::SWITCHING_PROTOCOLS {
            return Err("the server wants to speak another protocol (101)".to_owned());
        }
        let headers = response.headers().clone();
        let without = sent.method == Method::HEAD || matches!(status.as_u16(), 204 | 205 | 304);
        let body = if without { None } else { Some(self.read_body(response, &headers, &sent.method).await?) };
        let mut url = sent.url;
        url.set_fragment(None);
        Ok(FetchResponse {
            status: status.as_u16(),
            status_text: status.canonical_reason().unwrap_or_default().into(),
            headers: received_headers(&headers),
            body: body.map(Body::of),
            url: url.into(),
            redirected,
        })
    }

    async fn read_body(
        &self,
        response: Response,
        headers: &HeaderMap,
        method: &Method,
    ) -> Result<Vec<u8>, String> {
        if let Some(announced) = response.content_length()
            && announced > MAX_RESPONSE as u64
        {
            return Err(too_large(&format!("has {announced} bytes")));
        }
        let codings = coding::codings(headers).map_err(|error| error.sentence(MAX_RESPONSE))?;
        let mut bytes = Vec::new();
        let mut stream = response.bytes_stream();
        while let Some(chunk) = stream.next().await {
            let chunk = chunk.map_err(|error| self.sentence(&error, method))?;
            if bytes.len() + chunk.len() > MAX_RESPONSE {
                return Err(too_large(&format!("has more than {MAX_RESPONSE} bytes")));
            }
            bytes.extend_from_slice(&chunk);
        }
        if codings.is_empty() {
            return Ok(bytes);
        }
        // Milliseconds of work, which other hooks must not wait for.
        let decoded = tokio::task::spawn_blocking(move || coding::decode(bytes, &codings, MAX_RESPONSE));
        let decoded = decoded.await.map_err(|error| error.to_string())?;
        decoded.map_err(|error| error.sentence(MAX_RESPONSE))
    }

    /// What an author reads of a failure. The innermost cause says most: "connection refused", "private address".
    fn sentence(&self, error: &reqwest::Error, method: &Method) -> String {
        if error.is_timeout() {
            return format!("the server did not answer in time ({} s)", self.policy.timeout.as_secs_f32());
        }
        if was_closed(error) {
            let hint = if *method == Method::POST || *method == Method::PATCH {
                "; the request is not repeated, because the server may have carried it out: send the header \
                 idempotency-key where the server supports it"
            } else {
                ""
            };
            return format!(
                "fetch failed: the server closed the connection before its answer was complete{hint}"
            );
        }
        let mut cause: &dyn std::error::Error = error;
        while let Some(source) = cause.source() {
            cause = source;
        }
        format!("fetch failed: {cause}")
    }
}

fn method(name: &str) -> Result<Method, String> {
    if ["CONNECT", "TRACE", "TRACK"].iter().any(|forbidden| name.eq_ignore_ascii_case(forbidden)) {
        return Err(format!("the method {name} cannot be used"));
    }
    name.parse().map_err(|_| "the method is not a valid HTTP method".to_owned())
}

fn takes_body(method: &Method) -> bool {
    *method == Method::POST || *method == Method::PUT
}

fn too_large(what: &str) -> String {
    format!(
        "the response body {what}; a hook can read at most {MAX_RESPONSE} bytes ({} KiB)",
        MAX_RESPONSE >> 10
    )
}

fn private(host: &str) -> String {
    format!(
        "{host} is a private address; hooks cannot reach it unless the operator sets HOOKWRIGHT_ALLOW_PRIVATE_ADDRESSES"
    )
}
