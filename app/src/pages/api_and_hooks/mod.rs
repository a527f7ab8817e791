//! API & Hooks: every auth endpoint of the project and what runs on it, in the order in which it runs.

mod filter;
mod row;

use contract::manage::EndpointOverview;
use leptos::prelude::*;

use self::filter::{Filter, State};
use self::row::EndpointRow;
use super::address;
use super::asked::Asked;
use super::code::fetch_editor_ahead;
use super::layout::CurrentProject;
use super::loaded::{Data, ask, loaded};
use super::new_hook::{NewHook, NewHookDialog};
use crate::api;
use crate::components::button::{Button, Variant};
use crate::components::empty_state::EmptyState;
use crate::components::layout::{Page, PageHead};
use crate::components::panel::Panel;
use crate::components::search::Search;
use crate::components::segmented::{Segment, Segmented};
use crate::components::top_bar::Crumb;

/// The page.
#[component]
pub(crate) fn ApiAndHooksPage() -> impl IntoView {
    let current = CurrentProject::current();
    let data: Data<_> = ask(move || current.slug().get(), api::overview::list_endpoints);
    let new_hook = NewHook::new();
    fetch_editor_ahead();
    let crumbs = current.crumbs(|_| vec![Crumb::here("API & Hooks")]);
    let actions = ViewFn::from(move || {
        view! {
            // Not a page of the console: left to the browser.
            <span class="wide-only">
                <a class="btn" href="/api/reference" rel="external">
                    "Reference"
                </a>
                <Button on_click=Callback::new(move |_| new_hook.open_template())>"Start from a template"</Button>
            </span>
            <Button variant=Variant::Primary on_click=Callback::new(move |_| new_hook.open())>
                "Add hook"
            </Button>
        }
    });
    let bypassed = Memo::new(move |_| current.project().is_some_and(|project| project.settings.bypass_hooks));
    view! {
        <Page crumbs actions>
            <PageHead
                title="API & Hooks"
                text="Every auth endpoint of this project, and what runs on it, in the order in which it runs. Click a step to edit it; click an endpoint to see and test it whole."
            />
            <Show when=move || bypassed.get()>
                <p class="notice notice--warn" role="status">
                    <strong>"All hooks of this project are bypassed."</strong>
                    " Every endpoint runs with its default behaviour until they are switched on again in the "
                    <a href=move || address::page(&current.slug().get(), "settings")>"settings"</a> "."
                </p>
            </Show>
            {loaded("The endpoints could not be loaded", data, move |all| view! { <List all=all.endpoints new_hook /> })}
        </Page>
        <NewHookDialog state=new_hook />
    }
    .into_any()
}

#[component]
fn List(all: Vec<EndpointOverview>, new_hook: NewHook) -> impl IntoView {
    let (find, state) = (Asked::by("find"), Asked::by("state"));
    let (text, state) = (find.typed, state.typed);
    let segments: Vec<Segment> = State::EVERY
        .into_iter()
        .map(|state| {
            let count = all.iter().filter(|endpoint| state.holds(endpoint)).count();
            Segment::new(state.as_str(), format!("{} {count}", state.label()))
        })
        .collect();
    let no_hooks = all.iter().all(|endpoint| endpoint.steps.iter().all(|step| step.hooks.is_empty()));
    let all = StoredValue::new(all);
    let groups = Memo::new(move |_| {
        let filter = Filter { text: text.get().trim().to_lowercase(), state: State::named(&state.get()) };
        all.with_value(|all| filter.groups(all))
    });
    view! {
        // Sent by the browser before the page is hydrated, it asks for the same.
        <form class="filters" role="search" on:submit=move |event| event.prevent_default()>
            <Search name="find" label="Find an endpoint or hook" value=text />
            <Segmented name="state" label="Show" segments value=state />
        </form>
        <Show when=move || no_hooks>
            <p class="notice">
                "No hooks yet. Every endpoint runs with its default behaviour. "
                <button type="button" class="link" on:click=move |_| new_hook.open()>"Add the first hook"</button>
                " or "
                <button type="button" class="link" on:click=move |_| new_hook.open_template()>"start from a template"</button>
            </p>
        </Show>
        {move || {
            let groups = groups.get();
            if groups.is_empty() {
                return view! {
                    <EmptyState title="Nothing matches" text="No endpoint or hook is called that, or is in that state.">
                        <Button on_click=Callback::new(move |_| {
                            text.set(String::new());
                            state.set(State::All.as_str().to_owned());
                        })>"Show all"</Button>
                    </EmptyState>
                }
                    .into_any();
            }
            groups
                .into_iter()
                .map(|(name, endpoints)| {
                    let note = filter::figures(&endpoints);
                    view! {
                        <Panel title=name note=note>
                            <ul class="endpoint-list">
                                {endpoints.into_iter().map(|endpoint| view! { <EndpointRow endpoint /> }).collect_view()}
                            </ul>
                        </Panel>
                    }
                })
                .collect_view()
                .into_any()
        }}
    }
    .into_any()
}
