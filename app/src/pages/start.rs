//! Around the pages that belong to no project: the brand, a way back, the theme, a way out.

use leptos::form::ActionForm;
use leptos::html;
use leptos::prelude::*;
use leptos_meta::Title;

use super::address;
use crate::api::access::SignOut;
use crate::components::arrival::arrive;
use crate::components::button::{Button, Variant};
use crate::components::layout::PageHead;
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
    let content = NodeRef::<html::Main>::new();
    arrive(content, move || title.to_owned());
    view! {
        <Title text=format!("{title} · Hookwright") />
        <div class="start">
            <header class="start__bar">
                <a class="alone__brand" href="/console">
                    <span class="rail__mark" aria-hidden="true">
                        "h"
                    </span>
                    "Hookwright"
                </a>
                <nav class="start__end" aria-label="Console">
                    <Button variant=Variant::Ghost href="/console">"Projects"</Button>
                    <Button variant=Variant::Ghost href=address::INSTANCE>"Instance"</Button>
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
    }
    .into_any()
}
