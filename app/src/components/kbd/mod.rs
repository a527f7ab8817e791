//! Keyboard hints.

use leptos::prelude::*;

/// A key combination, written as the reader's keyboard has it: `⌘K` on a Mac, `Ctrl K` elsewhere.
#[component]
pub fn Kbd(
    /// Keys joined by `+`, such as `mod+shift+enter`; `mod` is ⌘ or Ctrl.
    #[prop(into)]
    keys: String,
) -> impl IntoView {
    let mac = RwSignal::new(false);
    Effect::new(move || mac.set(is_mac()));
    view! { <kbd class="kbd">{move || spell(&keys, mac.get())}</kbd> }
}

/// Whether the reader sits at a Mac, whose modifier is ⌘. Browser only.
pub fn is_mac() -> bool {
    window().navigator().user_agent().is_ok_and(|agent| agent.contains("Mac"))
}

/// `keys` in the words of the platform.
fn spell(keys: &str, mac: bool) -> String {
    let names: Vec<String> = keys.split('+').map(|key| name(key, mac)).collect();
    names.join(if mac { "" } else { " " })
}

fn name(key: &str, mac: bool) -> String {
    match (key, mac) {
        ("mod", true) => "⌘".into(),
        ("mod", false) => "Ctrl".into(),
        ("shift", true) => "⇧".into(),
        ("shift", false) => "Shift".into(),
        ("alt", true) => "⌥".into(),
        ("alt", false) => "Alt".into(),
        ("enter", _) => "↵".into(),
        ("esc", _) => "Esc".into(),
        (other, _) => other.to_uppercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::spell;

    #[test]
    fn keys_are_spelled_for_the_platform() {
        assert_eq!(spell("mod+k", true), "⌘K");
        assert_eq!(spell("mod+shift+enter", false), "Ctrl Shift ↵");
    }
}
