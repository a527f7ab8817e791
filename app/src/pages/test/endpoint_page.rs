//! The test of an endpoint's own page.

use contract::catalogue::endpoints::Endpoint;
use contract::manage::{HookOverview, HookState};
use leptos::ev;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::endpoint_tester::{EndpointForm, EndpointRun};
use super::versions::{DRAFT, numbered};
use crate::api;
use crate::components::dialog::dialog_is_open;
use crate::components::field::{Choice, Select};
use crate::pages::late::Late;
use crate::pages::layout::CurrentProject;

/// How many old versions of a hook are offered, at most.
const OFFERED: usize = 20;

/// The form, with the code to try of each hook, and what it gave.
#[component]
pub(crate) fn EndpointTester(
    /// The endpoint.
    endpoint: Endpoint,
) -> impl IntoView {
    let run = EndpointRun::new(endpoint);
    let current = CurrentProject::current();
    let overview = Late::new(move || api::overview::get_endpoint(current.slug().get(), endpoint));
    let query = use_query_map();
    Effect::new(move || {
        if let Some(id) = query.with(|query| query.get("run")?.parse().ok()) {
            run.replay(&id);
        }
    });
    let hooks = RwSignal::new(Vec::new());
    Effect::new(move || {
        let Some(overview) = overview.get() else { return };
        let found: Vec<HookOverview> = overview.steps.into_iter().flat_map(|step| step.hooks).collect();
        run.picks.set(found.iter().map(|hook| (hook.id.clone(), RwSignal::new(String::new()))).collect());
        hooks.set(found);
    });
    // Wherever on the page the focus is: this is what the page is for.
    Effect::new(move || {
        let keys = window_event_listener(ev::keydown, move |event| {
            let meant =
                event.key() == "Enter" && (event.meta_key() || event.ctrl_key()) && !event.shift_key();
            if meant && !event.repeat() && !event.default_prevented() && !dialog_is_open() {
                event.prevent_default();
                run.start();
            }
        });
        on_cleanup(move || keys.remove());
    });
    view! {
        <div class="tester">
            <div class="tester__picks" hidden=move || hooks.with(Vec::is_empty) || run.live()>
                {move || {
                    let picks = run.picks.get_untracked();
                    hooks
                        .get()
                        .into_iter()
                        .zip(picks)
                        .map(|(hook, (_, pick))| {
                            view! {
                                <Select
                                    name=format!("pick-{}", hook.id)
                                    label=format!("“{}” runs", hook.name)
                                    choices=Signal::stored(choices(&hook))
                                    value=pick
                                />
                            }
                        })
                        .collect_view()
                }}
            </div>
            <EndpointForm run />
        </div>
    }
    .into_any()
}

/// What is live, the draft, and the versions before.
fn choices(hook: &HookOverview) -> Vec<Choice> {
    let first = match (hook.live_version, hook.state) {
        (Some(live), HookState::Enabled) => format!("Live v{live}"),
        (Some(_), _) => "Nothing: it is disabled".to_owned(),
        (None, _) => "Nothing: it is not deployed".to_owned(),
    };
    let mut choices = vec![Choice::new("", first)];
    if hook.draft_pending || hook.live_version.is_none() {
        choices.push(Choice::new(DRAFT, "Draft"));
    }
    let newest = match (hook.live_version, hook.state) {
        (Some(live), HookState::Enabled) => live.saturating_sub(1),
        (live, _) => live.unwrap_or(0),
    };
    choices.extend((1..=newest).rev().take(OFFERED).map(numbered));
    choices
}
