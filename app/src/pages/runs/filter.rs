//! Which runs are listed.

use contract::catalogue::endpoints::Endpoint;
use contract::manage::{RunFilter, RunOutcome};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use leptos_router::params::ParamsMap;

use crate::components::field::{Choice, Select};
use crate::pages::layout::CurrentProject;
use crate::pages::run::outcome_title;

/// The filter that an address asks for; what it does not understand it leaves out.
pub(super) fn of_query(query: &ParamsMap) -> RunFilter {
    RunFilter {
        hook_id: query.get("hook").and_then(|id| id.parse().ok()),
        request_id: query.get("request").and_then(|id| id.parse().ok()),
        outcome: query.get("outcome").and_then(|word| word.parse().ok()),
        // Only live runs are kept.
        mode: None,
        endpoint: query.get("endpoint").filter(|endpoint| !endpoint.is_empty()),
        cursor: None,
        limit: None,
    }
}

/// Whether it lets every run through.
pub(super) fn is_open(filter: &RunFilter) -> bool {
    filter.hook_id.is_none()
        && filter.request_id.is_none()
        && filter.outcome.is_none()
        && filter.endpoint.is_none()
}

/// The address of a filter. It is a form that the browser can send by itself, too.
fn address_of(base: &str, parts: &[(&str, String)]) -> String {
    let mut query = ParamsMap::new();
    for (name, value) in parts.iter().filter(|(_, value)| !value.is_empty()) {
        query.insert((*name).to_owned(), value.clone());
    }
    format!("{base}{}", query.to_query_string())
}

/// Lists to choose from; a choice changes the address.
#[component]
pub(super) fn Filters(
    /// The filter of the address.
    wanted: Memo<RunFilter>,
) -> impl IntoView {
    let current = CurrentProject::current();
    let first = wanted.get_untracked();
    let text = |value: Option<String>| RwSignal::new(value.unwrap_or_default());
    let hook = text(first.hook_id.map(String::from));
    let outcome = text(first.outcome.map(|outcome| outcome.to_string()));
    let endpoint = text(first.endpoint);
    // A link inside the console may change the address too.
    Effect::new(move || {
        let wanted = wanted.get();
        let follow = |signal: RwSignal<String>, value: Option<String>| {
            let value = value.unwrap_or_default();
            if signal.with_untracked(|old| *old != value) {
                signal.set(value);
            }
        };
        follow(hook, wanted.hook_id.map(String::from));
        follow(outcome, wanted.outcome.map(|outcome| outcome.to_string()));
        follow(endpoint, wanted.endpoint);
    });
    let navigate = use_navigate();
    Effect::new(move |before: Option<String>| {
        let parts = [
            ("hook", hook.get()),
            ("outcome", outcome.get()),
            ("endpoint", endpoint.get()),
            (
                "request",
                wanted
                    .with_untracked(|wanted| wanted.request_id.clone())
                    .map(String::from)
                    .unwrap_or_default(),
            ),
        ];
        let there = address_of(&crate::pages::address::runs(&current.slug_now()), &parts);
        if before.is_some_and(|before| before != there) {
            navigate(&there, Default::default());
        }
        there
    });

    let hooks = Signal::derive(move || {
        let mut choices = vec![Choice::new("", "Every hook")];
        let known = current.hooks();
        // Before the browser knows the hooks, the chosen one must be in the list all the same.
        let chosen = hook.get();
        if !chosen.is_empty() && !known.iter().any(|hook| hook.id.as_ref() == chosen) {
            choices.push(Choice::new(chosen, "The chosen hook"));
        }
        choices.extend(known.into_iter().map(|hook| Choice::new(hook.id.to_string(), hook.name)));
        choices
    });
    let mut outcomes = vec![Choice::new("", "Every outcome")];
    outcomes.extend(RunOutcome::ALL.iter().map(|one| Choice::new(one.as_str(), outcome_title(*one))));
    let mut endpoints = vec![Choice::new("", "Every endpoint")];
    endpoints.extend(Endpoint::ALL.iter().map(|endpoint| {
        let name = endpoint.request_line();
        Choice::new(name.clone(), name)
    }));
    view! {
        <div class="filters filters--fields" role="search" aria-label="Filter runs">
            <Select name="hook" label="Hook" choices=hooks value=hook />
            <Select name="outcome" label="Outcome" choices=Signal::stored(outcomes) value=outcome />
            <Select name="endpoint" label="Endpoint" choices=Signal::stored(endpoints) value=endpoint />
        </div>
        {move || {
            let request = wanted.with(|wanted| wanted.request_id.clone())?;
            let all = crate::pages::address::runs(&current.slug().get());
            Some(view! {
                <p class="notice">
                    "Only the runs of request " <code>{request.to_string()}</code> ". " <a href=all>"Show every request"</a>
                </p>
            })
        }}
    }
    .into_any()
}
