//! The dialog that deletes a hook.

use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

use super::workbench::Workbench;
use crate::api;
use crate::components::button::{Button, Variant};
use crate::components::dialog::Dialog;
use crate::pages::address;
use crate::pages::change::{Change, ChangeError};

/// Names the project and what is lost.
#[component]
pub(super) fn DeleteDialog(
    /// The editor.
    bench: Workbench,
) -> impl IntoView {
    let change = Change::new();
    let name = move || bench.hook.with(|hook| hook.name.clone());
    let navigate = StoredValue::new(use_navigate());
    let delete = move || {
        let (slug, id) = bench.place();
        let back = address::hooks(&slug);
        change.run(api::hooks::delete_hook(slug, id), move |()| {
            bench.deleting.set(false);
            // There is nothing left to keep.
            bench.unsettled.set(false);
            bench.saving.adopt(&bench.hook.with_untracked(|hook| hook.draft.clone()));
            bench.current.hooks_changed();
            bench.toasts.ok(format!("“{}” is deleted", bench.hook.with_untracked(|hook| hook.name.clone())));
            navigate.with_value(|navigate| navigate(&back, Default::default()));
        });
    };
    view! {
        <Dialog
            busy=change.busy()
            id="delete-hook"
            title=Signal::derive(move || format!("Delete “{}” from {}?", name(), bench.current.place()))
            open=bench.deleting
            actions=ViewFn::from(move || {
                view! {
                    <Button disabled=change.busy() on_click=Callback::new(move |_| bench.deleting.set(false))>"Cancel"</Button>
                    <Button variant=Variant::Danger busy=change.busy() on_click=Callback::new(move |_| delete())>
                        "Delete hook"
                    </Button>
                }
            })
        >
            <p>
                {move || {
                    let consequence = match bench.hook.with(|hook| hook.live_version) {
                        Some(version) => format!("v{version} stops running with the next request. "),
                        None => String::new(),
                    };
                    format!("{consequence}Its draft, versions and settings are lost; its runs stay in the list. This cannot be undone.")
                }}
            </p>
            <ChangeError change />
        </Dialog>
    }
    .into_any()
}
