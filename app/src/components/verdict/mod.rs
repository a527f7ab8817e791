//! How a run ended, in words.

use leptos::prelude::*;

use super::tag::Tone;

/// The first thing a reader looks for after a test: how it ended.
#[component]
pub fn Verdict(
    /// What the colour says.
    tone: Tone,
    /// How it ended, such as `Denied by hook 1: free_email`.
    #[prop(into)]
    title: String,
    /// What the user sees, the status, the time.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class=format!("verdict verdict--{}", tone.as_str()) role="status">
            <strong class="verdict__title">{title}</strong>
            {children.map(|children| view! { <span class="verdict__text">{children()}</span> })}
        </div>
    }
}
