//! The keys of a project or of the instance.

use contract::ids::ApiKeyId;
use contract::manage::ApiKey;
use leptos::prelude::*;

use super::Place;
use super::new_key::NewKeyDialog;
use crate::api;
use crate::components::button::{Button, Variant};
use crate::components::dialog::Dialog;
use crate::components::empty_state::EmptyState;
use crate::components::panel::Panel;
use crate::components::relative_time::RelativeTime;
use crate::components::table::{Cell, Column, Table};
use crate::components::toast::use_toasts;
use crate::pages::change::{Change, ChangeError};
use crate::pages::loaded::{Data, ask, loaded};

/// The keys, with the dialogs that make and end one.
#[component]
pub(crate) fn Keys(
    /// What they open.
    place: Place,
    /// Opens the dialog that makes one.
    adding: RwSignal<bool>,
) -> impl IntoView {
    let toasts = use_toasts();
    let data: Data<_> = ask(move || place.slug(), api::secrets::list_api_keys);
    let revoking = RwSignal::new(false);
    let chosen = RwSignal::new(None::<(ApiKeyId, String)>);
    let change = Change::new();
    let revoke = move || {
        let Some((id, name)) = chosen.get_untracked() else { return };
        change.run(api::secrets::revoke_api_key(untrack(|| place.slug()), id), move |()| {
            revoking.set(false);
            toasts.ok(format!("“{name}” is revoked"));
            data.refetch();
        });
    };
    let ask = Callback::new(move |key| {
        change.clear();
        chosen.set(Some(key));
        revoking.set(true);
    });
    let name = move || chosen.get().map(|(_, name)| name).unwrap_or_default();
    view! {
        {loaded("The API keys could not be loaded", data, move |keys| list(keys, adding, ask))}
        <NewKeyDialog place open=adding changed=Callback::new(move |()| data.refetch()) />
        <Dialog
            busy=change.busy()
            id="revoke-key"
            title=Signal::derive(move || format!("Revoke “{}” of {}?", name(), place.name()))
            open=revoking
            actions=ViewFn::from(move || {
                view! {
                    <Button disabled=change.busy() on_click=Callback::new(move |_| revoking.set(false))>"Cancel"</Button>
                    <Button variant=Variant::Danger busy=change.busy() on_click=Callback::new(move |_| revoke())>
                        "Revoke key"
                    </Button>
                }
            })
        >
            <p>"Every request with it is refused from now on. This cannot be undone."</p>
            <ChangeError change />
        </Dialog>
    }
    .into_any()
}

fn list(keys: Vec<ApiKey>, adding: RwSignal<bool>, ask: Callback<(ApiKeyId, String)>) -> AnyView {
    if keys.is_empty() {
        return view! {
            <EmptyState title="No API keys" text="Nothing can reach the management API with a key yet.">
                <Button variant=Variant::Primary on_click=Callback::new(move |_| adding.set(true))>
                    "Create API key"
                </Button>
            </EmptyState>
        }
        .into_any();
    }
    let columns = vec![
        Column::text("Name"),
        Column::text("Key"),
        Column::text("May"),
        Column::text("Made"),
        Column::text("Last used"),
        Column::text("Expires"),
        Column::actions(),
    ];
    view! {
        <Panel>
            <Table caption="API keys" columns>
                {keys.into_iter().map(|key| row(key, ask)).collect_view()}
            </Table>
        </Panel>
    }
    .into_any()
}

fn row(key: ApiKey, ask: Callback<(ApiKeyId, String)>) -> impl IntoView {
    let chosen = (key.id, key.name.clone());
    let label = format!("Revoke {}", key.name);
    let scopes: Vec<&str> = key.scopes.iter().map(|scope| scope.as_str()).collect();
    view! {
        <tr>
            <Cell>{key.name}</Cell>
            <Cell label="Key">
                <code>{format!("{}…", key.prefix)}</code>
            </Cell>
            <Cell label="May">{scopes.join(", ")}</Cell>
            <Cell label="Made">
                <span>
                    <RelativeTime at=key.created_at />
                    {format!(" by {}", key.created_by)}
                </span>
            </Cell>
            <Cell label="Last used">
                {match key.last_used_at {
                    Some(at) => view! { <RelativeTime at /> }.into_any(),
                    None => "never".into_any(),
                }}
            </Cell>
            <Cell label="Expires">
                {match key.expires_at {
                    Some(at) => view! { <RelativeTime at /> }.into_any(),
                    None => "never".into_any(),
                }}
            </Cell>
            <Cell>
                <button
                    type="button"
                    class="btn btn--ghost"
                    aria-label=label
                    on:click=move |_| ask.run(chosen.clone())
                >
                    "Revoke"
                </button>
            </Cell>
        </tr>
    }
}
