//! Client address and requested host, read once for every request.

mod forwarded;
mod host;

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{Extensions, HeaderMap, Uri, header, request::Parts},
};
use contract::error::ErrorCode;
use ipnet::IpNet;

use super::error::Failure;

/// What is known of the client.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Its address: the peer's, or the one that a trusted proxy reports.
    pub ip: IpAddr,
    /// The host it asked for: lower case, without port and trailing dot.
    pub host: Option<String>,
    /// Its `User-Agent` header, cut to 512 characters.
    pub user_agent: Option<String>,
}

impl Caller {
    /// Reads it from a request. Forwarding headers count only when the peer is one of `trusted`.
    ///
    /// # Errors
    /// 400 if a header that names the host, or the address reported by a trusted proxy, cannot be read.
    pub(super) fn read(
        headers: &HeaderMap,
        uri: &Uri,
        extensions: &Extensions,
        trusted: &[IpNet],
    ) -> Result<Self, Failure> {
        let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip());
        // A call inside the process has no connection: it comes from this machine.
        let peer = peer.unwrap_or(IpAddr::from([127, 0, 0, 1])).to_canonical();
        let believed = forwarded::is_trusted(peer, trusted);
        Ok(Self {
            ip: if believed { forwarded::client(headers, peer, trusted)? } else { peer },
            host: host::asked_for(headers, uri, believed)?,
            user_agent: headers
                .get(header::USER_AGENT)
                .and_then(|value| value.to_str().ok())
                .map(|text| text.chars().take(512).collect()),
        })
    }
}

/// The caller that the outermost layers have read.
impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        Self::of(&parts.extensions)
    }
}

impl Caller {
    /// Returns the caller that the outermost layers have read.
    ///
    /// # Errors
    /// 500 for a route outside those layers.
    pub fn of(extensions: &Extensions) -> Result<Self, Failure> {
        let known = extensions.get::<Self>().cloned();
        known.ok_or_else(|| Failure::new(ErrorCode::Internal, "Something went wrong on the server."))
    }
}

/// The answer to a request whose address or header cannot be read.
pub(super) fn malformed(header: &str, message: &str) -> Failure {
    Failure::new(ErrorCode::InvalidRequest, message).field(header)
}
