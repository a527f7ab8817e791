//! What is shown while something is on its way.

use leptos::prelude::*;

/// A small turning ring. It is decoration: the element around it says what is busy.
#[component]
pub fn Spinner() -> impl IntoView {
    view! { <span class="spinner" aria-hidden="true"></span> }
}

/// Grey lines in the place of content that is loading.
#[component]
pub fn Skeleton(
    /// What is loading, for assistive technology.
    #[prop(default = "Loading")]
    label: &'static str,
    /// How many lines.
    #[prop(default = 3)]
    lines: usize,
) -> impl IntoView {
    view! {
        <div class="skeleton" role="status" aria-label=label>
            {(0..lines).map(|_| view! { <span class="skeleton__line"></span> }).collect_view()}
        </div>
    }
}
