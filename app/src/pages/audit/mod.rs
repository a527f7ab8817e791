//! Who changed what.

mod list;

use leptos::prelude::*;

pub(crate) use self::list::AuditList;
use super::layout::CurrentProject;
use super::loaded::{Data, ask, loaded};
use crate::api;
use crate::components::layout::{Page, PageHead};
use crate::components::top_bar::Crumb;

/// The page.
#[component]
pub(crate) fn AuditLog() -> impl IntoView {
    let current = CurrentProject::current();
    let data: Data<_> = ask(move || current.slug().get(), |slug| api::runs::list_audit(Some(slug), None));
    let crumbs = current.crumbs(|_| vec![Crumb::here("Audit log")]);
    view! {
        <Page crumbs>
            <PageHead title="Audit log" text="Who changed what in this project, newest first." />
            {loaded(
                "The audit log could not be loaded",
                data,
                move |first| view! { <AuditList first project=Some(current.slug_now()) /> },
            )}
        </Page>
    }
    .into_any()
}
