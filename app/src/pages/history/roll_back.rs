//! Puts an old version's code live again.

use contract::error::ErrorCode;
use contract::ids::HookId;
use contract::manage::Hook;
use leptos::prelude::*;

use crate::api;
use crate::components::button::{Button, Variant};
use crate::components::dialog::Dialog;
use crate::components::field::Checkbox;
use crate::components::toast::{Toasts, use_toasts};
use crate::pages::change::{Change, ChangeError};
use crate::pages::layout::CurrentProject;

/// Which version goes live again.
#[derive(Clone, Copy)]
pub(super) struct RollingBack {
    hook: StoredValue<HookId>,
    name: StoredValue<String>,
    /// The number that the old code gets.
    next: u32,
    current: CurrentProject,
    toasts: Toasts,
    open: RwSignal<bool>,
    number: RwSignal<u32>,
    /// Whether it was refused because a secret is gone.
    lacking: RwSignal<bool>,
    anyway: RwSignal<bool>,
    change: Change,
}

impl RollingBack {
    /// Nothing is rolled back.
    pub(super) fn new(hook: &Hook) -> Self {
        Self {
            hook: StoredValue::new(hook.id.clone()),
            name: StoredValue::new(hook.name.clone()),
            next: hook.next_version,
            current: CurrentProject::current(),
            toasts: use_toasts(),
            open: RwSignal::new(false),
            number: RwSignal::new(0),
            lacking: RwSignal::new(false),
            anyway: RwSignal::new(false),
            change: Change::new(),
        }
    }

    /// Asks whether version `number` shall go live again.
    pub(super) fn ask(self, number: u32) {
        self.number.set(number);
        self.lacking.set(false);
        self.anyway.set(false);
        self.change.clear();
        self.open.set(true);
    }

    fn go(self, changed: Callback<()>) {
        let number = self.number.get_untracked();
        let (slug, id) = (self.current.slug_now(), self.hook.get_value());
        let anyway = self.anyway.get_untracked();
        let work = async move {
            let answer = api::versions::roll_back(slug, id, number, anyway).await;
            if answer.as_ref().is_err_and(|error| error.code() == ErrorCode::NotDeployable) {
                self.lacking.try_set(true);
            }
            answer
        };
        self.change.run(work, move |deployed| {
            self.open.set(false);
            self.toasts.ok(format!("v{} is live: the code of v{number}", deployed.version));
            changed.run(());
        });
    }
}

/// The dialog: what goes live, and what to do when a secret is gone.
#[component]
pub(super) fn RollBackDialog(
    /// What it asks.
    rolling: RollingBack,
    /// Called after it was done.
    changed: Callback<()>,
) -> impl IntoView {
    let busy = rolling.change.busy();
    let next = rolling.next;
    view! {
        <Dialog
            busy
            id="roll-back"
            title=Signal::derive(move || format!("Roll back “{}” to v{}?", rolling.name.get_value(), rolling.number.get()))
            open=rolling.open
            actions=ViewFn::from(move || {
                view! {
                    <Button disabled=busy on_click=Callback::new(move |_| rolling.open.set(false))>"Cancel"</Button>
                    <Button
                        variant=Variant::Primary
                        busy
                        disabled=Signal::derive(move || rolling.lacking.get() && !rolling.anyway.get())
                        on_click=Callback::new(move |_| rolling.go(changed))
                    >
                        {move || format!("Roll back {}", rolling.current.place())}
                    </Button>
                }
            })
        >
            <p>{move || format!("v{}’s code goes live now as v{next}. Your draft is kept.", rolling.number.get())}</p>
            <ChangeError change=rolling.change />
            <Show when=move || rolling.lacking.get()>
                <Checkbox
                    name="anyway"
                    label="Roll back anyway"
                    value=rolling.anyway
                    hint="The code finds nothing in the place of a missing secret, until it is set."
                />
            </Show>
        </Dialog>
    }
    .into_any()
}
