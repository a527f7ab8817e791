//! The connections on which requests are sent.

use std::{error::Error, io, sync::Arc, time::Duration};

use reqwest::{Client, ClientBuilder, Method, Request, Response, redirect::Policy};
use rustls::ClientConfig;
use rustls_platform_verifier::ConfigVerifierExt as _;

use super::{FetchPolicy, resolver::PublicResolver};
use crate::error::HooksError;

/// Longest idle time of a connection on which repeatable requests are sent.
const IDLE: Duration = Duration::from_secs(15);
/// The same for requests that must not be sent twice. Servers keep idle connections for a second at least, so that
/// one is hardly ever closed at the moment in which it is used.
const IDLE_UNREPEATABLE: Duration = Duration::from_millis(500);

/// The sets of connections. They share how servers are verified, which takes long to set up.
pub(super) struct Clients {
    repeatable: Client,
    once: Client,
    /// Keeps no connections.
    fresh: Client,
}

impl Clients {
    pub(super) fn new(policy: &FetchPolicy, resolver: PublicResolver) -> Result<Self, HooksError> {
        // Another part of the process may have installed it already; either is the same provider.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let failed = |error: &dyn Error| HooksError::Client(error.to_string());
        let verifying = ClientConfig::with_platform_verifier().map_err(|error| failed(&error))?;
        let resolver = Arc::new(resolver);
        let builder = || {
            Client::builder()
                .redirect(Policy::none())
                .timeout(policy.timeout)
                .no_proxy()
                .tls_backend_preconfigured(verifying.clone())
                .dns_resolver(Arc::clone(&resolver))
                .user_agent(concat!("Hookwright/", env!("CARGO_PKG_VERSION")))
        };
        let build = |builder: ClientBuilder| builder.build().map_err(|error| failed(&error));
        Ok(Self {
            repeatable: build(builder().pool_idle_timeout(IDLE))?,
            once: build(builder().pool_idle_timeout(IDLE_UNREPEATABLE))?,
            fresh: build(builder().pool_max_idle_per_host(0))?,
        })
    }

    /// Sends a request. Sends it once more on a new connection when the server has closed the first one without an
    /// answer and the request can be repeated.
    pub(super) async fn send(&self, request: Request) -> reqwest::Result<Response> {
        if !is_repeatable(&request) {
            return self.once.execute(request).await;
        }
        let again = request.try_clone();
        match (self.repeatable.execute(request).await, again) {
            (Err(error), Some(again)) if was_closed(&error) => self.fresh.execute(again).await,
            (answer, _) => answer,
        }
    }
}

/// Whether sending the request twice has the effect of sending it once.
fn is_repeatable(request: &Request) -> bool {
    matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS | Method::PUT | Method::DELETE)
        || request.headers().contains_key("idempotency-key")
}

/// Whether the server closed the connection before it answered.
pub(super) fn was_closed(error: &reqwest::Error) -> bool {
    if error.is_connect() || error.is_timeout() {
        return false;
    }
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        let closed = match (error.downcast_ref::<hyper::Error>(), error.downcast_ref::<io::Error>()) {
            (Some(error), _) => error.is_incomplete_message() || error.is_canceled() || error.is_closed(),
            (None, Some(error)) => matches!(
                error.kind(),
                io::ErrorKind::ConnectionReset
                    | io::ErrorKind::ConnectionAborted
                    | io::ErrorKind::BrokenPipe
                    | io::ErrorKind::NotConnected
                    | io::ErrorKind::UnexpectedEof
            ),
            (None, None) => false,
        };
        if closed {
            return true;
        }
        cause = error.source();
    }
    false
}
