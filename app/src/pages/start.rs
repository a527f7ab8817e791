//! Around the pages that belong to no project: the brand, a way back, the theme, a way out.

use contract::manage::Project;
use leptos::form::ActionForm;
use leptos::html;
use leptos::prelude::*;
use leptos_meta::Title;

use super::address;
use super::late::Late;
use crate::api;
use crate::api::access::SignOut;
use crate::components::arrival::arrive;
use crate::components::brand::Brand;
use crate::components::button::{Button, Variant};
use crate::components::layout::PageHead;
use crate::components::palette::{CommandPalette, PaletteItem, PaletteState};
use crate::components::theme_toggle::ThemeToggle;

/// The frame.
#[component]
pub(crate) fn StartFrame(
    /// The heading, and the title of the document.
    title: &'static str,
    /// What the page is for.
    text: &'static str,
    /// Buttons beside the heading.
    #[prop(optional, into)]
    actions: Option<ViewFn>,
    /// The content.
    children: Children,
) -> impl IntoView {
    let sign_out = ServerAction::<SignOut>::new();
    let palette = PaletteState::new();
    let projects = Late::new(api::projects::list_projects);
    let content = NodeRef::<html::Main>::new();
    arrive(content, move || title.to_owned());
    view! {
        <Title text=format!("{title} · Hookwright") />
        <div class="start">
            <header class="start__bar">
                <a class="alone__brand" href="/console">
                    <Brand />
                </a>
                <nav class="start__end" aria-label="Console">
                    <Button variant=Variant::Ghost href="/console">"Projects"</Button>
                    <Button variant=Variant::Ghost href=address::INSTANCE>"Instance"</Button>
                    <span class="wide-only">
                        <Button variant=Variant::Ghost keys="mod+k" on_click=Callback::new(move |_| palette.open())>
                            "Command"
                        </Button>
                    </span>
                    <ThemeToggle />
                    <ActionForm action=sign_out>
                        <Button variant=Variant::Ghost kind="submit">
                            "Sign out"
                        </Button>
                    </ActionForm>
                </nav>
            </header>
            <main id="content" class="start__main" tabindex="-1" node_ref=content>
                <div class="start__head">
                    <PageHead title text />
                    {actions.map(|actions| actions.run())}
                </div>
                {children()}
            </main>
        </div>
        <CommandPalette state=palette items=Signal::derive(move || found(projects.get().unwrap_or_default())) />
    }
    .into_any()
}

/// What the palette finds where there is no project: every project, and these pages.
fn found(projects: Vec<Project>) -> Vec<PaletteItem> {
    let mut items = vec![
        PaletteItem::link("Page", "Projects", "/console"),
        PaletteItem::link("Page", "Instance", address::INSTANCE).keywords("keys audit"),
    ];
    items.extend(projects.into_iter().map(|project| {
        PaletteItem::link("Project", project.name, address::hooks(&project.slug))
            .keywords(format!("{} {}", project.slug, project.environment))
    }));
    items
}
