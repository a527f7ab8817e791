//! What the browser remembers of how the console looks, such that the server can render it like that at once.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};

/// A year.
const MAX_AGE: u32 = 31_536_000;

/// What is remembered as `name`: of the request being rendered, or in the browser.
pub(crate) fn remembered(name: &str) -> Option<String> {
    all()
        .iter()
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(own, _)| *own == name)
        .map(|(_, value)| value.to_owned())
}

#[cfg(feature = "ssr")]
fn all() -> Vec<String> {
    let Some(parts) = use_context::<http::request::Parts>() else { return Vec::new() };
    let lines = parts.headers.get_all(http::header::COOKIE).iter();
    lines.filter_map(|line| line.to_str().ok().map(str::to_owned)).collect()
}

#[cfg(not(feature = "ssr"))]
fn all() -> Vec<String> {
    browser().and_then(|document| document.cookie().ok()).into_iter().collect()
}

/// Remembers `value`, a word without special characters, as `name` for a year. Browser only.
pub(crate) fn remember(name: &str, value: &str) {
    if let Some(document) = browser() {
        let cookie = format!("{name}={value}; Path=/; Max-Age={MAX_AGE}; SameSite=Lax");
        // A browser that refuses cookies still shows the choice until the next page load.
        let _refused: Result<(), JsValue> = document.set_cookie(&cookie);
    }
}

fn browser() -> Option<web_sys::HtmlDocument> {
    document().dyn_into::<web_sys::HtmlDocument>().ok()
}
