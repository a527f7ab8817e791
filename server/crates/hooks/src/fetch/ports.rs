//! Ports of services that do not speak HTTP, which the Fetch Standard blocks.

use reqwest::Url;

/// The standard's list, in order.
const BLOCKED: [u16; 83] = [
    0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103,
    104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514,
    515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723,
    2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
];

/// Fails if the URL names a port at which a request could be taken for something else, such as a mail.
pub(super) fn check(url: &Url) -> Result<(), String> {
    match url.port() {
        Some(port) if BLOCKED.binary_search(&port).is_ok() => {
            Err(format!("port {port} cannot be fetched: it belongs to a service that does not speak HTTP"))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_of_other_services_are_blocked() {
        assert!(BLOCKED.is_sorted());
        for (url, allowed) in [
            ("https://a.example/", true),
            ("http://a.example:8080/", true),
            ("https://a.example:6001/", true),
            ("http://a.example:25/", false),
            ("https://a.example:6667/", false),
            ("http://a.example:0/", false),
            ("http://a.example:10080/", false),
        ] {
            assert_eq!(check(&url.parse().unwrap()).is_ok(), allowed, "{url}");
        }
    }
}
