//! Framed sections of a page.

use leptos::prelude::*;

/// A framed section with a heading.
#[component]
pub fn Panel(
    /// Its heading. Empty means none.
    #[prop(optional, into)]
    title: Option<String>,
    /// Figures beside the heading, such as `3 endpoints · 6 hooks`.
    #[prop(optional, into)]
    note: Option<String>,
    /// Buttons at the end of the heading.
    #[prop(optional, into)]
    actions: Option<ViewFn>,
    /// Keeps a margin around what it holds; lists and tables want none.
    #[prop(default = false)]
    padded: bool,
    /// What it holds.
    children: Children,
) -> impl IntoView {
    let head = title.map(|title| {
        view! {
            <header class="panel__head">
                <h2 class="panel__title">{title}</h2>
                {note.map(|note| view! { <span class="panel__note">{note}</span> })}
                {actions.map(|actions| view! { <span class="panel__actions">{actions.run()}</span> })}
            </header>
        }
    });
    view! {
        <section class="panel">
            {head}
            <div class="panel__body" class:panel__body--padded=padded>
                {children()}
            </div>
        </section>
    }
    .into_any()
}
