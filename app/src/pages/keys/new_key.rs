//! The dialog that makes a key and shows it once.

use std::num::ParseIntError;

use contract::manage::{CreateApiKey, Scope};
use leptos::prelude::*;

use super::Place;
use crate::api;
use crate::components::button::{Button, Variant};
use crate::components::code_block::CodeBlock;
use crate::components::dialog::Dialog;
use crate::components::field::{Checkbox, TextField};
use crate::pages::change::{Change, ChangeError};

/// What is wrong before the server is asked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wrong {
    /// No scope is ticked.
    Scopes,
    /// The days are not a number of days.
    Days,
}

/// How many days a key is good for; none typed means for ever, anything unreadable does not.
fn lifetime(typed: &str) -> Result<Option<u32>, ParseIntError> {
    let typed = typed.trim();
    if typed.is_empty() { Ok(None) } else { typed.parse().map(Some) }
}

/// Name, scopes, days; then the key.
#[component]
pub(super) fn NewKeyDialog(
    /// What the key opens.
    place: Place,
    /// Opens it.
    open: RwSignal<bool>,
    /// Called after a key was made.
    changed: Callback<()>,
) -> impl IntoView {
    let name = RwSignal::new(String::new());
    let days = RwSignal::new(String::new());
    // What a key may do is chosen, not left over.
    let scopes =
        StoredValue::new(Scope::ALL.iter().map(|scope| (*scope, RwSignal::new(false))).collect::<Vec<_>>());
    let wrong = RwSignal::new(None::<Wrong>);
    let token = RwSignal::new(None::<String>);
    let change = Change::new();
    Effect::new(move || {
        if !open.get() {
            // The key is shown once, and not kept on the page.
            token.set(None);
            name.set(String::new());
            days.set(String::new());
            scopes.with_value(|scopes| scopes.iter().for_each(|(_, on)| on.set(false)));
            wrong.set(None);
            change.clear();
        }
    });
    let create = move || {
        let chosen: Vec<Scope> = scopes.with_value(|scopes| {
            scopes.iter().filter(|(_, on)| on.get_untracked()).map(|(scope, _)| *scope).collect()
        });
        if chosen.is_empty() {
            return wrong.set(Some(Wrong::Scopes));
        }
        let Ok(expires_in_days) = lifetime(&days.get_untracked()) else {
            return wrong.set(Some(Wrong::Days));
        };
        wrong.set(None);
        let new =
            CreateApiKey { name: name.get_untracked().trim().to_owned(), scopes: chosen, expires_in_days };
        change.run(api::secrets::create_api_key(untrack(|| place.slug()), new), move |created| {
            token.set(Some(created.token));
            changed.run(());
        });
    };
    let days_wrong = move || {
        let sentence = "Whole days, such as 30; empty for a key that does not expire.";
        (wrong.get() == Some(Wrong::Days))
            .then(|| sentence.to_owned())
            .or_else(|| change.about("expires_in_days").get())
    };
    let made = move || token.with(Option::is_some);
    view! {
        <Dialog
            busy=change.busy()
            id="new-key"
            title=Signal::derive(move || {
                if made() { "Copy the key now".to_owned() } else { format!("Create an API key for {}", place.name()) }
            })
            open
            actions=ViewFn::from(move || {
                move || {
                    if made() {
                        view! {
                            <Button variant=Variant::Primary on_click=Callback::new(move |_| open.set(false))>
                                "Done"
                            </Button>
                        }
                            .into_any()
                    } else {
                        view! {
                            <Button disabled=change.busy() on_click=Callback::new(move |_| open.set(false))>"Cancel"</Button>
                            <Button
                                variant=Variant::Primary
                                busy=change.busy()
                                on_click=Callback::new(move |_| create())
                            >
                                "Create key"
                            </Button>
                        }
                            .into_any()
                    }
                }
            })
        >
            <Show
                when=move || !made()
                fallback=move || {
                    view! {
                        <p>"It is shown this once. Send it as Authorization: Bearer …"</p>
                        <CodeBlock text=Signal::derive(move || token.get().unwrap_or_default()) label="The new API key" />
                    }
                }
            >
                <form
                    class="form"
                    on:submit=move |event| {
                        event.prevent_default();
                        create();
                    }
                >
                    <TextField
                        name="key-name"
                        label="Name"
                        placeholder="Deploy pipeline"
                        value=name
                        required=true
                        autofocus=true
                        error=change.about("name")
                    />
                    <fieldset class="choices">
                        <legend class="field__label">"What it may do"</legend>
                        {scopes
                            .get_value()
                            .into_iter()
                            .map(|(scope, on)| {
                                view! { <Checkbox name=format!("scope-{scope}") label=scope.as_str() value=on /> }
                            })
                            .collect_view()}
                        {move || {
                            (wrong.get() == Some(Wrong::Scopes))
                                .then(|| view! { <p class="field__error" role="alert">"Choose at least one."</p> })
                        }}
                    </fieldset>
                    <TextField
                        name="key-days"
                        label="Expires after days"
                        // Not a number field: that gives nothing for what is not a number, which would mean never.
                        value=days
                        optional=true
                        hint="Empty: it does not expire."
                        error=Signal::derive(days_wrong)
                    />
                    <ChangeError change fields=&["name", "expires_in_days"] />
                    <button type="submit" class="visually-hidden" tabindex="-1" aria-hidden="true">
                        "Create key"
                    </button>
                </form>
            </Show>
        </Dialog>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::lifetime;

    #[test]
    fn only_an_empty_field_means_for_ever() {
        assert_eq!(lifetime(" "), Ok(None));
        assert_eq!(lifetime(" 30 "), Ok(Some(30)));
        for unreadable in ["30.5", "-7", "1e3", "a month"] {
            assert!(lifetime(unreadable).is_err(), "{unreadable}");
        }
    }
}
