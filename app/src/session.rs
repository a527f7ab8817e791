//! Who is asking: what the server puts into the context of every request of the console, and the
//! cookie that carries the sign-in.

use std::time::{SystemTime, UNIX_EPOCH};

use leptos::prelude::*;
use manage::{Actor, Manage};

use crate::error::ConsoleError;

/// Name of the cookie that holds the token of a sign-in.
pub const COOKIE: &str = "hw_session";

/// Who is signed in, if anybody. In the context of every request.
#[derive(Clone)]
pub struct CurrentActor(pub Option<Actor>);

/// Where the request came from. In the context of every request.
#[derive(Clone, Debug, Default)]
pub struct ClientInfo {
    /// Address of the browser.
    pub ip: Option<String>,
    /// Its `User-Agent`.
    pub user_agent: Option<String>,
    /// Whether the console is served over HTTPS, so that the cookie may be marked `Secure`.
    pub secure: bool,
}

impl ClientInfo {
    /// As the sign-in wants it.
    pub(crate) fn client(&self) -> manage::ClientInfo {
        manage::ClientInfo { ip: self.ip.clone(), user_agent: self.user_agent.clone() }
    }
}

/// The service, for what needs nobody to be signed in.
pub(crate) fn service() -> Manage {
    expect_context()
}

/// The service and who is asking; an error when nobody is signed in.
pub(crate) fn signed_in() -> Result<(Manage, Actor), ConsoleError> {
    let actor = use_context::<CurrentActor>().and_then(|current| current.0);
    actor.map(|actor| (service(), actor)).ok_or_else(ConsoleError::signed_out)
}

/// Where this request came from.
pub(crate) fn client() -> ClientInfo {
    use_context().unwrap_or_default()
}

/// Keeps the sign-in in the browser until `expires_at`, in milliseconds since 1970.
pub(crate) fn remember(token: &str, expires_at: i64) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let seconds = (expires_at / 1000).saturating_sub_unsigned(now).max(0);
    set_cookie(&format!("{COOKIE}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax"));
}

/// Forgets the sign-in.
pub(crate) fn forget() {
    set_cookie(&format!("{COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"));
}

fn set_cookie(cookie: &str) {
    let secure = if client().secure { "; Secure" } else { "" };
    // A token is made of letters and digits, so the header is always well formed.
    if let Ok(value) = http::HeaderValue::from_str(&format!("{cookie}{secure}")) {
        expect_context::<leptos_axum::ResponseOptions>().append_header(http::header::SET_COOKIE, value);
    }
}

/// Where to go after a sign-in: `next` when it is an address of the console, so that a link cannot lead
/// to another site. It becomes a header, so it must be as browsers write addresses: visible ASCII.
pub(crate) fn local_address(next: Option<String>) -> String {
    next.filter(|next| {
        next.starts_with("/console") && next.bytes().all(|c| c.is_ascii_graphic() && c != b'\\')
    })
    .unwrap_or_else(|| "/console".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_console_are_gone_to() {
        for good in ["/console", "/console/p/acme/hooks?q=%C3%A4#x"] {
            assert_eq!(local_address(Some(good.to_owned())), good);
        }
        for bad in [
            "",
            "https://evil.example",
            "//evil.example",
            "/console\n",
            "/console\x7f",
            "/console/ä",
            "/console\\x",
            "/console x",
        ] {
            assert_eq!(local_address(Some(bad.to_owned())), "/console", "{bad:?}");
        }
    }
}
