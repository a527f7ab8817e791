//! Around every page of a project: the rail, the palette, and the project in the context.

mod navigation;

use contract::ids::HookId;
use contract::manage::{Admin, Hook, Project};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::Outlet;
use leptos_router::hooks::use_params_map;

use super::address;
use super::late::Late;
use super::loaded::{Data, ask, failed};
use crate::api;
use crate::components::brand::Brand;
use crate::components::layout::ConsoleLayout;
use crate::components::loading::Skeleton;
use crate::components::top_bar::Crumb;
use crate::error::ConsoleError;

/// The project that the page is about. In the context of every page of a project.
#[derive(Clone, Copy)]
pub(crate) struct CurrentProject {
    slug: Memo<String>,
    projects: Data<Vec<Project>>,
    /// What the last answer held; pages are only built when there is one.
    known: RwSignal<Vec<Project>>,
    hooks: Late<Vec<Hook>>,
    /// Who is signed in.
    admin: Late<Admin>,
}

impl CurrentProject {
    /// The project of this page.
    pub(crate) fn current() -> Self {
        expect_context()
    }

    /// Its name in addresses.
    pub(crate) fn slug(self) -> Memo<String> {
        self.slug
    }

    /// Its name in addresses, for an event handler.
    pub(crate) fn slug_now(self) -> String {
        self.slug.get_untracked()
    }

    /// The project itself.
    pub(crate) fn project(self) -> Option<Project> {
        let slug = self.slug.get();
        self.known.with(|known| known.iter().find(|project| project.slug == slug).cloned())
    }

    /// Its name for people.
    pub(crate) fn name(self) -> String {
        self.project().map_or_else(|| self.slug.get(), |project| project.name)
    }

    /// Name and environment, as deploy buttons say them: `Acme production`.
    pub(crate) fn place(self) -> String {
        self.project().map_or_else(
            || self.slug.get(),
            |project| format!("{} {}", project.name, project.environment).trim_end().to_owned(),
        )
    }

    /// Reads the projects again, after one was changed.
    pub(crate) fn reload(self) {
        self.projects.refetch();
    }

    /// Reads the hooks that the palette finds again, after one was made, renamed or deleted.
    pub(crate) fn hooks_changed(self) {
        self.hooks.refetch();
    }

    /// Name of a hook, once the browser knows the hooks.
    pub(crate) fn hook_name(self, id: &HookId) -> Option<String> {
        self.hooks.get()?.into_iter().find(|hook| hook.id == *id).map(|hook| hook.name)
    }

    /// The hooks, once the browser knows them.
    pub(crate) fn hooks(self) -> Vec<Hook> {
        self.hooks.get().unwrap_or_default()
    }

    /// The way to a page of the project.
    pub(crate) fn crumbs(
        self,
        rest: impl Fn(&str) -> Vec<Crumb> + Send + Sync + 'static,
    ) -> Signal<Vec<Crumb>> {
        Signal::derive(move || {
            let slug = self.slug.get();
            let mut crumbs = vec![Crumb::link(self.name(), address::hooks(&slug))];
            crumbs.extend(rest(&slug));
            crumbs
        })
    }
}

/// The frame around the pages of a project.
#[component]
pub(crate) fn ProjectFrame() -> impl IntoView {
    let params = use_params_map();
    let slug = Memo::new(move |_| params.read().get("slug").unwrap_or_default());
    let projects = ask(|| (), |()| api::projects::list_projects());
    let hooks = Late::new(move || api::hooks::list_hooks(slug.get()));
    let admin = Late::new(api::access::current_admin);
    let known = RwSignal::new(Vec::new());
    let current = CurrentProject { slug, projects, known, hooks, admin };
    provide_context(current);

    view! {
        <Transition fallback=|| {
            view! { <Skeleton lines=6 /> }
        }>
            {
                // Only whether the project is there decides what is built; a change of its name does not
                // build the page anew.
                let look = move || {
                    projects
                        .get()
                        .map(|answer| {
                            answer
                                .map(|projects| {
                                    let there = slug.with(|slug| projects.iter().any(|one| one.slug == *slug));
                                    known.set(projects);
                                    there
                                })
                        })
                };
                let found = Memo::new(move |_| look());
                move || {
                    // The server builds it once, at a moment when a memo may not have heard that the projects
                    // are there.
                    let answer = if cfg!(feature = "ssr") { look() } else { found.get() };
                    answer
                        .map(|answer| match answer {
                            Ok(true) => {
                                view! {
                                    <ConsoleLayout
                                        groups=Signal::derive(move || slug.with(|slug| navigation::rail(slug)))
                                        projects=Signal::derive(move || navigation::switcher(current))
                                        palette=Signal::derive(move || navigation::palette(current))
                                        foot=ViewFn::from(move || navigation::foot(admin))
                                    >
                                        <Outlet />
                                    </ConsoleLayout>
                                }
                                    .into_any()
                            }
                            Ok(false) => {
                                let missing = format!("There is no project “{}”.", slug.get_untracked());
                                alone(failed("", ConsoleError::missing(missing), Callback::new(|()| {})))
                            }
                            Err(error) => {
                                let again = Callback::new(move |()| projects.refetch());
                                alone(failed("The projects could not be loaded", error, again))
                            }
                        })
                }
            }
        </Transition>
    }
    .into_any()
}

/// A failure in the place of the whole frame.
fn alone(content: AnyView) -> AnyView {
    view! {
        <Title text="Hookwright" />
        <main id="content" class="alone">
            <div class="alone__wide">
                <h1 class="alone__brand">
                    <Brand />
                </h1>
                {content}
            </div>
        </main>
    }
    .into_any()
}
