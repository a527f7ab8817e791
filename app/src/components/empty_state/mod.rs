//! What a list shows when there is nothing in it.

use leptos::prelude::*;

/// Says that there is nothing yet and what to do next.
#[component]
pub fn EmptyState(
    /// What is missing, in one line.
    #[prop(into)]
    title: String,
    /// What happens without it, or how to get it.
    #[prop(into)]
    text: String,
    /// Buttons that do the next thing.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <span class="empty__mark" aria-hidden="true"></span>
            <h2 class="empty__title">{title}</h2>
            <p class="empty__text">{text}</p>
            {children.map(|children| view! { <div class="empty__actions">{children()}</div> })}
        </div>
    }
}
