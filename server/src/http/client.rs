//! Who asks: the client's address, the host it asked for.

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::ConnectInfo,
    http::{Extensions, HeaderMap, Uri, header, request::Parts},
};
use ipnet::IpNet;

/// What is known of the client.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Its address: the peer's, or what a trusted proxy says.
    pub ip: IpAddr,
    /// The host it asked for, without the port.
    pub host: Option<String>,
    /// Its `User-Agent` header, cut to 512 characters.
    pub user_agent: Option<String>,
}

impl Caller {
    /// Reads it from a request. Forwarding headers count only when the peer is one of `trusted`.
    pub fn of(parts: &Parts, trusted: &[IpNet]) -> Self {
        Self::read(&parts.headers, &parts.uri, &parts.extensions, trusted)
    }

    /// As [`Caller::of`], from the parts that it needs.
    pub fn read(headers: &HeaderMap, uri: &Uri, extensions: &Extensions, trusted: &[IpNet]) -> Self {
        let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip());
        // Without a connection (a call inside the process) the loopback address stands for this machine.
        let peer = peer.unwrap_or(IpAddr::from([127, 0, 0, 1])).to_canonical();
        let believed = is_trusted(peer, trusted);
        let ip = if believed { forwarded_for(headers, trusted).unwrap_or(peer) } else { peer };
        let forwarded_host = believed.then(|| text(headers, "x-forwarded-host")).flatten();
        let host = forwarded_host
            .or_else(|| uri.authority().map(|authority| authority.as_str()))
            .or_else(|| text(headers, header::HOST.as_str()));
        Self {
            ip,
            host: host.map(without_port),
            user_agent: text(headers, header::USER_AGENT.as_str()).map(|ua| ua.chars().take(512).collect()),
        }
    }
}

/// The last address of the list that is not a trusted proxy: what stands before it anybody can have written.
fn forwarded_for(headers: &HeaderMap, trusted: &[IpNet]) -> Option<IpAddr> {
    let lists = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let addresses: Vec<IpAddr> = lists
        .flat_map(|list| list.split(','))
        .map_while(|text| text.trim().parse().ok())
        .map(|address: IpAddr| address.to_canonical())
        .collect();
    addresses.iter().rev().find(|address| !is_trusted(**address, trusted)).or(addresses.first()).copied()
}

fn is_trusted(address: IpAddr, trusted: &[IpNet]) -> bool {
    trusted.iter().any(|network| network.contains(&address))
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// `example.com:3000` → `example.com`, in lower case.
fn without_port(authority: &str) -> String {
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
        _ => authority,
    };
    host.to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(peer: &str, forwarded: &str, trusted: &[&str]) -> String {
        let request =
            axum::http::Request::builder().header("x-forwarded-for", forwarded).body(()).expect("request");
        let (mut parts, ()) = request.into_parts();
        let address: SocketAddr = format!("{peer}:1").parse().expect("address");
        parts.extensions.insert(ConnectInfo(address));
        let trusted: Vec<IpNet> = trusted.iter().map(|net| net.parse().expect("network")).collect();
        Caller::of(&parts, &trusted).ip.to_string()
    }

    #[test]
    fn forwarding_headers_count_only_from_trusted_proxies() {
        assert_eq!(caller("198.51.100.7", "203.0.113.1", &[]), "198.51.100.7");
        assert_eq!(caller("198.51.100.7", "203.0.113.1", &["10.0.0.0/8"]), "198.51.100.7");
        assert_eq!(caller("10.0.0.1", "203.0.113.1", &["10.0.0.0/8"]), "203.0.113.1");
        assert_eq!(caller("10.0.0.1", "1.2.3.4, 203.0.113.1, 10.0.0.2", &["10.0.0.0/8"]), "203.0.113.1");
        assert_eq!(caller("10.0.0.1", "nonsense", &["10.0.0.0/8"]), "10.0.0.1");
    }

    #[test]
    fn hosts_lose_their_port() {
        assert_eq!(without_port("Example.com:3000"), "example.com");
        assert_eq!(without_port("[::1]:3000"), "[::1]");
        assert_eq!(without_port("example.com"), "example.com");
    }
}
