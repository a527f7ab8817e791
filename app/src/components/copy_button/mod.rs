//! Copies a text to the clipboard.

use std::time::Duration;

use leptos::prelude::*;

use super::icon::{Glyph, Icon};

/// How long the button says that it copied.
const NOTICE: Duration = Duration::from_secs(2);

/// A button that copies a text and says so.
#[component]
pub fn CopyButton(
    /// What is copied.
    #[prop(into)]
    text: Signal<String>,
    /// Shows only the icon.
    #[prop(default = false)]
    compact: bool,
) -> impl IntoView {
    let copied = RwSignal::new(false);
    let copy = move |_| {
        // The browser asks the reader where it must; what it decides is not ours to wait for.
        let _pending = window().navigator().clipboard().write_text(&text.get_untracked());
        copied.set(true);
        set_timeout(move || copied.set(false), NOTICE);
    };
    let word = move || if copied.get() { "Copied" } else { "Copy" };
    view! {
        <button type="button" class="copy" class:copy--compact=compact aria-label=word on:click=copy>
            {move || {
                let glyph = if copied.get() { Glyph::Check } else { Glyph::Copy };
                view! { <Icon glyph /> }
            }}
            <span class="copy__word" aria-live="polite">{word}</span>
        </button>
    }
}
