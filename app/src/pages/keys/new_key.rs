//! The dialog that makes a key and shows it once.

use contract::manage::{CreateApiKey, Scope};
use leptos::prelude::*;

use crate::api;
use crate::components::button::{Button, Variant};
use crate::components::code_block::CodeBlock;
use crate::components::dialog::Dialog;
use crate::components::field::{Checkbox, TextField};
use crate::pages::change::{Change, ChangeError};
use crate::pages::layout::CurrentProject;

/// Name, scopes, days; then the key.
#[component]
pub(super) fn NewKeyDialog(
    /// Opens it.
    open: RwSignal<bool>,
    /// Called after a key was made.
    changed: Callback<()>,
) -> impl IntoView {
    let current = CurrentProject::current();
    let name = RwSignal::new(String::new());
    let days = RwSignal::new(String::new());
    let scopes =
        StoredValue::new(Scope::ALL.iter().map(|scope| (*scope, RwSignal::new(true))).collect::<Vec<_>>());
    let token = RwSignal::new(None::<String>);
    let change = Change::new();
    Effect::new(move || {
        if !open.get() {
            // The key is shown once, and not kept on the page.
            token.set(None);
            name.set(String::new());
            change.clear();
        }
    });
    let create = move || {
        let chosen: Vec<Scope> = scopes.with_value(|scopes| {
            scopes.iter().filter(|(_, on)| on.get_untracked()).map(|(scope, _)| *scope).collect()
        });
        let new = CreateApiKey {
            name: name.get_untracked().trim().to_owned(),
            scopes: Some(chosen),
            expires_in_days: days.get_untracked().trim().parse().ok(),
        };
        change.run(api::secrets::create_api_key(current.slug_now(), new), move |created| {
            token.set(Some(created.token));
            changed.run(());
        });
    };
    let made = move || token.with(Option::is_some);
    view! {
        <Dialog
            id="new-key"
            title=Signal::derive(move || {
                if made() { "Copy the key now".to_owned() } else { format!("Create an API key for {}", current.name()) }
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
                            <Button on_click=Callback::new(move |_| open.set(false))>"Cancel"</Button>
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
                    </fieldset>
                    <TextField
                        name="key-days"
                        label="Expires after days"
                        kind="number"
                        value=days
                        optional=true
                        hint="Empty: it does not expire."
                        error=change.about("expires_in_days")
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
