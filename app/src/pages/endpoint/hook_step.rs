//! One hook among the steps of an endpoint.

use contract::ids::HookId;
use contract::manage::{HookOverview, HookState, UpdateHook};
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::drag::Handle;
use super::steps::on_error;
use crate::api;
use crate::components::field::Switch;
use crate::components::tag::{Tag, Tone};
use crate::components::timeline::{Step, StepKind};
use crate::components::waterfall::duration;
use crate::pages::address;
use crate::pages::change::{Change, ChangeError};
use crate::pages::layout::CurrentProject;

const EARLIER: &str = "earlier";
const LATER: &str = "later";

/// The hook that was moved last, and by which of its buttons. In the context of the endpoint's page.
#[derive(Clone, Copy)]
pub(super) struct Moved(StoredValue<Option<(HookId, &'static str)>>);

impl Moved {
    /// None was.
    pub(super) fn new() -> Self {
        Self(StoredValue::new(None))
    }

    fn put(self, id: HookId, button: &'static str) {
        self.0.set_value(Some((id, button)));
    }

    fn take(self, id: &HookId) -> Option<&'static str> {
        self.0.try_update_value(|moved| moved.take_if(|(moved, _)| moved == id).map(|(_, button)| button))?
    }
}

fn button_id(hook: &HookId, button: &str) -> String {
    format!("{button}-{hook}")
}

/// Name, state, summary, figures; switches it on and off and moves it.
#[component]
pub(super) fn HookStep(
    /// The hook.
    hook: HookOverview,
    /// Label of its phase.
    label: String,
    /// Its place among the hooks of its trigger, from 0.
    place: usize,
    /// How many hooks the trigger has.
    count: usize,
    /// Whether it can refuse the request.
    can_deny: bool,
    /// Called after it was switched or moved.
    changed: Callback<()>,
) -> impl IntoView {
    let current = CurrentProject::current();
    let change = Change::new();
    let kind = match hook.state {
        _ if hook.failing => StepKind::Failing,
        HookState::Enabled => StepKind::Live,
        HookState::Disabled | HookState::NotDeployed => StepKind::Idle,
    };
    let id = StoredValue::new(hook.id.clone());
    let on = RwSignal::new(hook.state == HookState::Enabled);
    let update = move |what: UpdateHook| {
        let (was, switched) = (on.get_untracked(), what.enabled.is_some());
        let work = api::hooks::update_hook(current.slug_now(), id.get_value(), what);
        let work = async move {
            let answer = work.await;
            if answer.is_err() && switched {
                // The switch shows what is, not what was refused.
                on.try_set(!was);
            }
            answer
        };
        change.run(work, move |_| changed.run(()));
    };
    let moved = use_context::<Moved>();
    // The rows were built anew after a move: the focus follows the hook, so that a second press moves it on.
    Effect::new(move || {
        let Some(direction) = moved.and_then(|moved| moved.take(&id.get_value())) else { return };
        if let Some(button) = document().get_element_by_id(&button_id(&id.get_value(), direction))
            && let Ok(button) = button.dyn_into::<web_sys::HtmlElement>()
        {
            drop(button.focus());
        }
    });
    let move_to = move |order: u32, direction: &'static str| {
        if let Some(moved) = moved {
            moved.put(id.get_value(), direction);
        }
        update(UpdateHook { order: Some(order), ..UpdateHook::default() });
    };
    let place = u32::try_from(place).unwrap_or(u32::MAX);
    let last = u32::try_from(count).unwrap_or(u32::MAX).saturating_sub(1);
    let name = StoredValue::new(hook.name.clone());
    let tags = {
        let hook = hook.clone();
        ViewFn::from(move || tags(&hook))
    };
    let facts = {
        let hook = hook.clone();
        ViewFn::from(move || {
            let hook = hook.clone();
            let slug = current.slug_now();
            view! {
                <span>{waits(can_deny)}</span>
                <span>{on_error(hook.on_error)}</span>
                <span>{format!("timeout {}", duration(u64::from(hook.wall_ms) * 1_000))}</span>
                <span>{format!("{} ms cpu", hook.cpu_ms)}</span>
                {hook.p95_us.map(|p95| view! { <span title="95th percentile of the last 24 hours">{format!("p95 {}", duration(p95))}</span> })}
                {(hook.errors > 0)
                    .then(|| {
                        view! {
                            <a class="step__errors" href=format!("{}&outcome=threw", address::hook_runs(&slug, &hook.id))>
                                {format!("{} of {} runs failed", hook.errors, hook.runs)}
                            </a>
                        }
                    })}
                <a href=address::hook(&slug, &hook.id) aria-label=format!("Edit hook {}", hook.name)>
                    "Edit hook"
                </a>
                <a href=address::hook_runs(&slug, &hook.id) aria-label=format!("Runs of {}", hook.name)>
                    "Runs"
                </a>
            }
        })
    };
    view! {
        <Step kind title=format!("{label} · {}", hook.name) group=hook.trigger.as_str() tags facts>
            <div class="hook-step">
                <p>
                    {hook.summary.clone()} " "
                    {(!hook.summary.is_empty())
                        .then(|| {
                            view! {
                                <Tag>{if hook.summary_origin == "ai" { "AI summary" } else { "from the code" }}</Tag>
                            }
                        })}
                </p>
                <div class="hook-step__controls">
                    {(count > 1)
                        .then(|| {
                            view! {
                                <Handle moved=Callback::new(move |order| {
                                    update(UpdateHook { order: Some(order), ..UpdateHook::default() });
                                }) />
                                <button
                                    type="button"
                                    class="move"
                                    id=button_id(&id.get_value(), EARLIER)
                                    aria-label=format!("Run {} earlier", name.get_value())
                                    disabled=move || place == 0 || change.busy().get()
                                    on:click=move |_| move_to(place.saturating_sub(1), EARLIER)
                                >
                                    "↑"
                                </button>
                                <button
                                    type="button"
                                    class="move"
                                    id=button_id(&id.get_value(), LATER)
                                    aria-label=format!("Run {} later", name.get_value())
                                    disabled=move || place == last || change.busy().get()
                                    on:click=move |_| move_to(place + 1, LATER)
                                >
                                    "↓"
                                </button>
                            }
                        })}
                    {(hook.state != HookState::NotDeployed)
                        .then(|| {
                            view! {
                                <Switch
                                    name=format!("enabled-{}", hook.id)
                                    label="Enabled"
                                    value=on
                                    on_change=Callback::new(move |wanted: bool| {
                                        if change.busy().get_untracked() {
                                            on.set(!wanted);
                                        } else {
                                            update(UpdateHook { enabled: Some(wanted), ..UpdateHook::default() });
                                        }
                                    })
                                />
                            }
                        })}
                </div>
            </div>
            <ChangeError change />
        </Step>
    }
    .into_any()
}

fn tags(hook: &HookOverview) -> impl IntoView + use<> {
    let live = hook.live_version.map(|version| match hook.state {
        HookState::Enabled => view! { <Tag tone=Tone::Ok>{format!("Live v{version}")}</Tag> }.into_any(),
        _ => view! { <Tag>{format!("Disabled v{version}")}</Tag> }.into_any(),
    });
    let draft = (hook.draft_pending || hook.live_version.is_none())
        .then(|| view! { <Tag tone=Tone::Draft>"Draft"</Tag> });
    let failing = hook.failing.then(|| view! { <Tag tone=Tone::Bad>"Failing"</Tag> });
    view! {
        {live}
        {draft}
        {failing}
    }
}

fn waits(can_deny: bool) -> &'static str {
    if can_deny { "sync, can deny" } else { "after the change, cannot deny" }
}
