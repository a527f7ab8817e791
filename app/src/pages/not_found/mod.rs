//! Addresses that lead nowhere.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::components::button::{Button, Variant};
use crate::components::empty_state::EmptyState;
use crate::components::layout::Page;
use crate::components::top_bar::Crumb;
use crate::pages::layout::CurrentProject;

/// An address outside of every project.
#[component]
pub(crate) fn NotFound() -> impl IntoView {
    tell_browser();
    view! {
        <Title text="Not found · Hookwright" />
        <main id="content" class="alone">
            <Nowhere />
        </main>
    }
    .into_any()
}

/// An address inside a project.
#[component]
pub(crate) fn Missing() -> impl IntoView {
    tell_browser();
    let crumbs = CurrentProject::current().crumbs(|_| vec![Crumb::here("Not found")]);
    view! {
        <Page crumbs>
            <Nowhere />
        </Page>
    }
    .into_any()
}

#[component]
fn Nowhere() -> impl IntoView {
    view! {
        <EmptyState title="This page does not exist" text="The address may be mistyped, or what it named was deleted.">
            <Button href="/console" variant=Variant::Primary>
                "Projects"
            </Button>
        </EmptyState>
    }
    .into_any()
}

fn tell_browser() {
    #[cfg(feature = "ssr")]
    if let Some(options) = use_context::<leptos_axum::ResponseOptions>() {
        options.set_status(http::StatusCode::NOT_FOUND);
    }
}
