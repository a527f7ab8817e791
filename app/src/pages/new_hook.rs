//! The dialog that makes a hook.

use contract::catalogue::triggers::{Phase, Trigger};
use contract::manage::{CreateHook, Language, Template};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

use super::address;
use super::change::{Change, ChangeError};
use super::late::Late;
use super::layout::CurrentProject;
use crate::api;
use crate::components::button::{Button, Variant};
use crate::components::code_block::CodeBlock;
use crate::components::dialog::Dialog;
use crate::components::field::{Choice, Select, TextField};

/// Order and headings of the phases in the list of triggers.
const PHASES: [Phase; 5] = [Phase::Validate, Phase::Before, Phase::Interactive, Phase::After, Phase::Send];

/// Opens the dialog of a page, with a trigger chosen or with the first template.
#[derive(Clone, Copy)]
pub(crate) struct NewHook {
    open: RwSignal<bool>,
    trigger: RwSignal<String>,
    template: RwSignal<String>,
    /// Whether it starts from a template rather than from an empty handler.
    ready_made: RwSignal<bool>,
}

impl NewHook {
    /// A closed dialog.
    pub(crate) fn new() -> Self {
        Self {
            open: RwSignal::new(false),
            trigger: RwSignal::new(Trigger::PreUserRegistration.to_string()),
            template: RwSignal::new(String::new()),
            ready_made: RwSignal::new(false),
        }
    }

    /// Opens it.
    pub(crate) fn open(self) {
        self.ready_made.set(false);
        self.template.set(String::new());
        self.open.set(true);
    }

    /// Opens it with the first template that fits the trigger.
    pub(crate) fn open_template(self) {
        self.ready_made.set(true);
        self.template.set(String::new());
        self.open.set(true);
    }

    /// Opens it with a trigger chosen.
    pub(crate) fn open_for(self, trigger: Trigger) {
        self.trigger.set(trigger.to_string());
        self.open();
    }
}

/// The dialog: trigger, name, language, what to start from. Leads to the new hook's editor.
#[component]
pub(crate) fn NewHookDialog(
    /// Opens it.
    state: NewHook,
) -> impl IntoView {
    let current = CurrentProject::current();
    let name = RwSignal::new(String::new());
    let language = RwSignal::new(Language::TypeScript.to_string());
    let change = Change::new();
    Effect::new(move || {
        if state.open.get() {
            change.clear();
        }
    });
    // A template fits one trigger.
    Effect::new(move |before: Option<String>| {
        let trigger = state.trigger.get();
        if before.is_some_and(|before| before != trigger) {
            state.template.set(String::new());
        }
        trigger
    });
    // Only asked for when the dialog is first opened.
    let wanted = Memo::new(move |before| state.open.get() || before.copied().unwrap_or(false));
    let templates = Late::new(move || {
        let wanted = wanted.get();
        async move { if wanted { api::hooks::list_templates().await } else { Ok(Vec::new()) } }
    });
    let known = move || templates.get().unwrap_or_default();

    Effect::new(move || {
        let trigger = state.trigger.get();
        let fitting = known().into_iter().find(|one| one.trigger.as_str() == trigger);
        if let Some(first) = fitting.filter(|_| state.open.get() && state.ready_made.get()) {
            state.template.set(first.id);
        }
    });

    let navigate = StoredValue::new(use_navigate());
    let create = Callback::new(move |()| {
        let trigger = state.trigger.get_untracked();
        let chosen = state.template.get_untracked();
        let source = known()
            .into_iter()
            .find(|one| one.id == chosen && one.trigger.as_str() == trigger)
            .map(|one| one.source);
        // Templates are written in TypeScript.
        let language = match source {
            Some(_) => Language::TypeScript,
            None => language.get_untracked().parse().unwrap_or(Language::TypeScript),
        };
        let typed = name.get_untracked().trim().to_owned();
        let new = CreateHook {
            trigger,
            name: (!typed.is_empty()).then_some(typed),
            language: Some(language),
            source,
            settings: None,
        };
        let slug = current.slug_now();
        let there = slug.clone();
        change.run(api::hooks::create_hook(slug, new), move |hook| {
            state.open.set(false);
            name.set(String::new());
            current.hooks_changed();
            let address = address::hook(&there, &hook.id);
            navigate.with_value(|navigate| navigate(&address, Default::default()));
        });
    });

    view! {
        <Dialog
            busy=change.busy()
            id="new-hook"
            title="Add hook"
            subtitle=Signal::derive(move || format!("It starts as a draft: nothing of {} changes before you deploy it.", current.name()))
            open=state.open
            actions=ViewFn::from(move || {
                view! {
                    <Button disabled=change.busy() on_click=Callback::new(move |_| state.open.set(false))>"Cancel"</Button>
                    <Button
                        variant=Variant::Primary
                        busy=change.busy()
                        on_click=Callback::new(move |_| create.run(()))
                    >
                        "Create hook"
                    </Button>
                }
            })
        >
            <form
                class="form"
                on:submit=move |event| {
                    event.prevent_default();
                    create.run(());
                }
            >
                <Select name="trigger" label="Trigger" choices=triggers() value=state.trigger error=change.about("trigger") />
                <p class="form__note">{move || about(&state.trigger.get())}</p>
                <TextField
                    name="hook-name"
                    label="Name"
                    placeholder="Refuse free e-mail"
                    value=name
                    optional=true
                    error=change.about("name")
                />
                <Select
                    name="template"
                    label="Start from"
                    choices=Signal::derive(move || starts(&known(), &state.trigger.get()))
                    value=state.template
                />
                {move || {
                    let chosen = state.template.get();
                    known().into_iter().find(|one| one.id == chosen).map(|one| {
                        view! {
                            <p class="form__note">{one.summary}</p>
                            <CodeBlock text=Signal::stored(one.source) label="Code of the template" copy=false lines=12 />
                        }
                    })
                }}
                <Show when=move || state.template.with(String::is_empty)>
                    <Select name="language" label="Language" choices=languages() value=language />
                </Show>
                <ChangeError change fields=&["trigger", "name"] />
                <button type="submit" class="visually-hidden" tabindex="-1" aria-hidden="true">"Create hook"</button>
            </form>
        </Dialog>
    }
    .into_any()
}

fn triggers() -> Vec<Choice> {
    PHASES
        .into_iter()
        .flat_map(|phase| {
            Trigger::wired().filter(move |trigger| trigger.spec().phase == phase).map(move |trigger| {
                let label = format!("{} ({trigger})", trigger.spec().title);
                Choice::new(trigger.as_str(), label).group(phase.label())
            })
        })
        .collect()
}

fn languages() -> Vec<Choice> {
    vec![
        Choice::new(Language::TypeScript.as_str(), "TypeScript"),
        Choice::new(Language::JavaScript.as_str(), "JavaScript"),
    ]
}

fn starts(templates: &[Template], trigger: &str) -> Vec<Choice> {
    let mut choices = vec![Choice::new("", "An empty handler with types")];
    let fitting = templates.iter().filter(|template| template.trigger.as_str() == trigger);
    choices.extend(fitting.map(|template| Choice::new(&template.id, &template.title).group("Templates")));
    choices
}

fn about(trigger: &str) -> &'static str {
    trigger.parse::<Trigger>().map_or("", |trigger| trigger.spec().summary)
}
