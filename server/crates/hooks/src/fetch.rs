//! Outgoing HTTP requests of hooks: only to hosts that the settings allow, never to private addresses unless the
//! operator allows them, bounded in size and time.

mod address;
mod resolver;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, net::IpAddr, sync::Arc, time::Duration};

use futures::StreamExt as _;
use reqwest::{Client, Method, StatusCode, Url, redirect::Policy};
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;

pub(crate) use self::resolver::LookUps;
use self::{
    address::is_public,
    resolver::{Names, PublicResolver, SystemNames, of_project},
};
use crate::error::HooksError;

/// Largest answer that a hook can read.
const MAX_RESPONSE: usize = 1 << 20;
/// Largest body that a hook can send.
const MAX_REQUEST: usize = 256 << 10;
const MAX_REDIRECTS: usize = 5;
/// Answers that one run reads at the same time: their bytes are the server's memory, not the code's.
const MAX_READING: usize = 4;
/// Headers that belong to the connection; a hook must not forge them.
const OF_CONNECTION: [&str; 4] = ["host", "content-length", "transfer-encoding", "connection"];
/// Headers that may follow a redirect to another origin; any other may be meant for the first one alone.
const HARMLESS: [&str; 4] = ["accept", "accept-language", "content-type", "user-agent"];

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

/// A request as the sandbox hands it over.
#[derive(Debug, Deserialize)]
pub(crate) struct FetchRequest {
    pub(crate) url: String,
    #[serde(default)]
    pub(crate) method: Option<String>,
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) body: Option<String>,
    #[serde(default)]
    pub(crate) redirect: Option<String>,
}

/// An answer as the sandbox takes it.
#[derive(Debug, Serialize)]
pub(crate) struct FetchResponse {
    pub(crate) status: u16,
    #[serde(rename = "statusText")]
    pub(crate) status_text: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
    pub(crate) url: String,
}

impl FetchResponse {
    /// What a dry run answers in place of the network.
    pub(crate) fn simulated(url: String) -> Self {
        let headers = [("content-type", "application/json"), ("x-simulated", "dry-run")];
        Self {
            status: 200,
            status_text: "OK".into(),
            headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            body: "{}".into(),
            url,
        }
    }
}

/// Carries out requests.
pub(crate) struct Fetcher {
    client: Client,
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
        // Another part of the process may have installed it already; either is the same provider.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .redirect(Policy::none())
            .timeout(policy.timeout)
            .no_proxy()
            .dns_resolver(Arc::new(PublicResolver::new(names, policy.allow_private)))
            .user_agent(concat!("Hookwright/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| HooksError::Client(error.to_string()))?;
        Ok(Self { client, policy })
    }

    /// Checks address and host before anything is sent. `allowed` empty means any public host.
    pub(crate) fn check(&self, url: &str, allowed: &[String]) -> Result<Url, String> {
        let url = Url::parse(url).map_err(|error| format!("`{url}` is not an absolute URL: {error}"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(format!("only http and https can be fetched, not {}:", url.scheme()));
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
        Ok(url)
    }

    /// Sends a request and follows its redirects.
    pub(crate) async fn fetch(
        &self,
        request: FetchRequest,
        allowed: &[String],
        owner: &FetchOwner,
    ) -> Result<FetchResponse, String> {
        let mut url = self.check(&request.url, allowed)?;
        let mut method: Method = request
            .method
            .as_deref()
            .unwrap_or("GET")
            .to_ascii_uppercase()
            .parse()
            .map_err(|_| "the method is not a valid HTTP method".to_owned())?;
        let mut headers = request.headers;
        headers.retain(|name, _| !OF_CONNECTION.iter().any(|own| name.eq_ignore_ascii_case(own)));
        let mut body = request.body;
        if body.as_ref().is_some_and(|body| body.len() > MAX_REQUEST) {
            return Err(format!("the body is larger than {} KiB", MAX_REQUEST >> 10));
        }
        for _ in 0..=MAX_REDIRECTS {
            let mut builder = self.client.request(method.clone(), url.clone());
            for (name, value) in &headers {
                builder = builder.header(name, value);
            }
            if let Some(body) = &body {
                builder = builder.body(body.clone());
            }
            let response =
                of_project(owner.look_ups.clone(), builder.send()).await.map_err(|error| sentence(&error))?;
            let status = response.status();
            let target = status
                .is_redirection()
                .then(|| response.headers().get(reqwest::header::LOCATION))
                .flatten()
                .and_then(|to| to.to_str().ok())
                .and_then(|to| url.join(to).ok());
            let to = match (target, request.redirect.as_deref()) {
                (Some(_), Some("error")) => return Err("the server answered with a redirect".into()),
                (Some(to), None | Some("follow")) => self.check(to.as_str(), allowed)?,
                _ => {
                    let _turn = owner.reading.0.acquire().await.map_err(|error| error.to_string())?;
                    return read(response).await;
                }
            };
            if url.scheme() == "https" && to.scheme() == "http" {
                return Err("the server redirects from https to http, which is not followed".into());
            }
            if becomes_get(status, &method) {
                method = Method::GET;
                body = None;
            }
            if to.origin() != url.origin() {
                headers.retain(|name, _| HARMLESS.iter().any(|own| name.eq_ignore_ascii_case(own)));
                if body.is_some() {
                    return Err(format!(
                        "the server redirects to {}, and the body would go there; fetch that address itself",
                        to.origin().ascii_serialization()
                    ));
                }
            }
            url = to;
        }
        Err(format!("more than {MAX_REDIRECTS} redirects"))
    }
}

/// Whether a redirect of a request with this method is followed without its body, as browsers do.
fn becomes_get(status: StatusCode, method: &Method) -> bool {
    match status.as_u16() {
        303 => !matches!(*method, Method::GET | Method::HEAD),
        301 | 302 => *method == Method::POST,
        _ => false,
    }
}

async fn read(response: reqwest::Response) -> Result<FetchResponse, String> {
    let status = response.status();
    let url = response.url().to_string();
    let headers = response
        .headers()
        .iter()
        .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())))
        .collect();
    let mut bytes = Vec::new();
    let mut stream = response.bytes_stream();
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|error| sentence(&error))?;
        if bytes.len() + chunk.len() > MAX_RESPONSE {
            return Err(format!("the answer is larger than {} KiB", MAX_RESPONSE >> 10));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(FetchResponse {
        status: status.as_u16(),
        status_text: status.canonical_reason().unwrap_or_default().into(),
        headers,
        body: String::from_utf8_lossy(&bytes).into_owned(),
        url,
    })
}

/// The innermost cause says most: "connection refused", "private address".
fn sentence(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "the server did not answer in time".into();
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    format!("fetch failed: {cause}")
}

fn private(host: &str) -> String {
    format!(
        "{host} is a private address; hooks cannot reach it unless the operator sets HOOKWRIGHT_ALLOW_PRIVATE_ADDRESSES"
    )
}
