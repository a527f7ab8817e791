//! Picks a user of the project.

use leptos::prelude::*;

use crate::api;
use crate::components::field::{Choice, Select, TextField};
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
    /// What is wrong with the choice.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
) -> impl IntoView {
    let current = CurrentProject::current();
    let search = RwSignal::new(String::new());
    let users = Late::new(move || {
        let wanted = search.get().trim().to_owned();
        api::projects::list_users(current.slug().get(), (!wanted.is_empty()).then_some(wanted), None)
    });
    let last = StoredValue::new(String::new());
    let choices = Signal::derive(move || {
        let mut choices = vec![Choice::new("", "Nobody")];
        let found = users.get().map(|page| page.users).unwrap_or_default();
        choices.extend(found.into_iter().map(|user| {
            let label = user.email.or(user.username).unwrap_or_else(|| user.user_id.clone());
            Choice::new(user.user_id, label)
        }));
        // Who is chosen stays in the list while another name is looked for.
        let chosen = value.get();
        match choices.iter().find(|choice| choice.value == chosen) {
            Some(choice) => last.set_value(choice.label.clone()),
            None => choices.push(Choice::new(chosen, last.get_value())),
        }
        choices
    });
    view! {
        <TextField
            name=format!("{name}-search")
            label="Find a user"
            kind="search"
            placeholder="E-mail or name"
            value=search
            optional=true
        />
        <Select name label choices value hint error />
    }
}
