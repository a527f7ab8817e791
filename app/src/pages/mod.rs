//! One folder per page: the page and its parts. What several pages share stands beside them.

mod address;
mod api_and_hooks;
mod audit;
mod change;
mod diff;
mod endpoint;
mod history;
mod hook;
mod keys;
mod late;
mod layout;
mod loaded;
mod logs;
mod mails;
mod new_hook;
mod not_found;
mod projects;
mod run;
mod runs;
mod secrets;
mod settings;
mod setup;
mod sign_in;
mod test;
mod users;

use leptos::prelude::*;
use leptos_router::SsrMode;
use leptos_router::components::{ParentRoute, Redirect, Route, Routes};
use leptos_router::hooks::use_params_map;
use leptos_router::path;

/// Every address of the console.
///
/// The server waits for a page's data before it answers, so that a page is whole without a script, and
/// an answer has the right status.
#[component]
pub fn Pages() -> impl IntoView {
    view! {
        <Routes fallback=not_found::NotFound>
            <Route path=path!("/console/setup") view=setup::Setup ssr=SsrMode::Async />
            <Route path=path!("/console/sign-in") view=sign_in::SignIn ssr=SsrMode::Async />
            <Route path=path!("/console") view=projects::Projects ssr=SsrMode::Async />
            <ParentRoute path=path!("/console/p/:slug") view=layout::ProjectFrame ssr=SsrMode::Async>
                <Route path=path!("") view=FirstPage />
                <Route path=path!("auth/hooks") view=api_and_hooks::ApiAndHooksPage />
                <Route path=path!("auth/hooks/:endpoint") view=endpoint::WhatRuns />
                <Route path=path!("auth/hooks/:endpoint/test") view=endpoint::Test />
                <Route path=path!("auth/hooks/:endpoint/reference") view=endpoint::Reference />
                <Route path=path!("hooks/:hook") view=hook::HookPage />
                <Route path=path!("hooks/:hook/history") view=history::History />
                <Route path=path!("runs") view=runs::Runs />
                <Route path=path!("runs/:run") view=run::RunPage />
                <Route path=path!("users") view=users::Users />
                <Route path=path!("mails") view=mails::Mails />
                <Route path=path!("logs") view=logs::Logs />
                <Route path=path!("secrets") view=secrets::Secrets />
                <Route path=path!("keys") view=keys::ApiKeys />
                <Route path=path!("audit") view=audit::AuditLog />
                <Route path=path!("settings") view=settings::Settings />
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
