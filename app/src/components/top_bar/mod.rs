//! The bar above a page: where the reader is, and what can be done here.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use super::rail::RAIL_ID;

/// One step of the way to a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crumb {
    /// What it says.
    pub label: String,
    /// Where it leads. None for the page itself.
    pub href: Option<String>,
}

impl Crumb {
    /// A step that can be gone back to.
    pub fn link(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { label: label.into(), href: Some(href.into()) }
    }

    /// The page itself.
    pub fn here(label: impl Into<String>) -> Self {
        Self { label: label.into(), href: None }
    }
}

/// Breadcrumb, state and actions. On a narrow screen it starts with the button that opens the
/// navigation and shows only the end of the way; put actions that need not be in sight into a `Menu`.
#[component]
pub fn TopBar(
    /// The way to this page, the page itself last.
    #[prop(into)]
    crumbs: Signal<Vec<Crumb>>,
    /// State beside the breadcrumb, such as `Live v7`.
    #[prop(optional, into)]
    status: Option<ViewFn>,
    /// Buttons at the end.
    #[prop(optional, into)]
    actions: Option<ViewFn>,
) -> impl IntoView {
    view! {
        <header class="top-bar">
            <button type="button" class="top-bar__menu" popovertarget=RAIL_ID aria-label="Open the navigation">
                <Icon glyph=Glyph::Navigation />
            </button>
            <nav class="crumbs" aria-label="Breadcrumb">
                <ol class="crumbs__list">
                    {move || crumbs.get().into_iter().map(crumb).collect_view()}
                </ol>
            </nav>
            {status.map(|status| view! { <div class="top-bar__status">{status.run()}</div> })}
            {actions.map(|actions| view! { <div class="top-bar__actions">{actions.run()}</div> })}
        </header>
    }
    .into_any()
}

fn crumb(crumb: Crumb) -> impl IntoView {
    match crumb.href {
        Some(href) => view! { <li class="crumbs__item"><a href=href>{crumb.label}</a></li> }.into_any(),
        None => view! { <li class="crumbs__item" aria-current="page">{crumb.label}</li> }.into_any(),
    }
}
