//! The editor in the colours of the page.

use leptos::prelude::*;
use monaco_bindings::Host;
use wasm_bindgen::JsCast;

/// The editor's names for colours and the tokens that hold them.
const TOKENS: [(&str, &str); 14] = [
    ("ink", "--ink"),
    ("muted", "--ink-3"),
    ("panel", "--panel"),
    ("sunken", "--sunken"),
    ("line", "--line"),
    ("accent", "--accent"),
    ("accentSoft", "--accent-soft"),
    ("ok", "--ok"),
    ("warn", "--warn"),
    ("bad", "--bad"),
    ("keyword", "--code-keyword"),
    ("string", "--code-string"),
    ("function", "--code-function"),
    ("type", "--code-type"),
];

/// Shows every editor in the page's colours of this moment.
pub(super) fn apply(host: &Host, dark: bool) {
    let Some(probe) = probe() else { return };
    let colors: Vec<(&str, String)> =
        TOKENS.iter().filter_map(|(name, token)| Some((*name, resolve(&probe, token)?))).collect();
    probe.remove();
    if colors.len() == TOKENS.len() {
        host.set_theme(dark, &colors);
    }
}

/// An invisible element whose computed colour tells what a token comes to.
fn probe() -> Option<web_sys::HtmlElement> {
    let probe: web_sys::HtmlElement = document().create_element("span").ok()?.dyn_into().ok()?;
    probe.set_hidden(true);
    document().body()?.append_child(&probe).ok()?;
    Some(probe)
}

fn resolve(probe: &web_sys::HtmlElement, token: &str) -> Option<String> {
    probe.style().set_property("color", &format!("var({token})")).ok()?;
    let computed = window().get_computed_style(probe).ok()??.get_property_value("color").ok()?;
    hexadecimal(&computed)
}

/// `#rrggbb` of `rgb(r, g, b)`.
fn hexadecimal(color: &str) -> Option<String> {
    let parts = color.strip_prefix("rgb(")?.strip_suffix(')')?;
    let values: Vec<u8> = parts.split(',').map_while(|part| part.trim().parse().ok()).collect();
    let [red, green, blue] = values[..] else { return None };
    Some(format!("#{red:02x}{green:02x}{blue:02x}"))
}

#[cfg(test)]
mod tests {
    use super::hexadecimal;

    #[test]
    fn computed_colours_become_hexadecimal() {
        assert_eq!(hexadecimal("rgb(11, 107, 98)").as_deref(), Some("#0b6b62"));
        assert_eq!(hexadecimal("color(srgb 1 0 0)"), None);
    }
}
