//! Keys for the management API.

mod list;
mod new_key;

use leptos::prelude::*;

pub(crate) use self::list::Keys;
use super::layout::CurrentProject;
use crate::components::button::{Button, Variant};
use crate::components::layout::{Page, PageHead};
use crate::components::top_bar::Crumb;

/// What keys open.
#[derive(Clone, Copy)]
pub(crate) enum Place {
    /// One project.
    Project(CurrentProject),
    /// Every project.
    Instance,
}

impl Place {
    /// Slug of the project, if it is one.
    fn slug(self) -> Option<String> {
        match self {
            Self::Project(current) => Some(current.slug().get()),
            Self::Instance => None,
        }
    }

    /// Its name for people.
    fn name(self) -> String {
        match self {
            Self::Project(current) => current.place(),
            Self::Instance => "every project".to_owned(),
        }
    }
}

/// The page.
#[component]
pub(crate) fn ApiKeys() -> impl IntoView {
    let current = CurrentProject::current();
    let adding = RwSignal::new(false);
    let crumbs = current.crumbs(|_| vec![Crumb::here("API keys")]);
    let actions = ViewFn::from(move || {
        view! {
            <Button variant=Variant::Primary on_click=Callback::new(move |_| adding.set(true))>
                "Create API key"
            </Button>
        }
    });
    view! {
        <Page crumbs actions>
            <PageHead
                title="API keys"
                text="For scripts and pipelines: a key does over /api/v2 what an administrator does here."
            />
            <Keys place=Place::Project(current) adding />
        </Page>
    }
    .into_any()
}
