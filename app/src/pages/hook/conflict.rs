//! Two people on one draft.

use contract::manage::Draft;
use leptos::prelude::*;

use super::extras::{Extra, extra};
use super::saving::SaveState;
use super::workbench::Workbench;
use crate::components::button::{Button, Variant};
use crate::components::dialog::Dialog;
use crate::components::relative_time::RelativeTime;
use crate::editor::DiffEditor;
use crate::pages::address;

/// Says that someone else has saved this draft, and what can be done; nothing is overwritten silently.
#[component]
pub(super) fn ConflictBar(
    /// The editor.
    bench: Workbench,
) -> impl IntoView {
    let looking = RwSignal::new(false);
    let theirs = Memo::new(move |_| match bench.saving.state().get() {
        SaveState::Conflict(theirs) => Some(*theirs),
        _ => None,
    });
    let failure = move || match bench.saving.state().get() {
        SaveState::Failed(error) => Some(error),
        _ => None,
    };
    view! {
        {move || theirs.get().map(|theirs| view! { <Choices bench theirs looking /> })}
        {move || {
            failure()
                .map(|error| {
                    let signed_out = error.is_signed_out();
                    view! {
                        <div class="bar bar--bad" role="alert">
                            <span>
                                "The draft is not saved. " {error.message()}
                                {signed_out.then_some(" Your text stays here meanwhile.")}
                            </span>
                            <span class="bar__actions">
                                // In a window of its own: this one holds the text.
                                {signed_out
                                    .then(|| {
                                        view! {
                                            <a class="btn" href=address::sign_in("/console") target="_blank" rel="external">
                                                "Sign in"
                                            </a>
                                        }
                                    })}
                                <Button on_click=Callback::new(move |_| bench.save())>"Try again"</Button>
                            </span>
                        </div>
                    }
                })
        }}
        {extra(bench, looking, Extra::Differences(Differences { looking, theirs }))}
    }
    .into_any()
}

/// The two texts.
#[derive(Clone, Copy)]
pub(super) struct Differences {
    /// Opens it.
    looking: RwSignal<bool>,
    /// What the other has saved.
    theirs: Memo<Option<Draft>>,
}

/// The two texts side by side.
#[component]
pub(super) fn DifferencesDialog(
    /// The editor.
    bench: Workbench,
    /// The texts.
    differences: Differences,
) -> impl IntoView {
    let Differences { looking, theirs } = differences;
    view! {
        <Dialog id="conflict" title="Their draft and yours" open=looking wide=true>
            <div class="compare">
                <DiffEditor
                    original=Signal::derive(move || theirs.get().map(|theirs| theirs.source).unwrap_or_default())
                    modified=bench.source
                    left="Theirs"
                    right="Yours"
                    language=bench.language()
                    label="Their draft and yours"
                />
            </div>
        </Dialog>
    }
    .into_any()
}

#[component]
fn Choices(bench: Workbench, theirs: Draft, looking: RwSignal<bool>) -> impl IntoView {
    let draft = StoredValue::new(theirs.clone());
    view! {
        <div class="bar bar--warn" role="alert">
            <span>
                <strong>{theirs.updated_by}</strong>
                " saved this draft "
                <RelativeTime at=theirs.updated_at />
                ". Yours is not saved yet."
            </span>
            <span class="bar__actions">
                <Button on_click=Callback::new(move |_| looking.set(true))>"View differences"</Button>
                <Button on_click=Callback::new(move |_| {
                    looking.set(false);
                    bench.replace(&draft.get_value());
                })>"Load theirs"</Button>
                <Button
                    variant=Variant::Primary
                    on_click=Callback::new(move |_| {
                        looking.set(false);
                        bench.saving.insist(&draft.get_value(), bench);
                    })
                >
                    "Keep mine"
                </Button>
            </span>
        </div>
    }
    .into_any()
}
