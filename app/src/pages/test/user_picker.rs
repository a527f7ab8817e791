//! Picks a user of the project.

use leptos::prelude::*;

use crate::api;
use crate::components::field::{Choice, Select};
use crate::pages::late::Late;
use crate::pages::layout::CurrentProject;

/// The latest users, by address.
#[component]
pub(super) fn UserPicker(
    /// Name of the field; must be unique on the page.
    name: &'static str,
    /// What the user is for.
    label: &'static str,
    /// Help below it.
    hint: &'static str,
    /// Id of the chosen user; empty: none.
    value: RwSignal<String>,
) -> impl IntoView {
    let current = CurrentProject::current();
    let users = Late::new(move || api::projects::list_users(current.slug().get(), None, None));
    let choices = Signal::derive(move || {
        let mut choices = vec![Choice::new("", "Nobody")];
        let known = users.get().map(|page| page.users).unwrap_or_default();
        choices.extend(known.into_iter().map(|user| {
            let label = user.email.or(user.username).unwrap_or_else(|| user.user_id.clone());
            Choice::new(user.user_id, label)
        }));
        choices
    });
    view! { <Select name label choices value hint /> }
}
