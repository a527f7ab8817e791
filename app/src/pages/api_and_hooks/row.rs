//! One endpoint in the list.

use contract::manage::{EndpointOverview, HookState, StepKind, StepOverview};
use leptos::prelude::*;

use super::filter::waits;
use crate::components::icon::{Glyph, Icon};
use crate::components::menu::{Menu, MenuItem};
use crate::components::method::Endpoint;
use crate::components::pill::PillState;
use crate::components::track::{Track, TrackStep};
use crate::components::waterfall::duration;
use crate::pages::address;
use crate::pages::layout::CurrentProject;

/// Method and path, the track, how long it takes, what fails, what can be done.
#[component]
pub(super) fn EndpointRow(
    /// The endpoint.
    endpoint: EndpointOverview,
) -> impl IntoView {
    let slug = CurrentProject::current().slug_now();
    let name = format!("{} {}", endpoint.method, endpoint.path);
    let id = endpoint.endpoint;
    let steps = endpoint.steps.iter().map(|step| station(&slug, &endpoint, step)).collect();
    let share = endpoint.hooks_percent.filter(|percent| *percent > 0);
    let failed = endpoint.errors;
    let mut items = vec![MenuItem::link("Test endpoint", address::endpoint_test(&slug, id))];
    let hooks: Vec<_> = endpoint.steps.iter().flat_map(|step| &step.hooks).collect();
    items.extend(hooks.iter().map(|hook| {
        let label = match hooks.len() {
            1 => "Version history".to_owned(),
            _ => format!("Version history of {}", hook.name),
        };
        MenuItem::link(label, address::history(&slug, &hook.id))
    }));
    items.push(MenuItem::link("Runs", address::endpoint_runs(&slug, id)));
    items.push(MenuItem::link("Logs", address::endpoint_logs(&slug, id)));
    items.push(MenuItem::link("Reference", address::reference(&slug, id)));
    let errors =
        if failed > 0 { "endpoint-row__errors endpoint-row__errors--some" } else { "endpoint-row__errors" };
    view! {
        <li class="endpoint-row">
            <div class="endpoint-row__name">
                <Endpoint method=endpoint.method path=endpoint.path href=address::endpoint(&slug, id) />
            </div>
            <div class="endpoint-row__track">
                <Track steps />
            </div>
            <div class="endpoint-row__time" title="95th percentile of the last 24 hours">
                <span class="visually-hidden">"95th percentile "</span>
                {endpoint.p95_us.map_or_else(|| "—".to_owned(), duration)}
                {share.map(|percent| view! { <small>{format!("hooks {percent} %")}</small> })}
            </div>
            <div class=errors title="Failed hook runs of the last 24 hours">
                {failed}
                <span class="visually-hidden">" failed hook runs in 24 hours"</span>
            </div>
            <div class="endpoint-row__menu">
                <Menu id=format!("menu-{id}") label=format!("Actions of {name}") items=Signal::stored(items)>
                    <Icon glyph=Glyph::More />
                </Menu>
            </div>
        </li>
    }
    .into_any()
}

fn station(slug: &str, endpoint: &EndpointOverview, step: &StepOverview) -> TrackStep {
    match step.kind {
        StepKind::Core => TrackStep::Core,
        StepKind::Event => {
            TrackStep::Pill { label: step.label.clone(), state: PillState::Neutral, href: None }
        }
        StepKind::Hooks => {
            let state = state(step);
            let count =
                if step.hooks.len() > 1 { format!(" · {}", step.hooks.len()) } else { String::new() };
            let word = match state {
                PillState::Draft => " · draft",
                PillState::Failing => " · failing",
                PillState::Disabled => " · disabled",
                _ => "",
            };
            let href = match step.hooks.as_slice() {
                [only] => address::hook(slug, &only.id),
                _ => address::endpoint(slug, endpoint.endpoint),
            };
            TrackStep::Pill { label: format!("{}{count}{word}", step.label), state, href: Some(href) }
        }
    }
}

/// What most needs a look, among the hooks of a step.
fn state(step: &StepOverview) -> PillState {
    let any = |test: fn(&contract::manage::HookOverview) -> bool| step.hooks.iter().any(test);
    if any(|hook| hook.failing) {
        PillState::Failing
    } else if any(waits) {
        PillState::Draft
    } else if any(|hook| hook.state == HookState::Enabled) {
        PillState::Enabled
    } else if step.hooks.is_empty() {
        PillState::Empty
    } else {
        PillState::Disabled
    }
}
