//! Pages whose code the browser loads when it first needs it. Pages that are used together share one file, so that
//! the first of them brings the others along.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_split::wasm_split;
use leptos_router::ChooseView;

use super::part::{Loading, NotLoaded, Part, not_loaded};
use super::{
    api_and_hooks, audit, endpoint, history, hook, instance, keys, logs, mails, projects, run, runs, secrets,
    settings, setup, sign_in, users,
};
use crate::editor::fetch_ahead;

/// A page, as the router shows it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Page {
    Setup,
    SignIn,
    Projects,
    Instance,
    ApiAndHooks,
    WhatRuns,
    Test,
    Reference,
    Hook,
    History,
    Runs,
    Run,
    Users,
    Mails,
    Logs,
    Secrets,
    ApiKeys,
    AuditLog,
    Settings,
}

impl Page {
    /// The page at an address, given as its path; `None` where the page is part of the frame around all pages. Has to
    /// agree with the routes in [`Pages`](super::Pages): the browser loads this page's code before it takes over.
    #[cfg(any(feature = "hydrate", feature = "ssr"))]
    pub(crate) fn at(path: &str) -> Option<Self> {
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        Some(match parts.as_slice() {
            ["console"] => Self::Projects,
            ["console", "instance"] => Self::Instance,
            ["console", "setup"] => Self::Setup,
            ["console", "sign-in"] => Self::SignIn,
            ["console", "p", _, rest @ ..] => match rest {
                ["auth", "hooks"] => Self::ApiAndHooks,
                ["auth", "hooks", _] => Self::WhatRuns,
                ["auth", "hooks", _, "test"] => Self::Test,
                ["auth", "hooks", _, "reference"] => Self::Reference,
                ["hooks", _] => Self::Hook,
                ["hooks", _, "history"] => Self::History,
                ["runs"] => Self::Runs,
                ["runs", _] => Self::Run,
                ["users"] => Self::Users,
                ["mails"] => Self::Mails,
                ["logs"] => Self::Logs,
                ["secrets"] => Self::Secrets,
                ["keys"] => Self::ApiKeys,
                ["audit"] => Self::AuditLog,
                ["settings"] => Self::Settings,
                _ => return None,
            },
            _ => return None,
        })
    }

    /// The part of the application that its code is in, as the start script knows it: the name of one of the lazy
    /// functions below.
    #[cfg(feature = "ssr")]
    pub(crate) fn part(self) -> &'static str {
        match self {
            Self::Setup | Self::SignIn | Self::Projects => "entry",
            Self::ApiAndHooks | Self::WhatRuns | Self::Test | Self::Reference => "endpoints",
            Self::Hook => "editor",
            Self::History => "history",
            _ => "lists",
        }
    }

    /// Loads the code.
    pub(crate) async fn load(self) -> Result<(), NotLoaded> {
        // Every lazy function loads its file before it builds; without a page it builds nothing.
        self.build(None).await.map(drop)
    }

    fn build(self, show: Option<Self>) -> Loading {
        match self {
            Self::Setup | Self::SignIn | Self::Projects => Box::pin(entry(show)),
            Self::ApiAndHooks | Self::WhatRuns | Self::Test | Self::Reference => Box::pin(endpoints(show)),
            Self::Hook => Box::pin(editor(show)),
            Self::History => Box::pin(history_of(show)),
            _ => Box::pin(lists(show)),
        }
    }
}

impl ChooseView for Page {
    async fn choose(self) -> AnyView {
        self.build(Some(self)).await.unwrap_or_else(|NotLoaded| not_loaded())
    }

    async fn preload(&self) {
        // What does not come is said where it is shown.
        let _said_later = self.load().await;
    }
}

/// Fetches the hook editor, this part of it and the code editor's own files, once the page that calls this is quiet:
/// for a page from which readers go on to a hook.
pub(crate) fn fetch_editor_ahead() {
    // What does not come now is asked for again when it is opened.
    fetch_ahead(|| spawn_local(async { _ = Page::Hook.load().await }));
}

#[wasm_split(entry, fallible, wasm_split_path = ::leptos::wasm_split)]
fn entry(page: Option<Page>) -> Part {
    Ok(match page {
        Some(Page::Setup) => setup::Setup().into_any(),
        Some(Page::SignIn) => sign_in::SignIn().into_any(),
        Some(Page::Projects) => projects::Projects().into_any(),
        _ => ().into_any(),
    })
}

#[wasm_split(endpoints, fallible, wasm_split_path = ::leptos::wasm_split)]
fn endpoints(page: Option<Page>) -> Part {
    Ok(match page {
        Some(Page::ApiAndHooks) => api_and_hooks::ApiAndHooksPage().into_any(),
        Some(Page::WhatRuns) => endpoint::WhatRuns().into_any(),
        Some(Page::Test) => endpoint::Test().into_any(),
        Some(Page::Reference) => endpoint::Reference().into_any(),
        _ => ().into_any(),
    })
}

#[wasm_split(editor, fallible, wasm_split_path = ::leptos::wasm_split)]
fn editor(page: Option<Page>) -> Part {
    Ok(match page {
        Some(Page::Hook) => hook::HookPage().into_any(),
        _ => ().into_any(),
    })
}

#[wasm_split(history, fallible, wasm_split_path = ::leptos::wasm_split)]
fn history_of(page: Option<Page>) -> Part {
    Ok(match page {
        Some(Page::History) => history::History().into_any(),
        _ => ().into_any(),
    })
}

#[wasm_split(lists, fallible, wasm_split_path = ::leptos::wasm_split)]
fn lists(page: Option<Page>) -> Part {
    Ok(match page {
        Some(Page::Runs) => runs::Runs().into_any(),
        Some(Page::Run) => run::RunPage().into_any(),
        Some(Page::Users) => users::Users().into_any(),
        Some(Page::Mails) => mails::Mails().into_any(),
        Some(Page::Logs) => logs::Logs().into_any(),
        Some(Page::Secrets) => secrets::Secrets().into_any(),
        Some(Page::ApiKeys) => keys::ApiKeys().into_any(),
        Some(Page::AuditLog) => audit::AuditLog().into_any(),
        Some(Page::Instance) => instance::Instance().into_any(),
        Some(Page::Settings) => settings::Settings().into_any(),
        _ => ().into_any(),
    })
}
