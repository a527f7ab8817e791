//! The tabs beside the code: test, data, settings.

use contract::catalogue::endpoints::Endpoint;
use leptos::prelude::*;

use super::extras::{Extra, extra};
use super::workbench::{THIS_HOOK, WHOLE_ENDPOINT, Workbench};
use crate::components::field::{Choice, Select};
use crate::components::segmented::{Segment, Segmented};
use crate::components::tabs::{Tab, Tabs};
use crate::pages::test::{EndpointForm, UnitForm, version_choices};

/// The tabs.
#[component]
pub(super) fn Side(
    /// The editor.
    bench: Workbench,
) -> impl IntoView {
    let tabs = Signal::derive(move || {
        let settings = if bench.unsettled.get() { "Settings · unsaved" } else { "Settings" };
        vec![Tab::new("test", "Test"), Tab::new("data", "Data"), Tab::new("settings", settings)]
    });
    let open = move |tab: &'static str| bench.side.with(|side| side == tab);
    // Kept settings are filled in, so that the tab says that they are not saved.
    let wanted = Signal::derive(move || open("settings") || bench.unsettled.get());
    view! {
        <aside class="workbench__side" aria-label="Test, data and settings">
            <Tabs
                name="side"
                tabs
                selected=bench.side
                on_select=Callback::new(move |tab| bench.side.set(tab))
            />
            <div class="workbench__panel" role="tabpanel" id="side-panel" tabindex="0" aria-labelledby=move || format!("side-tab-{}", bench.side.get())>
                // Hidden, not removed: what is typed into a test or the settings stays.
                <div class="stack" hidden=move || !open("test")>
                    <TestTab bench />
                </div>
                <div class="stack" hidden=move || !open("data")>
                    {extra(bench, Signal::derive(move || open("data")), Extra::Data)}
                </div>
                <div hidden=move || !open("settings")>{extra(bench, wanted, Extra::Settings)}</div>
            </div>
        </aside>
    }
    .into_any()
}

#[component]
fn TestTab(bench: Workbench) -> impl IntoView {
    let scopes = vec![Segment::new(THIS_HOOK, "This hook"), Segment::new(WHOLE_ENDPOINT, "Whole endpoint")];
    let endpoints: Vec<Choice> = bench
        .endpoints()
        .into_iter()
        .map(|endpoint| Choice::new(endpoint.as_str(), endpoint.request_line()))
        .collect();
    let chosen = RwSignal::new(bench.whole.endpoint().to_string());
    Effect::new(move |before: Option<String>| {
        let name = chosen.get();
        if let (Some(before), Ok(endpoint)) = (before, name.parse::<Endpoint>())
            && before != name
        {
            bench.whole.choose(endpoint);
        }
        name
    });
    let whole = move || bench.scope.with(|scope| scope == WHOLE_ENDPOINT);
    view! {
        <Segmented name="scope" label="What to test" segments=Signal::stored(scopes) value=bench.scope />
        <div class="stack" hidden=whole>
            <UnitForm run=bench.unit versions=bench.versions />
        </div>
        <div class="stack" hidden=move || !whole()>
            <Select name="endpoint" label="Endpoint" choices=Signal::stored(endpoints) value=chosen />
            <div hidden=move || bench.whole.live()>
                <Select
                    name="whole-version"
                    label="Version of this hook"
                    choices=version_choices(bench.versions.into())
                    value=bench.pick
                />
            </div>
            <EndpointForm run=bench.whole />
        </div>
    }
    .into_any()
}
