//! The project's secrets: names and traces; a value can be set, never read.

mod dialogs;

use contract::manage::Secret;
use leptos::prelude::*;

use self::dialogs::DeleteDialog;
pub(crate) use self::dialogs::ValueDialog;
use super::layout::CurrentProject;
use super::loaded::{Data, ask, loaded};
use crate::api;
use crate::components::button::{Button, Variant};
use crate::components::empty_state::EmptyState;
use crate::components::layout::{Page, PageHead};
use crate::components::panel::Panel;
use crate::components::relative_time::RelativeTime;
use crate::components::table::{Cell, Column, Table};
use crate::components::top_bar::Crumb;

/// Which dialog is open, and for which secret.
#[derive(Clone, Copy)]
pub(crate) struct Asking {
    /// The value dialog; for a new secret when `name` is empty.
    value: RwSignal<bool>,
    /// The delete dialog.
    delete: RwSignal<bool>,
    name: RwSignal<String>,
    used_by: RwSignal<Vec<String>>,
}

impl Asking {
    /// Nothing is asked.
    pub(crate) fn new() -> Self {
        Self {
            value: RwSignal::new(false),
            delete: RwSignal::new(false),
            name: RwSignal::new(String::new()),
            used_by: RwSignal::new(Vec::new()),
        }
    }

    /// Whether it asks for a value.
    pub(crate) fn asks(self) -> Signal<bool> {
        self.value.into()
    }

    /// Asks for a new secret.
    pub(crate) fn add(self) {
        self.name.set(String::new());
        self.value.set(true);
    }
}

/// The page.
#[component]
pub(crate) fn Secrets() -> impl IntoView {
    let current = CurrentProject::current();
    let data: Data<_> = ask(move || current.slug().get(), api::secrets::list_secrets);
    let asking = Asking::new();
    let add = Callback::new(move |()| asking.add());
    let changed = Callback::new(move |()| data.refetch());
    let crumbs = current.crumbs(|_| vec![Crumb::here("Secrets")]);
    let actions = ViewFn::from(move || {
        view! {
            <Button variant=Variant::Primary on_click=Callback::new(move |_| add.run(()))>
                "Add secret"
            </Button>
        }
    });
    view! {
        <Page crumbs actions>
            <PageHead
                title="Secrets"
                text="Values that hooks read as event.secrets.NAME. They are kept encrypted and can be replaced, never read."
            />
            {loaded("The secrets could not be loaded", data, move |secrets| list(secrets, asking, add))}
        </Page>
        <ValueDialog asking changed />
        <DeleteDialog asking changed />
    }
    .into_any()
}

fn list(secrets: Vec<Secret>, asking: Asking, add: Callback<()>) -> AnyView {
    if secrets.is_empty() {
        return view! {
            <EmptyState title="No secrets yet" text="Keys of other services belong here and not into a hook’s code.">
                <Button variant=Variant::Primary on_click=Callback::new(move |_| add.run(()))>
                    "Add secret"
                </Button>
            </EmptyState>
        }
        .into_any();
    }
    let columns = vec![
        Column::text("Name"),
        Column::text("Used by"),
        Column::text("Set"),
        Column::text("By"),
        Column::actions(),
    ];
    view! {
        <Panel>
            <Table caption="Secrets" columns>
                {secrets.into_iter().map(|secret| row(secret, asking)).collect_view()}
            </Table>
        </Panel>
    }
    .into_any()
}

fn row(secret: Secret, asking: Asking) -> impl IntoView {
    let name = StoredValue::new(secret.name.clone());
    let used = StoredValue::new(secret.used_by.clone());
    let (replace, delete) = (format!("Replace {}", secret.name), format!("Delete {}", secret.name));
    let used_by = if secret.used_by.is_empty() { "—".to_owned() } else { secret.used_by.join(", ") };
    view! {
        <tr>
            <Cell>
                <code>{secret.name}</code>
            </Cell>
            <Cell label="Used by">{used_by}</Cell>
            <Cell label="Set">
                <RelativeTime at=secret.updated_at />
            </Cell>
            <Cell label="By">{secret.updated_by}</Cell>
            <Cell>
                <span class="row-actions">
                    <button
                        type="button"
                        class="btn btn--ghost"
                        aria-label=replace
                        on:click=move |_| {
                            asking.name.set(name.get_value());
                            asking.value.set(true);
                        }
                    >
                        "Replace"
                    </button>
                    <button
                        type="button"
                        class="btn btn--ghost"
                        aria-label=delete
                        on:click=move |_| {
                            asking.name.set(name.get_value());
                            asking.used_by.set(used.get_value());
                            asking.delete.set(true);
                        }
                    >
                        "Delete"
                    </button>
                </span>
            </Cell>
        </tr>
    }
}
