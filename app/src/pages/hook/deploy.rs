//! The dialog that puts the draft live.

use contract::manage::DeployRequest;
use leptos::prelude::*;

use super::checks::{CheckList, Checks};
use super::saving::SaveState;
use super::undo;
use super::workbench::Workbench;
use crate::api;
use crate::components::button::{Button, Variant};
use crate::components::dialog::Dialog;
use crate::components::diff_view::{DiffKind, DiffView};
use crate::components::field::TextField;
use crate::pages::change::{Change, ChangeError};
use crate::pages::diff;

/// What changes, the checks, a note, the button that names version and project.
#[component]
pub(super) fn DeployDialog(
    /// The editor.
    bench: Workbench,
) -> impl IntoView {
    let note = RwSignal::new(String::new());
    let change = Change::new();
    let checks = Checks::new();
    Effect::new(move || {
        if bench.deploying.get() {
            bench.save();
            change.clear();
            checks.run(bench);
        }
    });
    let next = move || bench.hook.with(|hook| hook.next_version);
    let title = Signal::derive(move || {
        let name = bench.hook.with(|hook| hook.name.clone());
        format!("Deploy v{} of “{name}” to {}", next(), bench.current.place())
    });
    let subtitle = Signal::derive(move || match bench.hook.with(|hook| hook.live_version) {
        Some(live) => {
            format!("Every request uses it from the next one on. You can undo for as long as v{live} exists.")
        }
        None => "Every request uses it from the next one on. Nothing is live before.".to_owned(),
    });
    let saved = move || bench.saving.state().get() == SaveState::Saved;
    let same = move || {
        bench.hook.with(|hook| {
            hook.live_source.as_ref().is_some_and(|live| bench.source.with(|source| source == live))
        })
    };
    let deploy = move || {
        if !checks.pass() || !saved() || same() {
            return;
        }
        let (slug, id) = bench.place();
        let note_text = note.get_untracked().trim().to_owned();
        let request = DeployRequest {
            note: (!note_text.is_empty()).then_some(note_text),
            revision: Some(bench.saving.revision()),
        };
        change.run(api::versions::deploy(slug, id, request), move |deployed| {
            bench.deploying.set(false);
            note.set(String::new());
            bench.refresh();
            undo::offer(bench, &deployed);
        });
    };
    view! {
        <Dialog
            id="deploy"
            title
            subtitle
            open=bench.deploying
            wide=true
            actions=ViewFn::from(move || {
                view! {
                    <Button on_click=Callback::new(move |_| bench.deploying.set(false))>"Cancel"</Button>
                    <Button
                        variant=Variant::Primary
                        busy=change.busy()
                        disabled=Signal::derive(move || !checks.pass() || !saved() || same())
                        on_click=Callback::new(move |_| deploy())
                    >
                        {move || format!("Deploy v{} to {}", next(), bench.current.place())}
                    </Button>
                }
            })
        >
            <DiffView
                label="What changes"
                lines=Signal::derive(move || changes(bench))
            />
            <CheckList checks />
            {move || match bench.saving.state().get() {
                SaveState::Saved => None,
                SaveState::Failed(text) => Some(format!("The draft is not saved. {text}")),
                SaveState::Conflict(_) => Some("Someone else has saved this draft. Close this and decide which text to keep.".into()),
                SaveState::Saving | SaveState::Unsaved => Some("The draft is being saved…".into()),
            }
                .map(|text| view! { <p class="form__note" role="status">{text}</p> })}
            <form
                on:submit=move |event| {
                    event.prevent_default();
                    deploy();
                }
            >
                <TextField
                    name="note"
                    label="Note"
                    placeholder="What changes, for the history"
                    value=note
                    optional=true
                    autofocus=true
                    error=change.about("note")
                />
            </form>
            <ChangeError change fields=&["note"] />
        </Dialog>
    }
    .into_any()
}

fn changes(bench: Workbench) -> Vec<(DiffKind, String)> {
    let file = bench.file();
    let (live, version) =
        bench.hook.with(|hook| (hook.live_source.clone().unwrap_or_default(), hook.live_version));
    let name = match version {
        Some(version) => format!("{file}, live v{version} → draft"),
        None => format!("{file}, new"),
    };
    let lines = bench.source.with(|source| diff::lines(&name, &live, source));
    if lines.is_empty() {
        vec![(
            DiffKind::Header,
            "The draft is the same as what is live: there is nothing to deploy.".to_owned(),
        )]
    } else {
        lines
    }
}
