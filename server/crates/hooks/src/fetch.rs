//! Outgoing HTTP requests of hooks: only to hosts that the settings allow, never to private addresses unless the
//! operator allows them, bounded in size and time.

use std::{
    collections::BTreeMap,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use futures::StreamExt as _;
use reqwest::{
    Client, Method, Url,
    dns::{Addrs, Name, Resolve, Resolving},
    redirect::Policy,
};
use serde::{Deserialize, Serialize};

use crate::error::HooksError;

/// Largest answer that a hook can read.
const MAX_RESPONSE: usize = 1 << 20;
/// Largest body that a hook can send.
const MAX_REQUEST: usize = 256 << 10;
const MAX_REDIRECTS: usize = 5;

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

impl Fetcher {
    pub(crate) fn new(policy: FetchPolicy) -> Result<Self, HooksError> {
        // Another part of the process may have installed it already; either is the same provider.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .redirect(Policy::none())
            .timeout(policy.timeout)
            .no_proxy()
            .dns_resolver(Arc::new(PublicResolver { allow_private: policy.allow_private }))
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

    /// Sends a request.
    pub(crate) async fn fetch(
        &self,
        request: FetchRequest,
        allowed: &[String],
    ) -> Result<FetchResponse, String> {
        let mut url = self.check(&request.url, allowed)?;
        let mut method: Method = request
            .method
            .as_deref()
            .unwrap_or("GET")
            .to_ascii_uppercase()
            .parse()
            .map_err(|_| "the method is not a valid HTTP method".to_owned())?;
        let mut body = request.body;
        if body.as_ref().is_some_and(|body| body.len() > MAX_REQUEST) {
            return Err(format!("the body is larger than {} KiB", MAX_REQUEST >> 10));
        }
        for _ in 0..=MAX_REDIRECTS {
            let mut builder = self.client.request(method.clone(), url.clone());
            for (name, value) in &request.headers {
                // These belong to the connection; a hook must not forge them.
                if !matches!(
                    name.to_ascii_lowercase().as_str(),
                    "host" | "content-length" | "transfer-encoding" | "connection"
                ) {
                    builder = builder.header(name, value);
                }
            }
            if let Some(body) = &body {
                builder = builder.body(body.clone());
            }
            let response = builder.send().await.map_err(|error| sentence(&error))?;
            let target = response
                .status()
                .is_redirection()
                .then(|| response.headers().get(reqwest::header::LOCATION))
                .flatten()
                .and_then(|to| to.to_str().ok())
                .and_then(|to| url.join(to).ok());
            match (target, request.redirect.as_deref()) {
                (Some(_), Some("error")) => return Err("the server answered with a redirect".into()),
                (Some(to), None | Some("follow")) => {
                    if response.status() == 303
                        || (method == Method::POST && matches!(response.status().as_u16(), 301 | 302))
                    {
                        method = Method::GET;
                        body = None;
                    }
                    if to.host_str() != url.host_str()
                        && request.headers.keys().any(|n| n.eq_ignore_ascii_case("authorization"))
                    {
                        return Err("a redirect to another host would carry the Authorization header there; fetch that address itself".into());
                    }
                    url = self.check(to.as_str(), allowed)?;
                }
                _ => return read(response).await,
            }
        }
        Err(format!("more than {MAX_REDIRECTS} redirects"))
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

/// Resolves names and drops private addresses, so that a name cannot be used to reach one. What it returns is what
/// is connected to: there is no second look-up that could answer differently.
struct PublicResolver {
    allow_private: bool,
}

impl Resolve for PublicResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let allow_private = self.allow_private;
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let usable: Vec<SocketAddr> =
                found.iter().copied().filter(|at| allow_private || is_public(at.ip())).collect();
            if usable.is_empty() && !found.is_empty() {
                return Err(private(name.as_str()).into());
            }
            Ok(Box::new(usable.into_iter()) as Addrs)
        })
    }
}

/// Whether an address belongs to the public internet (RFC 6890 and successors).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            !(v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_broadcast()
                || v4.is_documentation()
                || v4.is_multicast()
                || a == 0
                || (a == 100 && (64..128).contains(&b))
                || (a == 192 && b == 0 && c == 0)
                || (a == 198 && (18..20).contains(&b))
                || a >= 240)
        }
        IpAddr::V6(v6) => {
            let [first, second, ..] = v6.segments();
            if let Some(v4) = v6.to_ipv4() {
                return is_public(IpAddr::V4(v4));
            }
            if first == 0x64 && second == 0xff9b {
                // NAT64: the last 32 bits are an IPv4 address.
                let [.., a, b, c, d] = v6.octets();
                return is_public(IpAddr::from([a, b, c, d]));
            }
            // Global unicast is 2000::/3; of it, documentation, Teredo and 6to4 are left out.
            first & 0xe000 == 0x2000
                && !(first == 0x2001 && (second == 0 || second == 0xdb8))
                && first != 0x2002
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_addresses_are_recognised_in_every_guise() {
        for address in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "198.18.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001:db8::1",
            "224.0.0.1",
            "ff02::1",
        ] {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
        for address in ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "172.15.0.1", "100.128.0.1"] {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn only_allowed_hosts_are_reached() {
        let fetcher = Fetcher::new(FetchPolicy::default()).unwrap();
        let allowed = ["api.example.com".to_owned(), "*.example.org".to_owned()];
        assert!(fetcher.check("https://api.example.com/x", &allowed).is_ok());
        assert!(fetcher.check("https://a.b.example.org", &allowed).is_ok());
        for url in [
            "https://example.org",
            "https://evilexample.org",
            "https://example.com",
            "file:///etc/passwd",
            "x",
        ] {
            assert!(fetcher.check(url, &allowed).is_err(), "{url}");
        }
        for url in [
            "http://127.0.0.1:3000",
            "http://[::1]/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://169.254.169.254/latest",
        ] {
            assert!(fetcher.check(url, &[]).is_err(), "{url}");
        }
    }
}
