//! The steps of an endpoint, one below the other.

use contract::catalogue::triggers::{OnError, Trigger};
use contract::manage::{StepKind as Kind, StepOverview};
use leptos::prelude::*;

use super::hook_step::HookStep;
use crate::components::tag::Tag;
use crate::components::timeline::{Step, StepKind, Timeline};
use crate::pages::new_hook::NewHook;

/// Every step with the hooks that run in it.
#[component]
pub(super) fn Steps(
    /// The steps, in order.
    steps: Vec<StepOverview>,
    /// Opens the dialog that adds a hook.
    new_hook: NewHook,
    /// Called after a hook was switched or moved.
    changed: Callback<()>,
) -> impl IntoView {
    view! {
        <Timeline>
            {steps
                .into_iter()
                .map(|step| match (step.kind, step.trigger) {
                    (Kind::Core, _) => core(step).into_any(),
                    (Kind::Hooks, Some(trigger)) => hooks(step, trigger, new_hook, changed).into_any(),
                    _ => event(step).into_any(),
                })
                .collect_view()}
        </Timeline>
    }
    .into_any()
}

fn core(step: StepOverview) -> impl IntoView {
    view! {
        <Step kind=StepKind::Core title=step.title>
            {step.summary}
        </Step>
    }
}

fn event(step: StepOverview) -> impl IntoView {
    let name = step.event.unwrap_or(step.label);
    view! {
        <Step title=name tags=ViewFn::from(|| view! { <Tag>"event"</Tag> })>
            {step.summary}
        </Step>
    }
}

fn hooks(step: StepOverview, trigger: Trigger, new_hook: NewHook, changed: Callback<()>) -> impl IntoView {
    let title = trigger.spec().title;
    let add = move || {
        view! {
            <button
                type="button"
                class="link"
                aria-label=format!("Add hook to {title}")
                on:click=move |_| new_hook.open_for(trigger)
            >
                "Add hook"
            </button>
        }
    };
    if step.hooks.is_empty() {
        let policy = trigger.default_on_error();
        return view! {
            <Step
                title=format!("{} · {title}", step.label)
                tags=ViewFn::from(move || step.can_deny.then(|| view! { <Tag>"can deny"</Tag> }))
                facts=ViewFn::from(move || view! { {add()} <span>{on_error(policy)}</span> })
            >
                "No hook. " {step.summary}
            </Step>
        }
        .into_any();
    }
    let count = step.hooks.len();
    let can_deny = step.can_deny;
    let label = step.label;
    view! {
        {step
            .hooks
            .into_iter()
            .enumerate()
            .map(|(place, hook)| {
                view! { <HookStep hook label=label.clone() place count can_deny changed /> }
            })
            .collect_view()}
        <li class="step-add">{add()} <span>" after " {title}</span></li>
    }
    .into_any()
}

/// What a failure of the hook means.
pub(super) fn on_error(policy: OnError) -> &'static str {
    match policy {
        OnError::Continue => "on error: log and continue",
        OnError::Deny => "on error: refuse the request",
    }
}
