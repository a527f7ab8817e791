//! The projects of the instance.

mod new_project;

use contract::manage::Project;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use self::new_project::NewProjectDialog;
use super::address;
use super::loaded::{Data, ask, loaded};
use crate::api;
use crate::api::access::SignOut;
use crate::components::button::{Button, Variant};
use crate::components::empty_state::EmptyState;
use crate::components::layout::PageHead;
use crate::components::tag::Tag;
use crate::components::theme_toggle::ThemeToggle;

/// The page.
#[component]
pub(crate) fn Projects() -> impl IntoView {
    let data: Data<_> = ask(|| (), |()| api::projects::list_projects());
    let query = use_query_map();
    let open = RwSignal::new(false);
    Effect::new(move || {
        if query.read().get("new").is_some() {
            open.set(true);
        }
    });
    let sign_out = ServerAction::<SignOut>::new();
    view! {
        <Title text="Projects · Hookwright" />
        <div class="start">
            <header class="start__bar">
                <span class="alone__brand">
                    <span class="rail__mark" aria-hidden="true">
                        "h"
                    </span>
                    "Hookwright"
                </span>
                <span class="start__end">
                    <ThemeToggle />
                    <ActionForm action=sign_out>
                        <Button variant=Variant::Ghost kind="submit">
                            "Sign out"
                        </Button>
                    </ActionForm>
                </span>
            </header>
            <main id="content" class="start__main">
                <div class="start__head">
                    <PageHead title="Projects" text="Each has its own users, endpoints, hooks and settings." />
                    <Button variant=Variant::Primary on_click=Callback::new(move |_| open.set(true))>
                        "New project"
                    </Button>
                </div>
                {loaded("The projects could not be loaded", data, move |projects| list(projects, open))}
            </main>
        </div>
        <NewProjectDialog open />
    }
    .into_any()
}

fn list(projects: Vec<Project>, open: RwSignal<bool>) -> AnyView {
    if projects.is_empty() {
        return view! {
            <EmptyState title="No projects yet" text="A project has an address for its auth endpoints and hooks of its own.">
                <Button variant=Variant::Primary on_click=Callback::new(move |_| open.set(true))>
                    "New project"
                </Button>
            </EmptyState>
        }
        .into_any();
    }
    view! {
        <ul class="project-list">
            {projects
                .into_iter()
                .map(|project| {
                    view! {
                        <li>
                            <a class="project-card" href=address::hooks(&project.slug)>
                                <strong class="project-card__name">{project.name}</strong>
                                <span class="project-card__tags">
                                    <Tag>{project.environment}</Tag>
                                    {project.is_default.then(|| view! { <Tag>"default"</Tag> })}
                                </span>
                                <code class="project-card__address">{format!("/p/{}", project.slug)}</code>
                            </a>
                        </li>
                    }
                })
                .collect_view()}
        </ul>
    }
    .into_any()
}
