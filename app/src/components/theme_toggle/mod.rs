//! Light, dark, or as the system says.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use crate::theme::{Appearance, Theme};

/// Three small buttons, one per theme.
#[component]
pub fn ThemeToggle() -> impl IntoView {
    let appearance = Appearance::current();
    view! {
        <div class="theme-toggle" role="group" aria-label="Theme">
            {Theme::ALL
                .into_iter()
                .map(|theme| {
                    let (glyph, label) = match theme {
                        Theme::Light => (Glyph::Sun, "Light"),
                        Theme::Dark => (Glyph::Moon, "Dark"),
                        Theme::System => (Glyph::Screen, "As the system"),
                    };
                    view! {
                        <button
                            type="button"
                            class="theme-toggle__item"
                            title=label
                            aria-label=label
                            aria-pressed=move || if appearance.theme() == theme { "true" } else { "false" }
                            on:click=move |_| appearance.choose(theme)
                        >
                            <Icon glyph />
                        </button>
                    }
                })
                .collect_view()}
        </div>
    }
    .into_any()
}
