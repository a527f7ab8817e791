//! The dialogs that set and delete a secret.

use contract::manage::PutSecret;
use leptos::prelude::*;

use super::Asking;
use crate::api;
use crate::components::button::{Button, Variant};
use crate::components::dialog::Dialog;
use crate::components::field::{TextArea, TextField};
use crate::components::toast::use_toasts;
use crate::pages::change::{Change, ChangeError};
use crate::pages::layout::CurrentProject;

/// Sets a value. The name is asked for when the secret is new.
#[component]
pub(crate) fn ValueDialog(
    /// Opens it.
    asking: Asking,
    /// Called after it was set.
    changed: Callback<()>,
) -> impl IntoView {
    let current = CurrentProject::current();
    let toasts = use_toasts();
    let typed = RwSignal::new(String::new());
    let value = RwSignal::new(String::new());
    let change = Change::new();
    let is_new = RwSignal::new(true);
    Effect::new(move || {
        if asking.value.get() {
            is_new.set(asking.name.with_untracked(String::is_empty));
            change.clear();
        } else {
            // A value does not stay on the page longer than it must.
            value.set(String::new());
            typed.set(String::new());
        }
    });
    let save = move || {
        let name = if is_new.get_untracked() { typed.get_untracked() } else { asking.name.get_untracked() };
        let secret = PutSecret { value: value.get_untracked() };
        change.run(api::secrets::put_secret(current.slug_now(), name, secret), move |secret| {
            asking.value.set(false);
            let mut told = vec![format!("{} is set.", secret.name)];
            told.extend(secret.notices);
            toasts.ok(told.join(" "));
            changed.run(());
        });
    };
    let title = Signal::derive(move || {
        if is_new.get() {
            format!("Add a secret to {}", current.place())
        } else {
            format!("Replace {} in {}", asking.name.get(), current.place())
        }
    });
    view! {
        <Dialog
            busy=change.busy()
            id="secret"
            title
            subtitle=Signal::stored("Hooks get the new value from their next run on.".to_owned())
            open=asking.value
            actions=ViewFn::from(move || {
                view! {
                    <Button disabled=change.busy() on_click=Callback::new(move |_| asking.value.set(false))>"Cancel"</Button>
                    <Button variant=Variant::Primary busy=change.busy() on_click=Callback::new(move |_| save())>
                        "Save secret"
                    </Button>
                }
            })
        >
            <form
                class="form"
                on:submit=move |event| {
                    event.prevent_default();
                    save();
                }
            >
                <Show when=move || is_new.get()>
                    <TextField
                        name="secret-name"
                        label="Name"
                        placeholder="CRM_KEY"
                        value=typed
                        mono=true
                        required=true
                        autofocus=true
                        error=change.about("name")
                    />
                </Show>
                // Several lines: a pasted PEM key keeps its line breaks.
                <TextArea
                    name="secret-value"
                    label="Value"
                    value=value
                    rows=3
                    mono=true
                    secret=true
                    required=true
                    error=change.about("value")
                />
                <ChangeError change fields=&["name", "value"] />
                <button type="submit" class="visually-hidden" tabindex="-1" aria-hidden="true">
                    "Save secret"
                </button>
            </form>
        </Dialog>
    }
    .into_any()
}

/// Warns of the hooks that read it.
#[component]
pub(super) fn DeleteDialog(
    /// Opens it.
    asking: Asking,
    /// Called after it was deleted.
    changed: Callback<()>,
) -> impl IntoView {
    let current = CurrentProject::current();
    let toasts = use_toasts();
    let change = Change::new();
    Effect::new(move || {
        if asking.delete.get() {
            change.clear();
        }
    });
    let delete = move || {
        let name = asking.name.get_untracked();
        change.run(api::secrets::delete_secret(current.slug_now(), name.clone()), move |()| {
            asking.delete.set(false);
            toasts.ok(format!("{name} is deleted"));
            changed.run(());
        });
    };
    view! {
        <Dialog
            busy=change.busy()
            id="delete-secret"
            title=Signal::derive(move || format!("Delete {} from {}?", asking.name.get(), current.place()))
            open=asking.delete
            actions=ViewFn::from(move || {
                view! {
                    <Button disabled=change.busy() on_click=Callback::new(move |_| asking.delete.set(false))>"Cancel"</Button>
                    <Button variant=Variant::Danger busy=change.busy() on_click=Callback::new(move |_| delete())>
                        "Delete secret"
                    </Button>
                }
            })
        >
            <p>
                {move || {
                    let hooks = asking.used_by.get();
                    if hooks.is_empty() {
                        "No hook reads it. The value cannot be brought back.".to_owned()
                    } else {
                        format!(
                            "These hooks read it and will find nothing there: {}. The value cannot be brought back.",
                            hooks.join(", "),
                        )
                    }
                }}
            </p>
            <ChangeError change />
        </Dialog>
    }
    .into_any()
}
