//! Puts an old version's code into the draft.

use contract::ids::HookId;
use contract::manage::{Draft, Hook, SaveDraft};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api;
use crate::components::button::{Button, Variant};
use crate::components::dialog::Dialog;
use crate::components::toast::{Toasts, use_toasts};
use crate::pages::change::{Change, ChangeError};
use crate::pages::layout::CurrentProject;

/// Which version goes into the draft.
#[derive(Clone, Copy)]
pub(super) struct Restoring {
    hook: StoredValue<HookId>,
    name: StoredValue<String>,
    current: CurrentProject,
    toasts: Toasts,
    open: RwSignal<bool>,
    number: RwSignal<u32>,
    /// The draft as the reader finds it, once it is known.
    draft: RwSignal<Option<Draft>>,
    /// Whether that draft is not live, so that restoring takes something away.
    pending: RwSignal<bool>,
    looking: Change,
    change: Change,
    /// What is live, if anything.
    live: StoredValue<Option<String>>,
    /// The draft, while it is not live: the table's first row.
    waiting: RwSignal<Option<Draft>>,
}

impl Restoring {
    /// Nothing is restored.
    pub(super) fn new(hook: &Hook, waiting: RwSignal<Option<Draft>>) -> Self {
        Self {
            hook: StoredValue::new(hook.id.clone()),
            name: StoredValue::new(hook.name.clone()),
            current: CurrentProject::current(),
            toasts: use_toasts(),
            open: RwSignal::new(false),
            number: RwSignal::new(0),
            draft: RwSignal::new(None),
            pending: RwSignal::new(false),
            looking: Change::new(),
            change: Change::new(),
            live: StoredValue::new(hook.live_source.clone()),
            waiting,
        }
    }

    /// Asks whether version `number` may replace the draft, of which it says how it is now.
    pub(super) fn ask(self, number: u32) {
        self.number.set(number);
        self.draft.set(None);
        self.looking.clear();
        self.change.clear();
        self.open.set(true);
        let work = api::hooks::get_hook(self.current.slug_now(), self.hook.get_value());
        self.looking.run(work, move |hook| {
            self.pending.set(hook.draft_pending || hook.live_version.is_none());
            self.draft.set(Some(hook.draft));
        });
    }

    fn go(self) {
        let Some(before) = self.draft.get_untracked() else { return };
        let (slug, id, number) =
            (self.current.slug_now(), self.hook.get_value(), self.number.get_untracked());
        // The version's code is saved like any other draft: over the revision that was looked at, or not at all.
        let work = {
            let (slug, id) = (slug.clone(), id.clone());
            let revision = before.revision;
            async move {
                let version = api::versions::get_version(slug.clone(), id.clone(), number).await?;
                let draft = SaveDraft { source: version.source, language: Some(version.language), revision };
                api::hooks::save_draft(slug, id, draft).await
            }
        };
        let toasts = self.toasts;
        self.change.run(work, move |now| {
            self.open.set(false);
            self.saved(&now);
            let undo = Callback::new(move |()| {
                let draft = SaveDraft {
                    source: before.source.clone(),
                    language: Some(before.language),
                    revision: now.revision,
                };
                let work = api::hooks::save_draft(slug.clone(), id.clone(), draft);
                spawn_local(async move {
                    match work.await {
                        Ok(draft) => {
                            toasts.ok("The draft is as it was before");
                            self.saved(&draft);
                        }
                        Err(error) => toasts.bad(error.message()),
                    }
                });
            });
            toasts.with_action(format!("The draft has the code of v{number} now"), "Undo", undo);
        });
    }

    /// Shows the draft as it is now, unless the page is gone.
    fn saved(self, draft: &Draft) {
        let live = self.live.try_with_value(|live| live.as_ref() == Some(&draft.source));
        if let Some(live) = live {
            self.waiting.try_set((!live).then(|| draft.clone()));
        }
    }
}

/// The dialog.
#[component]
pub(super) fn RestoreDialog(
    /// What it asks about.
    restoring: Restoring,
) -> impl IntoView {
    let title = Signal::derive(move || {
        let name = restoring.name.get_value();
        format!("Replace the draft of “{name}” with v{}’s code?", restoring.number.get())
    });
    let busy = restoring.change.busy();
    view! {
        <Dialog
            id="restore"
            title
            open=restoring.open
            busy
            actions=ViewFn::from(move || {
                view! {
                    <Button disabled=busy on_click=Callback::new(move |_| restoring.open.set(false))>"Cancel"</Button>
                    <Button
                        variant=Variant::Primary
                        busy
                        disabled=Signal::derive(move || restoring.draft.with(Option::is_none))
                        on_click=Callback::new(move |_| restoring.go())
                    >
                        "Replace the draft"
                    </Button>
                }
            })
        >
            <p>
                {move || match restoring.draft.get() {
                    None => "Asking how the draft is now…".to_owned(),
                    Some(draft) if restoring.pending.get() => {
                        format!(
                            "The draft has changes by {} that were never deployed; they are replaced. Nothing goes live.",
                            draft.updated_by,
                        )
                    }
                    Some(_) => "The draft is the same as what is live. Nothing goes live by this.".to_owned(),
                }}
            </p>
            <ChangeError change=restoring.looking />
            <ChangeError change=restoring.change />
        </Dialog>
    }
    .into_any()
}
