//! The projects of the instance.

mod new_project;

use contract::manage::Project;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use self::new_project::NewProjectDialog;
use super::address;
use super::loaded::{Data, ask, loaded};
use super::start::StartFrame;
use crate::api;
use crate::components::button::{Button, Variant};
use crate::components::empty_state::EmptyState;
use crate::components::tag::Tag;

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
    let actions = ViewFn::from(move || {
        view! {
            <Button variant=Variant::Primary on_click=Callback::new(move |_| open.set(true))>
                "New project"
            </Button>
        }
    });
    view! {
        <StartFrame title="Projects" text="Each has its own users, endpoints, hooks and settings." actions>
            {loaded("The projects could not be loaded", data, move |projects| list(projects, open))}
        </StartFrame>
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
