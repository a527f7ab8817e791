//! The host that a request is for. It chooses the project, so what cannot be read is refused and never ignored.

use std::net::Ipv6Addr;

use axum::http::{HeaderMap, HeaderValue, Uri, header};

use super::malformed;
use crate::http::error::Failure;

const FORWARDED: &str = "x-forwarded-host";
const LONGEST: usize = 253;

/// Returns the host that the proxy reports if it is `believed`, else that of the request's target or `Host` header. An
/// empty header names none: RFC 9112 asks for it where the target has no authority.
///
/// # Errors
/// 400 if one of them cannot be read, there are two `Host` headers, or target and header differ.
pub(super) fn asked_for(headers: &HeaderMap, uri: &Uri, believed: bool) -> Result<Option<String>, Failure> {
    let wrong = || malformed("host", "The header `Host` must be one host name, perhaps with a port.");
    let mut lines = headers.get_all(header::HOST).iter();
    let line = lines.next().map(HeaderValue::as_bytes).filter(|line| !line.trim_ascii().is_empty());
    let by_header = line.map(|line| name(line).ok_or_else(wrong)).transpose()?;
    let by_target = uri.authority().map(|target| name(target.as_str().as_bytes()).ok_or_else(wrong));
    let by_target = by_target.transpose()?;
    let differ = by_header.is_some() && by_target.is_some() && by_header != by_target;
    if lines.next().is_some() || differ {
        return Err(wrong());
    }
    // Each proxy appends what it was asked for, so the last entry is that of the proxy in front of this server.
    let reported = headers.get_all(FORWARDED).iter().next_back().filter(|_| believed);
    let reported = reported.map(|line| {
        last_entry(line).and_then(name).ok_or_else(|| {
            malformed(FORWARDED, "The proxy sent an `X-Forwarded-Host` that is not a host name.")
        })
    });
    Ok(reported.transpose()?.or(by_target).or(by_header))
}

fn last_entry(line: &HeaderValue) -> Option<&[u8]> {
    line.as_bytes().rsplit(|byte| *byte == b',').next().map(<[u8]>::trim_ascii)
}

/// `Example.com.:3000` → `example.com`; `[::1]:3000` → `[::1]`. None if it is no host with perhaps a port.
fn name(authority: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(authority).ok()?;
    let after_address = text.find(']').map_or(0, |end| end + 1);
    let (host, port) = match text.get(after_address..)?.split_once(':') {
        Some((rest, port)) => (text.get(..after_address + rest.len())?, Some(port)),
        None => (text, None),
    };
    let port_fits = |port: &str| {
        port.bytes().all(|byte| byte.is_ascii_digit()) && (port.is_empty() || port.parse::<u16>().is_ok())
    };
    if !port.is_none_or(port_fits) {
        return None;
    }
    if let Some(inner) = host.strip_prefix('[') {
        let address: Ipv6Addr = inner.strip_suffix(']')?.parse().ok()?;
        return Some(format!("[{address}]"));
    }
    let host = host.strip_suffix('.').unwrap_or(host);
    // Underscores are in the names of containers.
    let letters =
        |label: &str| label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    let valid = host.len() <= LONGEST && host.split('.').all(|label| !label.is_empty() && letters(label));
    valid.then(|| host.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(target: &str, headers: &[(&'static str, &str)], believed: bool) -> Option<String> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let value = HeaderValue::from_bytes(value.as_bytes()).expect("a header value");
            map.append(*name, value);
        }
        let read = asked_for(&map, &target.parse().expect("a target"), believed);
        read.ok().map(|host| host.unwrap_or_else(|| "none".to_owned()))
    }

    #[test]
    fn hosts_have_one_form() {
        for (given, host) in [
            ("Example.com:3000", "example.com"),
            ("example.com.", "example.com"),
            ("EXAMPLE.com.:443", "example.com"),
            ("example.com:", "example.com"),
            ("auth_server:3000", "auth_server"),
            ("127.0.0.1:3000", "127.0.0.1"),
            ("[::1]:3000", "[::1]"),
            ("[2001:DB8:0::1]", "[2001:db8::1]"),
            ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ] {
            assert_eq!(read("/", &[("host", given)], false).as_deref(), Some(host), "{given}");
        }
        assert_eq!(read("/", &[], false).as_deref(), Some("none"));
    }

    #[test]
    fn what_is_no_host_is_refused() {
        for given in [
            "a, b",
            "a b",
            "user@a.example",
            "user:pass@a.example",
            "a.example:x",
            "a.example:99999",
            "a.example:80:80",
            ":80",
            "a..example",
            ".",
            ".a.example",
            "a.example..",
            "[::1",
            "::1",
            "[::1]x",
            "[1.2.3.4]",
            "a/b",
            "a.example/",
            "b\u{fc}cher.example",
            "a%2eexample",
            "http://a.example",
        ] {
            assert_eq!(read("/", &[("host", given)], false), None, "host: {given}");
            let reported = given.replace(',', " ");
            assert_eq!(read("/", &[("x-forwarded-host", &reported)], true), None, "{reported}");
        }
        for pair in [["a.example", "a.example"], ["", "a.example"], ["a.example", ""], ["", ""]] {
            assert_eq!(read("/", &pair.map(|host| ("host", host)), false), None, "{pair:?}");
        }
        assert_eq!(read("/", &[("x-forwarded-host", "")], true), None);
        assert_eq!(read("http://a.example/", &[("host", "b.example")], false), None);
        assert_eq!(read("http://user@a.example/", &[], false), None);
    }

    #[test]
    fn an_empty_header_names_no_host() {
        for given in ["", " "] {
            assert_eq!(read("/healthz", &[("host", given)], false).as_deref(), Some("none"));
            assert_eq!(read("http://a.example/", &[("host", given)], false).as_deref(), Some("a.example"));
            let reported = [("host", given), ("x-forwarded-host", "b.example")];
            assert_eq!(read("/", &reported, true).as_deref(), Some("b.example"));
        }
    }

    #[test]
    fn of_several_forwarded_hosts_the_proxys_own_counts() {
        let host = ("host", "inside.example");
        let read = |forwarded: &str, believed| read("/", &[host, ("x-forwarded-host", forwarded)], believed);
        assert_eq!(read("evil.example, auth.example:443", true).as_deref(), Some("auth.example"));
        assert_eq!(read("a b, auth.example", true).as_deref(), Some("auth.example"));
        assert_eq!(read("auth.example, ", true), None);
        assert_eq!(read("evil.example", false).as_deref(), Some("inside.example"));
        let lines = [host, ("x-forwarded-host", "evil.example"), ("x-forwarded-host", "auth.example")];
        assert_eq!(super::tests::read("/", &lines, true).as_deref(), Some("auth.example"));
    }

    #[test]
    fn the_target_names_the_host_where_it_has_one() {
        let same = [("host", "A.example:80")];
        assert_eq!(read("http://a.example/", &same, false).as_deref(), Some("a.example"));
        assert_eq!(read("http://a.example/", &[], false).as_deref(), Some("a.example"));
    }
}
