//! Short labels, and the tones that status is told in.

use leptos::prelude::*;

/// What a colour means. Colour never stands alone: a word or a shape says the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// No status.
    #[default]
    Neutral,
    /// Live, passed, done.
    Ok,
    /// Needs a look.
    Warn,
    /// Failed, denied.
    Bad,
    /// Not deployed yet.
    Draft,
    /// Of the product itself, such as a summary by the assistant.
    Accent,
}

impl Tone {
    /// The suffix of a BEM modifier.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Neutral => "neutral",
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Bad => "bad",
            Self::Draft => "draft",
            Self::Accent => "accent",
        }
    }
}

/// A short label beside a name.
#[component]
pub fn Tag(
    /// What its colour says.
    #[prop(optional)]
    tone: Tone,
    /// Words of the label.
    children: Children,
) -> impl IntoView {
    view! { <span class=format!("tag tag--{}", tone.as_str())>{children()}</span> }
}
