//! The few line icons of the console, drawn on a 16 by 16 grid.

use leptos::prelude::*;

/// What the icon shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Glyph {
    /// Something needs a look.
    Alert,
    /// Done.
    Check,
    /// Opens a list below.
    Chevron,
    /// Dismisses.
    Close,
    /// Copies to the clipboard.
    Copy,
    /// The dark theme.
    Moon,
    /// More actions.
    More,
    /// Opens the navigation.
    Navigation,
    /// The system's own setting.
    Screen,
    /// Finds.
    Search,
    /// The light theme.
    Sun,
}

impl Glyph {
    fn path(self) -> &'static str {
        match self {
            Self::Alert => "M8 2.2 14.2 13H1.8ZM8 6.4v3M8 11.2v.1",
            Self::Check => "m3 8.4 3.2 3.2L13 4.8",
            Self::Chevron => "m4.5 6.5 3.5 3.5 3.5-3.5",
            Self::Close => "m4 4 8 8M12 4l-8 8",
            Self::Copy => "M5.5 5.5h8v8h-8ZM10.5 5.5v-3h-8v8h3",
            Self::Moon => "M13 9.6A5.6 5.6 0 0 1 6.4 3a5.6 5.6 0 1 0 6.6 6.6Z",
            Self::More => "M3.4 8h.01M8 8h.01M12.6 8h.01",
            Self::Navigation => "M2.5 4.5h11M2.5 8h11M2.5 11.5h11",
            Self::Screen => "M2 3h12v8H2ZM6 13.5h4",
            Self::Search => "M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9ZM10.4 10.4l3.1 3.1",
            Self::Sun => {
                "M8 5.2a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6ZM8 1.5v1.2M8 13.3v1.2M1.5 8h1.2M13.3 8h1.2M3.4 3.4l.9.9M11.7 11.7l.9.9M12.6 3.4l-.9.9M4.3 11.7l-.9.9"
            }
        }
    }
}

/// A line icon in the colour of the text around it. Assistive technology does not see it.
#[component]
pub fn Icon(
    /// What it shows.
    glyph: Glyph,
) -> impl IntoView {
    let weight = if glyph == Glyph::More { "2.4" } else { "1.5" };
    view! {
        <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
            <path
                d=glyph.path()
                fill="none"
                stroke="currentColor"
                stroke-width=weight
                stroke-linecap="round"
                stroke-linejoin="round"
            />
        </svg>
    }
}
