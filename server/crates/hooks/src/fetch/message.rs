//! Requests and answers as JSON between the sandbox and the server.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use reqwest::{
    Url,
    header::{HOST, HeaderMap, HeaderName, HeaderValue},
};
use serde::{Deserialize, Serialize};

/// Header lines of a request, and their size in bytes.
const MAX_HEADERS: usize = 128;
const MAX_HEADER_BYTES: usize = 32 << 10;
/// Headers that follow from the request itself. A hook that sets them changes nothing.
static IMPLIED: [HeaderName; 3] =
    [reqwest::header::CONNECTION, reqwest::header::CONTENT_LENGTH, HeaderName::from_static("keep-alive")];
/// Headers that would change what the connection carries.
static OF_CONNECTION: [HeaderName; 5] = [
    reqwest::header::EXPECT,
    reqwest::header::TE,
    reqwest::header::TRAILER,
    reqwest::header::TRANSFER_ENCODING,
    reqwest::header::UPGRADE,
];

/// A request as the sandbox hands it over.
#[derive(Debug, Deserialize)]
pub(crate) struct FetchRequest {
    pub(crate) url: String,
    pub(crate) method: String,
    #[serde(default)]
    pub(crate) headers: Vec<(String, String)>,
    #[serde(default)]
    pub(crate) body: Option<Body>,
    #[serde(default)]
    pub(crate) redirect: Redirect,
}

/// What to do when the answer is a redirect.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Redirect {
    #[default]
    Follow,
    Error,
    Manual,
}

/// An answer as the sandbox takes it.
#[derive(Debug, Serialize)]
pub(crate) struct FetchResponse {
    pub(crate) status: u16,
    #[serde(rename = "statusText")]
    pub(crate) status_text: String,
    /// Every line, in the order of the answer; characters are bytes.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Option<Body>,
    pub(crate) url: String,
    pub(crate) redirected: bool,
}

impl FetchResponse {
    /// What a dry run answers in place of the network.
    pub(crate) fn simulated(url: String) -> Self {
        let headers = [("content-type", "application/json"), ("x-simulated", "dry-run")];
        Self {
            status: 200,
            status_text: "OK".into(),
            headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            body: Some(Body::Text("{}".into())),
            url,
            redirected: false,
        }
    }
}

/// A body. UTF-8 text travels as it is, so that records can show it; other bytes as base64.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Body {
    Text(String),
    Binary { base64: String, size: usize },
}

impl Body {
    /// The form in which these bytes travel.
    pub(super) fn of(bytes: Vec<u8>) -> Self {
        // JSON writes a control character as six.
        let control = |byte: &u8| *byte < 0x20 && !(0x09..=0x0d).contains(byte);
        match String::from_utf8(bytes) {
            Ok(text) if !text.as_bytes().iter().any(control) => Self::Text(text),
            Ok(text) => Self::binary(text.as_bytes()),
            Err(error) => Self::binary(error.as_bytes()),
        }
    }

    fn binary(bytes: &[u8]) -> Self {
        Self::Binary { base64: STANDARD.encode(bytes), size: bytes.len() }
    }

    /// The bytes themselves.
    pub(super) fn into_bytes(self) -> Result<Vec<u8>, String> {
        match self {
            Self::Text(text) => Ok(text.into_bytes()),
            Self::Binary { base64, .. } => {
                STANDARD.decode(base64).map_err(|_| "the body is not base64".to_owned())
            }
        }
    }
}

/// The headers that a request to `url` is sent with.
pub(super) fn headers_to_send(lines: &[(String, String)], url: &Url) -> Result<HeaderMap, String> {
    let size: usize = lines.iter().map(|(name, value)| name.len() + value.len()).sum();
    if lines.len() > MAX_HEADERS || size > MAX_HEADER_BYTES {
        return Err(format!(
            "the request has {} header lines with {size} bytes; at most {MAX_HEADERS} lines and {} KiB can be sent",
            lines.len(),
            MAX_HEADER_BYTES >> 10
        ));
    }
    let mut headers = HeaderMap::with_capacity(lines.len());
    for (name, value) in lines {
        let parsed =
            HeaderName::from_bytes(name.as_bytes()).map_err(|_| format!("`{name}` is not a header name"))?;
        if IMPLIED.contains(&parsed) {
            continue;
        }
        if parsed == HOST {
            if same_host(value, url) {
                continue;
            }
            return Err("the header host cannot be set: it is the host of the URL".to_owned());
        }
        if OF_CONNECTION.contains(&parsed) {
            return Err(format!("the header {name} cannot be set: the server manages the connection"));
        }
        let bytes: Result<Vec<u8>, _> = value.chars().map(|char| u8::try_from(u32::from(char))).collect();
        let value = bytes.ok().and_then(|bytes| HeaderValue::from_bytes(&bytes).ok()).ok_or_else(|| {
            format!("the value of the header {name} has a character that a header cannot carry")
        })?;
        headers.append(parsed, value);
    }
    Ok(headers)
}

fn same_host(value: &str, url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    value.eq_ignore_ascii_case(host)
        || url
            .port_or_known_default()
            .is_some_and(|port| value.eq_ignore_ascii_case(&format!("{host}:{port}")))
}

/// Every line of an answer's headers. A byte becomes the character of its number.
pub(super) fn received_headers(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |value: &HeaderValue| value.as_bytes().iter().copied().map(char::from).collect();
    headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back_as_they_were() {
        let all: Vec<u8> = (0..=255).collect();
        for bytes in
            [&b""[..], b"text", "\u{feff}\u{e4}".as_bytes(), b"a\0b", b"\x89PNG\r\n\x1a\n\0\xff", &all]
        {
            let body = Body::of(bytes.to_vec());
            let json = serde_json::to_string(&body).unwrap();
            let read: Body = serde_json::from_str(&json).unwrap();
            assert_eq!(read.into_bytes().unwrap(), bytes, "{json}");
            assert!(json.len() <= bytes.len() * 2 + 64, "{json}");
        }
    }

    fn to_send(lines: &[(&str, &str)]) -> Result<HeaderMap, String> {
        let lines: Vec<_> =
            lines.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        headers_to_send(&lines, &"http://a.example:81/".parse().unwrap())
    }

    #[test]
    fn characters_of_header_values_are_bytes() {
        let sent = to_send(&[("x-a", "caf\u{e9}"), ("x-a", "b")]).unwrap();
        assert_eq!(
            sent.get_all("x-a").iter().map(HeaderValue::as_bytes).collect::<Vec<_>>(),
            [&b"caf\xe9"[..], b"b"]
        );
        assert_eq!(received_headers(&sent)[0], ("x-a".to_owned(), "caf\u{e9}".to_owned()));
        assert!(to_send(&[("x-a", "\u{20ac}")]).unwrap_err().contains("x-a"));
        assert!(to_send(&[("x-a", "a\r\nb: c")]).unwrap_err().contains("x-a"));
        assert!(to_send(&[("x a", "b")]).unwrap_err().contains("not a header name"));
    }

    #[test]
    fn headers_of_the_connection_are_refused_or_follow_from_the_request() {
        let same = [("host", "A.example:81"), ("content-length", "3"), ("connection", "close")];
        assert!(to_send(&same).unwrap().is_empty());
        for line in [("host", "b.example"), ("transfer-encoding", "chunked"), ("upgrade", "websocket")] {
            assert!(to_send(&[line]).unwrap_err().contains(line.0));
        }
        let many = vec![("x-a", "b"); MAX_HEADERS + 1];
        assert!(to_send(&many).unwrap_err().contains("129 header lines"));
    }
}
