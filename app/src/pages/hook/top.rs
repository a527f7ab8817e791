//! The editor's top bar.

use contract::manage::HookState;
use leptos::prelude::*;

use super::export;
use super::saving::SaveState;
use super::workbench::Workbench;
use crate::components::button::{Button, Variant};
use crate::components::icon::{Glyph, Icon};
use crate::components::menu::{Menu, MenuItem};
use crate::components::relative_time::RelativeTime;
use crate::components::tag::{Tag, Tone};
use crate::pages::address;

/// Trigger, what is live, how the draft is.
#[component]
pub(super) fn Status(
    /// The editor.
    bench: Workbench,
) -> impl IntoView {
    let trigger = bench.hook.with_untracked(|hook| hook.trigger);
    view! {
        <Tag>{trigger.as_str()}</Tag>
        {move || {
            bench
                .hook
                .with(|hook| match (hook.live_version, hook.state) {
                    (Some(version), HookState::Disabled) => {
                        view! { <Tag tone=Tone::Warn>{format!("Disabled v{version}")}</Tag> }.into_any()
                    }
                    (Some(version), _) => view! { <Tag tone=Tone::Ok>{format!("Live v{version}")}</Tag> }.into_any(),
                    (None, _) => view! { <Tag>"Not deployed"</Tag> }.into_any(),
                })
        }}
        <span class="draft-state" role="status" aria-label="State of the draft">
            {move || {
                let state = bench.saving.state().get();
                let tone = if matches!(state, SaveState::Failed(_) | SaveState::Conflict(_)) { Tone::Bad } else { Tone::Draft };
                let (pending, at, by) = bench
                    .hook
                    .with(|hook| (hook.draft_pending, hook.draft.updated_at, hook.draft.updated_by.clone()));
                view! {
                    <Tag tone>
                        {pending
                            .then(|| {
                                view! {
                                    "Draft"
                                    <span class="draft-state__who">", " <RelativeTime at /> " by " {by}</span>
                                    " · "
                                }
                            })}
                        {state.label()}
                    </Tag>
                }
            }}
        </span>
    }
    .into_any()
}

/// History, Compare, Test, Deploy, more.
#[component]
pub(super) fn Actions(
    /// The editor.
    bench: Workbench,
) -> impl IntoView {
    let history = move || {
        let (slug, id) = bench.place();
        address::history(&slug, &id)
    };
    let never_live = Signal::derive(move || bench.hook.with(|hook| hook.live_version.is_none()));
    let export = StoredValue::new(export::items(bench));
    let items = Signal::derive(move || {
        let (slug, id) = bench.place();
        let mut items = vec![
            MenuItem::link("Version history", address::history(&slug, &id)),
            MenuItem::link("Runs", address::hook_runs(&slug, &id)),
        ];
        if !never_live.get() {
            let on = bench.hook.with(|hook| hook.enabled);
            let label = if on { "Disable" } else { "Enable" };
            items.push(MenuItem::action(
                "Compare with live",
                Callback::new(move |()| bench.comparing.set(true)),
            ));
            items.push(MenuItem::action(label, Callback::new(move |()| bench.switch(!on))));
        }
        items.push(MenuItem::Separator);
        items.extend(export.get_value());
        items.push(MenuItem::Separator);
        items.push(MenuItem::danger("Delete hook", Callback::new(move |()| bench.deleting.set(true))));
        items
    });
    view! {
        <span class="wide-only">
            <Button variant=Variant::Ghost href=history()>
                "History"
            </Button>
            <Button disabled=never_live on_click=Callback::new(move |_| bench.comparing.set(true))>
                "Compare"
            </Button>
        </span>
        <Button
            keys="mod+enter"
            busy=Signal::derive(move || bench.unit.busy().get() || bench.whole.busy().get())
            on_click=Callback::new(move |_| bench.test())
        >
            "Test"
        </Button>
        <Button
            variant=Variant::Primary
            keys="mod+shift+enter"
            on_click=Callback::new(move |_| bench.deploying.set(true))
        >
            "Deploy"
        </Button>
        <Menu id="hook-menu" label="More actions" items>
            <Icon glyph=Glyph::More />
        </Menu>
    }
    .into_any()
}
