//! `X-Forwarded-For`: the client's address, as trusted proxies report it.
//!
//! Every proxy appends the address of its peer, so the list is read from the right and only as far as the entries are
//! trusted proxies: the client itself can have written everything further left. The header `Forwarded` is not read.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::http::HeaderMap;
use ipnet::IpNet;

use super::malformed;
use crate::http::error::Failure;

const HEADER: &str = "x-forwarded-for";

/// Whether the forwarding headers of this peer are believed.
pub(super) fn is_trusted(address: IpAddr, trusted: &[IpNet]) -> bool {
    trusted.iter().any(|network| network.contains(&address))
}

/// Returns the last address in the list that is not a trusted proxy's, else the first one, else `peer`.
///
/// # Errors
/// 400 if an entry that counts is not an address: any guess would let callers share or choose their address.
pub(super) fn client(headers: &HeaderMap, peer: IpAddr, trusted: &[IpNet]) -> Result<IpAddr, Failure> {
    let lines = headers.get_all(HEADER).iter().rev();
    let entries = lines.flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b',')).map(<[u8]>::trim_ascii);
    let mut last = peer;
    // Empty entries mean nothing in a list header.
    for entry in entries.filter(|entry| !entry.is_empty()) {
        last = address(entry).ok_or_else(|| {
            malformed(HEADER, "The proxy sent an `X-Forwarded-For` with an entry that is not an address.")
        })?;
        if !is_trusted(last, trusted) {
            break;
        }
    }
    Ok(last)
}

/// `192.0.2.1`, `192.0.2.1:443`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:443`, perhaps in quotes.
fn address(entry: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(entry).ok()?;
    let text = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text).trim();
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse::<Ipv6Addr>().ok().map(IpAddr::V6);
    let address = text.parse::<IpAddr>().ok();
    let address = address.or_else(|| text.parse::<SocketAddr>().ok().map(|with_port| with_port.ip()));
    address.or_else(bracketed).map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn told(peer: &str, lines: &[&str], trusted: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(HEADER, HeaderValue::from_bytes(line.as_bytes()).expect("a header value"));
        }
        let trusted: Vec<IpNet> = trusted.iter().map(|net| net.parse().expect("network")).collect();
        client(&headers, peer.parse().expect("address"), &trusted).ok().map(|ip| ip.to_string())
    }

    #[test]
    fn the_list_is_read_from_the_right_up_to_the_first_stranger() {
        for (lines, client) in [
            (&["203.0.113.1"][..], "203.0.113.1"),
            (&["1.2.3.4, 203.0.113.1, 10.0.0.2"], "203.0.113.1"),
            // What the client wrote may be anything: it is not looked at.
            (&["1.2.3.4, x, 203.0.113.1"], "203.0.113.1"),
            (&["unknown,203.0.113.1"], "203.0.113.1"),
            (&["\u{e9}, 203.0.113.1"], "203.0.113.1"),
            // Lines are one list, in their order.
            (&["1.2.3.4", "203.0.113.1", "10.0.0.2"], "203.0.113.1"),
            (&["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
            (&["203.0.113.1,, ,"], "203.0.113.1"),
            (&[""], "10.0.0.1"),
            (&[], "10.0.0.1"),
        ] {
            assert_eq!(told("10.0.0.1", lines, &["10.0.0.0/8"]).as_deref(), Some(client), "{lines:?}");
        }
    }

    #[test]
    fn addresses_may_have_ports_brackets_and_quotes() {
        for (entry, client) in [
            ("203.0.113.9:51234", "203.0.113.9"),
            ("[2001:db8::9]:51234", "2001:db8::9"),
            ("[2001:db8::9]", "2001:db8::9"),
            ("2001:DB8::9", "2001:db8::9"),
            ("\"[2001:db8::9]:1\"", "2001:db8::9"),
            ("\"203.0.113.9\"", "203.0.113.9"),
            ("::ffff:203.0.113.9", "203.0.113.9"),
            ("[::ffff:203.0.113.9]:80", "203.0.113.9"),
            // The port does not make a proxy a stranger.
            ("203.0.113.9, 10.0.0.2:8080", "203.0.113.9"),
            ("203.0.113.9, [::ffff:10.0.0.2]:1", "203.0.113.9"),
        ] {
            assert_eq!(told("10.0.0.1", &[entry], &["10.0.0.0/8"]).as_deref(), Some(client), "{entry}");
        }
    }

    #[test]
    fn an_entry_that_counts_and_is_no_address_is_refused() {
        for entry in [
            "x",
            "1.2.3.4, x",
            "1.2.3.4, unknown",
            "203.0.113.1, x, 10.0.0.2",
            "_hidden",
            "unix:",
            "1.2.3",
            "1.2.3.4:",
            "1.2.3.4:99999",
            "1.2.3.4:x",
            "[203.0.113.1]",
            "[2001:db8::9",
            "for=203.0.113.9",
            "203.0.113.9 203.0.113.8",
            "0x7f.1",
            "1.2.3.4, \u{e9}",
            "\"203.0.113.9",
        ] {
            assert_eq!(told("10.0.0.1", &[entry], &["10.0.0.0/8"]), None, "{entry}");
        }
    }
}
