//! The dialog that puts the draft live.

use contract::manage::{DeployRequest, UpdateHook};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::checks::{CheckList, Checks};
use super::saving::{SaveState, theirs};
use super::undo;
use super::workbench::Workbench;
use crate::api;
use crate::components::button::{Button, Variant};
use crate::components::dialog::Dialog;
use crate::components::diff_view::{DiffKind, DiffView};
use crate::components::field::{Checkbox, TextField};
use crate::components::loading::Skeleton;
use crate::pages::change::{Change, ChangeError};
use crate::pages::diff;

/// What changes, the checks, a note, the button that names version and project.
#[component]
pub(super) fn DeployDialog(
    /// The editor.
    bench: Workbench,
) -> impl IntoView {
    let note = RwSignal::new(String::new());
    let enable = RwSignal::new(false);
    let anyway = RwSignal::new(false);
    let change = Change::new();
    let checks = Checks::new();
    let facts = Facts::new();
    Effect::new(move || {
        if bench.deploying.get() {
            bench.save();
            change.clear();
            enable.set(false);
            anyway.set(false);
            facts.ask(bench);
            checks.run(bench);
        }
    });
    Effect::new(move || {
        if bench.deploying.get() {
            checks.types(bench);
        }
    });
    let disabled = Memo::new(move |_| bench.hook.with(|hook| !hook.enabled));
    let bypassed =
        Memo::new(move |_| bench.current.project().is_some_and(|project| project.settings.bypass_hooks));
    let idle = move || {
        if bypassed.get() {
            Some("all hooks of the project are bypassed")
        } else if disabled.get() && !enable.get() {
            Some("the hook is disabled")
        } else {
            None
        }
    };
    let next = move || bench.hook.with(|hook| hook.next_version);
    let title = Signal::derive(move || {
        let name = bench.hook.with(|hook| hook.name.clone());
        format!("Deploy v{} of “{name}” to {}", next(), bench.current.place())
    });
    let subtitle = Signal::derive(move || {
        let when = match idle() {
            None => "Every request uses it from the next one on.".to_owned(),
            Some(why) => format!("No request uses it yet: {why}."),
        };
        match bench.hook.with(|hook| hook.live_version) {
            Some(live) => format!("{when} You can undo for as long as v{live} exists."),
            None => format!("{when} Nothing is live before."),
        }
    });
    let saved = move || bench.saving.state().get() == SaveState::Saved;
    let same = move || {
        bench.hook.with(|hook| {
            hook.live_source.as_ref().is_some_and(|live| bench.source.with(|source| source == live))
        })
    };
    let ready =
        move || facts.known() && checks.pass() && (!checks.asks() || anyway.get()) && saved() && !same();
    let deploy = move || {
        if !untrack(ready) {
            return;
        }
        let (slug, id) = bench.place();
        let note_text = note.get_untracked().trim().to_owned();
        let request = DeployRequest {
            note: (!note_text.is_empty()).then_some(note_text),
            revision: Some(bench.saving.revision()),
            allow_missing_secrets: untrack(|| checks.asks() && anyway.get()).then_some(true),
        };
        let text = bench.source.get_untracked();
        let enabled = enable.get_untracked();
        let why = untrack(idle);
        let work = async move {
            let deployed = api::versions::deploy(slug.clone(), id.clone(), request).await;
            match &deployed {
                Ok(_) if enabled => {
                    let on = UpdateHook { enabled: Some(true), ..UpdateHook::default() };
                    api::hooks::update_hook(slug, id, on).await?;
                }
                // The way out of it is the bar that lets the reader choose a text.
                Err(error) if theirs(error).is_some() && !bench.source.is_disposed() => {
                    bench.saving.failed(bench, error.clone(), &text);
                }
                _ => {}
            }
            deployed
        };
        change.run(work, move |deployed| {
            bench.deploying.set(false);
            note.set(String::new());
            bench.refresh();
            undo::offer(bench, &deployed, why);
        });
    };
    view! {
        <Dialog
            busy=change.busy()
            id="deploy"
            title
            subtitle
            open=bench.deploying
            wide=true
            actions=ViewFn::from(move || {
                view! {
                    <Button disabled=change.busy() on_click=Callback::new(move |_| bench.deploying.set(false))>"Cancel"</Button>
                    <Button
                        variant=Variant::Primary
                        busy=change.busy()
                        disabled=Signal::derive(move || !ready())
                        on_click=Callback::new(move |_| deploy())
                    >
                        {move || {
                            let verb = if enable.get() { "Enable and deploy" } else { "Deploy" };
                            format!("{verb} v{} to {}", next(), bench.current.place())
                        }}
                    </Button>
                }
            })
        >
            {move || match facts.state.get() {
                None => view! { <Skeleton label="Asking what is live" lines=4 /> }.into_any(),
                Some(Ok(())) => {
                    view! { <DiffView label="What changes" lines=Signal::derive(move || changes(bench)) /> }.into_any()
                }
                Some(Err(why)) => {
                    let again = Callback::new(move |_| facts.ask(bench));
                    view! {
                        <p class="change-error" role="alert">{format!("What is live could not be read. {why}")}</p>
                        <div>
                            <Button on_click=again>"Try again"</Button>
                        </div>
                    }
                        .into_any()
                }
            }}
            <CheckList checks />
            <Show when=move || checks.stuck()>
                <div>
                    <Button on_click=Callback::new(move |_| {
                        checks.run(bench);
                        bench.load_types();
                    })>"Check again"</Button>
                </div>
            </Show>
            {move || match bench.saving.state().get() {
                SaveState::Saved => None,
                SaveState::Failed(why) => Some(format!("The draft is not saved. {}", why.message())),
                SaveState::Conflict(_) => Some("Someone else has saved this draft. Close this and decide which text to keep.".into()),
                SaveState::Saving | SaveState::Unsaved => Some("The draft is being saved…".into()),
            }
                .map(|text| view! { <p class="form__note" role="status">{text}</p> })}
            <form
                class="form"
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
                <Show when=move || checks.asks()>
                    <Checkbox
                        name="anyway"
                        label="Deploy anyway"
                        value=anyway
                        hint="The code finds nothing in the place of a missing secret, until it is set."
                    />
                </Show>
                <Show when=move || disabled.get()>
                    <Checkbox
                        name="enable"
                        label="Enable the hook"
                        value=enable
                        hint="It was disabled, and stays so unless you tick this."
                    />
                </Show>
            </form>
            <ChangeError change fields=&["note"] />
        </Dialog>
    }
    .into_any()
}

/// What the server says of the hook when the dialog opens: a colleague may have deployed or rolled back
/// since the page was loaded.
#[derive(Clone, Copy)]
struct Facts {
    asked: StoredValue<u32>,
    /// None while they are on their way.
    state: RwSignal<Option<Result<(), String>>>,
}

impl Facts {
    fn new() -> Self {
        Self { asked: StoredValue::new(0), state: RwSignal::new(None) }
    }

    fn ask(self, bench: Workbench) {
        let question = self.asked.get_value().wrapping_add(1);
        self.asked.set_value(question);
        self.state.set(None);
        let (slug, id) = bench.place();
        spawn_local(async move {
            let answer = api::hooks::get_hook(slug, id).await;
            if self.asked.try_get_value() != Some(question) {
                return;
            }
            self.state.set(Some(answer.map(|hook| bench.learn(hook)).map_err(|error| error.message())));
        });
    }

    fn known(self) -> bool {
        self.state.with(|state| matches!(state, Some(Ok(()))))
    }
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
