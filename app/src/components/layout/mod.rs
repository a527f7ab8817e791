//! How a page of the console is put together: rail, top bar, content.

use leptos::html;
use leptos::prelude::*;
use leptos_meta::Title;

use super::arrival::arrive;
use super::palette::{CommandPalette, PaletteItem, PaletteState};
use super::rail::{Projects, Rail, RailGroup};
use super::top_bar::{Crumb, TopBar};

/// Around every page of a signed-in admin: the rail, the palette and the place for a [`Page`].
#[component]
pub fn ConsoleLayout(
    /// What the rail leads to.
    #[prop(into)]
    groups: Signal<Vec<RailGroup>>,
    /// The project switcher.
    #[prop(into)]
    projects: Signal<Projects>,
    /// What the palette finds.
    #[prop(into)]
    palette: Signal<Vec<PaletteItem>>,
    /// At the foot of the rail: who is signed in, a way out.
    #[prop(optional, into)]
    foot: Option<ViewFn>,
    /// The page, usually the router's `<Outlet/>`.
    children: Children,
) -> impl IntoView {
    let state = PaletteState::new();
    provide_context(state);
    let foot = foot.unwrap_or_else(|| ViewFn::from(|| ()));
    view! {
        // Left to the browser: the router would change the address and leave the focus here.
        <a class="skip-link" href="#content" rel="external">
            "Skip to the content"
        </a>
        <div class="console">
            <Rail groups projects foot />
            <div class="console__page">{children()}</div>
        </div>
        <CommandPalette state items=palette />
    }
    .into_any()
}

/// One page: its top bar, its tabs, its content, and the title of the document.
#[component]
pub fn Page(
    /// The way to this page, the page itself last; also the title of the document.
    #[prop(into)]
    crumbs: Signal<Vec<Crumb>>,
    /// State beside the breadcrumb, such as `Live v7`.
    #[prop(optional, into)]
    status: Option<ViewFn>,
    /// Buttons at the end of the top bar.
    #[prop(optional, into)]
    actions: Option<ViewFn>,
    /// Tabs below the top bar.
    #[prop(optional, into)]
    tabs: Option<ViewFn>,
    /// Uses the whole height without a margin and without scrolling, as the hook editor does. Its heading is
    /// then the breadcrumb; other pages start with a [`PageHead`].
    #[prop(default = false)]
    full: bool,
    /// The content.
    children: Children,
) -> impl IntoView {
    let title = move || {
        // The server asks for the title when the page has been written, and its signals may be gone by then.
        let names = crumbs
            .try_with(|crumbs| crumbs.iter().rev().map(|crumb| crumb.label.clone()).collect::<Vec<_>>());
        let mut names = names.unwrap_or_default();
        names.push("Hookwright".to_owned());
        names.join(" · ")
    };
    let content = NodeRef::<html::Main>::new();
    arrive(content, title);
    let heading = move || crumbs.with(|crumbs| crumbs.last().map(|crumb| crumb.label.clone()));
    let status = status.unwrap_or_else(|| ViewFn::from(|| ()));
    let actions = actions.unwrap_or_else(|| ViewFn::from(|| ()));
    view! {
        <Title text=title />
        <TopBar crumbs status actions />
        {tabs.map(|tabs| view! { <div class="console__tabs">{tabs.run()}</div> })}
        <main id="content" class="page" class:page--full=full tabindex="-1" node_ref=content>
            {full.then(|| view! { <h1 class="visually-hidden">{heading}</h1> })}
            {children()}
        </main>
    }
    .into_any()
}

/// The heading of a page's content and one sentence about it.
#[component]
pub fn PageHead(
    /// The heading.
    #[prop(into)]
    title: String,
    /// What the page is for.
    #[prop(optional, into)]
    text: Option<String>,
) -> impl IntoView {
    view! {
        <div class="page-head">
            <h1>{title}</h1>
            {text.map(|text| view! { <p class="page-head__text">{text}</p> })}
        </div>
    }
}
