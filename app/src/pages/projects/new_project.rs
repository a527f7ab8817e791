//! The dialog that makes a project.

use contract::manage::CreateProject;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

use crate::api;
use crate::components::button::{Button, Variant};
use crate::components::dialog::Dialog;
use crate::components::field::TextField;
use crate::pages::address;
use crate::pages::change::{Change, ChangeError};

/// Name, slug, environment. Leads to the new project.
#[component]
pub(super) fn NewProjectDialog(
    /// Opens it.
    open: RwSignal<bool>,
) -> impl IntoView {
    let name = RwSignal::new(String::new());
    let slug = RwSignal::new(String::new());
    let environment = RwSignal::new("production".to_owned());
    let change = Change::new();
    Effect::new(move || {
        if open.get() {
            change.clear();
        }
    });
    let navigate = StoredValue::new(use_navigate());
    let create = move || {
        let text = |signal: RwSignal<String>| {
            let text = signal.get_untracked().trim().to_owned();
            (!text.is_empty()).then_some(text)
        };
        let new = CreateProject {
            name: text(name).unwrap_or_default(),
            slug: text(slug),
            environment: text(environment),
        };
        change.run(api::projects::create_project(new), move |project| {
            open.set(false);
            let there = address::hooks(&project.slug);
            navigate.with_value(|navigate| navigate(&there, Default::default()));
        });
    };
    view! {
        <Dialog
            busy=change.busy()
            id="new-project"
            title="New project"
            open
            actions=ViewFn::from(move || {
                view! {
                    <Button disabled=change.busy() on_click=Callback::new(move |_| open.set(false))>"Cancel"</Button>
                    <Button variant=Variant::Primary busy=change.busy() on_click=Callback::new(move |_| create())>
                        "Create project"
                    </Button>
                }
            })
        >
            <form
                class="form"
                on:submit=move |event| {
                    event.prevent_default();
                    create();
                }
            >
                <TextField name="project-name" label="Name" value=name required=true autofocus=true error=change.about("name") />
                <TextField
                    name="project-slug"
                    label="Slug"
                    value=slug
                    optional=true
                    mono=true
                    hint="Its address is /p/{slug}. Made from the name when empty."
                    error=change.about("slug")
                />
                <TextField name="environment" label="Environment" value=environment error=change.about("environment") />
                <ChangeError change fields=&["name", "slug", "environment"] />
                <button type="submit" class="visually-hidden" tabindex="-1" aria-hidden="true">
                    "Create project"
                </button>
            </form>
        </Dialog>
    }
    .into_any()
}
