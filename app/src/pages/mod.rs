//! One folder per page: the page and its parts. What several pages share stands beside them.

mod address;
mod api_and_hooks;
mod asked;
mod audit;
mod change;
mod code;
mod diff;
mod endpoint;
mod history;
mod hook;
mod instance;
mod kept;
mod keys;
mod late;
mod layout;
mod loaded;
mod logs;
mod mails;
mod new_hook;
mod not_found;
mod older;
mod part;
mod projects;
mod run;
mod runs;
mod secrets;
mod settings;
mod setup;
mod sign_in;
mod start;
mod test;
mod unload;
mod users;

use leptos::prelude::*;
use leptos_router::SsrMode;
use leptos_router::components::{ParentRoute, Redirect, Route, Routes};
use leptos_router::hooks::use_params_map;
use leptos_router::path;

pub(crate) use self::code::Page;
#[cfg(feature = "hydrate")]
pub use self::part::NotLoaded;

/// Every address of the console.
///
/// The server waits for a page's data before it answers, so that a page is whole without a script, and
/// an answer has the right status. The browser loads the code of a page with its first use.
#[component]
pub fn Pages() -> impl IntoView {
    view! {
        <Routes fallback=not_found::NotFound>
            <Route path=path!("/console/setup") view=Page::Setup ssr=SsrMode::Async />
            <Route path=path!("/console/sign-in") view=Page::SignIn ssr=SsrMode::Async />
            <Route path=path!("/console") view=Page::Projects ssr=SsrMode::Async />
            <Route path=path!("/console/instance") view=Page::Instance ssr=SsrMode::Async />
            <ParentRoute path=path!("/console/p/:slug") view=layout::ProjectFrame ssr=SsrMode::Async>
                <Route path=path!("") view=FirstPage />
                <Route path=path!("auth/hooks") view=Page::ApiAndHooks />
                <Route path=path!("auth/hooks/:endpoint") view=Page::WhatRuns />
                <Route path=path!("auth/hooks/:endpoint/test") view=Page::Test />
                <Route path=path!("auth/hooks/:endpoint/reference") view=Page::Reference />
                <Route path=path!("hooks/:hook") view=Page::Hook />
                <Route path=path!("hooks/:hook/history") view=Page::History />
                <Route path=path!("runs") view=Page::Runs />
                <Route path=path!("runs/:run") view=Page::Run />
                <Route path=path!("users") view=Page::Users />
                <Route path=path!("mails") view=Page::Mails />
                <Route path=path!("logs") view=Page::Logs />
                <Route path=path!("secrets") view=Page::Secrets />
                <Route path=path!("keys") view=Page::ApiKeys />
                <Route path=path!("audit") view=Page::AuditLog />
                <Route path=path!("settings") view=Page::Settings />
                <Route path=path!("*any") view=not_found::Missing />
            </ParentRoute>
        </Routes>
    }
    .into_any()
}

/// The address of a project alone leads to its first page.
#[component]
fn FirstPage() -> impl IntoView {
    let slug = use_params_map().read_untracked().get("slug").unwrap_or_default();
    view! { <Redirect path=address::hooks(&slug) /> }
}

/// Loads the code of the page that the browser shows, so that it can take over the page at once.
///
/// # Errors
/// When it does not come: then nothing can take over.
#[cfg(feature = "hydrate")]
pub async fn load_current() -> Result<(), NotLoaded> {
    let path = window().location().pathname().unwrap_or_default();
    match Page::at(&path) {
        Some(page) => page.load().await,
        None => Ok(()),
    }
}
