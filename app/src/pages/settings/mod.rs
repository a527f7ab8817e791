//! The settings of a project.

mod danger;
mod form;

use contract::manage::Project;
use leptos::prelude::*;

use self::danger::Danger;
use self::form::SettingsForm;
use super::layout::CurrentProject;
use super::loaded::{Data, ask, loaded};
use crate::api;
use crate::components::layout::{Page, PageHead};
use crate::components::top_bar::Crumb;

/// The page.
#[component]
pub(crate) fn Settings() -> impl IntoView {
    let current = CurrentProject::current();
    let data: Data<Project> = ask(move || current.slug().get(), api::projects::get_project);
    let crumbs = current.crumbs(|_| vec![Crumb::here("Settings")]);
    view! {
        <Page crumbs>
            <PageHead title="Settings" text="They take effect with the next request." />
            {loaded(
                "The settings could not be loaded",
                data,
                move |project| {
                    view! {
                        <div class="narrow">
                            <SettingsForm project=project.clone() reload=Callback::new(move |()| data.refetch()) />
                            <Danger project />
                        </div>
                    }
                },
            )}
        </Page>
    }
    .into_any()
}
