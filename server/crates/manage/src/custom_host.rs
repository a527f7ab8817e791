//! The host name that belongs to one project alone.

use url::{Host, Url};

use crate::{Outcome, invalid};

/// Names that mean this machine, or no host at all.
const UNREACHABLE: [&str; 4] = ["localhost", "localdomain", "invalid", "onion"];

/// Returns the form in which browsers ask for the host: lower case, ASCII, without a trailing dot. None for an empty text.
///
/// # Errors
/// `invalid_field` for what is no host name, an address, this machine's name, or the host of `base_url`, which serves every
/// project.
pub(crate) fn parse(text: &str, base_url: &str) -> Outcome<Option<String>> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let wrong = |message: &str| Err(invalid("custom_host", message));
    let host = match Host::parse(text.strip_suffix('.').unwrap_or(text)) {
        // Its parser undoes percent-encoding, which no host name has.
        Ok(Host::Domain(host)) if !text.contains('%') => host,
        Ok(Host::Ipv4(_) | Host::Ipv6(_)) => {
            return wrong(
                "An address belongs to the whole instance; enter a host name, such as auth.example.com.",
            );
        }
        Ok(Host::Domain(_)) | Err(_) => return wrong("Enter a host name alone, such as auth.example.com."),
    };
    if host.rsplit('.').next().is_some_and(|last| UNREACHABLE.contains(&last)) {
        return wrong(
            "This name is not one that browsers elsewhere can reach; enter one such as auth.example.com.",
        );
    }
    if Url::parse(base_url).is_ok_and(|base| base.host_str().is_some_and(|of_all| bare(of_all) == host)) {
        return wrong("This is the host of the whole instance; choose one of the project's own.");
    }
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    if host.len() > 253 || !host.contains('.') || !host.split('.').all(label) {
        return wrong("Enter a host name alone, such as auth.example.com.");
    }
    Ok(Some(host))
}

fn bare(host: &str) -> &str {
    host.strip_suffix('.').unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Option<String> {
        parse(text, "https://Auth.Hookwright.example./").ok().flatten()
    }

    #[test]
    fn a_host_has_the_form_in_which_browsers_ask_for_it() {
        for (given, host) in [
            ("auth.acme.example", "auth.acme.example"),
            (" Auth.ACME.example. ", "auth.acme.example"),
            ("b\u{fc}cher.example", "xn--bcher-kva.example"),
            ("B\u{dc}CHER.example", "xn--bcher-kva.example"),
            ("auth\u{3002}acme.example", "auth.acme.example"),
            ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ] {
            assert_eq!(parsed(given).as_deref(), Some(host), "{given}");
        }
        assert_eq!(parse("  ", "https://auth.example/").expect("none"), None);
    }

    #[test]
    fn hosts_of_all_projects_and_of_none_are_refused() {
        for host in [
            "127.0.0.1",
            "127.1",
            "0x7f.0.0.1",
            "0177.0.0.1",
            "2130706433",
            "10.0.0.1.",
            "0.0.0.0",
            "192.0.2.7",
            "::1",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "\u{ff11}27.0.0.1",
            "localhost",
            "LOCALHOST.",
            "a.localhost",
            "auth.hookwright.example",
            "AUTH.hookwright.example.",
            "auth.acme.example:443",
            "*.acme.example",
            "user@acme.example",
            "https://acme.example",
            "acme.example/",
            "a b.example",
            "a,b.example",
            "acme",
            "a..example",
            ".acme.example",
            "-a.example",
            "a-.example",
            "acme.example..",
            "a_b.example",
            "a%2eexample",
            "acme.example?x",
            "xn--a.example",
        ] {
            assert_eq!(parsed(host), None, "{host}");
        }
    }
}
