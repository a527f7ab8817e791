//! The versions of a hook: what was live when, and the way back.

mod compare;
mod restore;
mod row;
mod source;

use contract::ids::HookId;
use contract::manage::{Hook, Version};
use futures::future::try_join;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use self::compare::{CompareDialog, Comparing};
use self::restore::{RestoreDialog, Restoring};
use self::row::VersionRow;
use self::source::{SourceDialog, Viewing};
use super::address;
use super::change::{Change, ChangeError};
use super::layout::CurrentProject;
use super::loaded::{Data, ask, loaded};
use crate::api;
use crate::components::button::{Button, Variant};
use crate::components::dialog::Dialog;
use crate::components::empty_state::EmptyState;
use crate::components::layout::{Page, PageHead};
use crate::components::panel::Panel;
use crate::components::table::{Column, Table};
use crate::components::toast::use_toasts;
use crate::components::top_bar::Crumb;
use crate::error::ConsoleError;

/// What a row does.
#[derive(Clone, Copy)]
struct Acts {
    view: Callback<u32>,
    compare: Callback<u32>,
    restore: Callback<u32>,
    roll_back: Callback<u32>,
}

/// The page.
#[component]
pub(crate) fn History() -> impl IntoView {
    let current = CurrentProject::current();
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("hook").and_then(|id| id.parse::<HookId>().ok()));
    let data: Data<(Hook, Vec<Version>)> = ask(
        move || (current.slug().get(), id.get()),
        |(slug, id)| async move {
            let Some(id) = id else { return Err(ConsoleError::missing("This is not the id of a hook.")) };
            // Both at once: on the server what a request brings along is only there until the first wait.
            try_join(api::hooks::get_hook(slug.clone(), id.clone()), api::versions::list_versions(slug, id))
                .await
        },
    );
    let crumbs = current.crumbs(move |slug| {
        let mut crumbs = vec![Crumb::link("API & Hooks", address::hooks(slug))];
        if let Some(id) = id.get() {
            let name = current.hook_name(&id).unwrap_or_else(|| "Hook".to_owned());
            crumbs.push(Crumb::link(name, address::hook(slug, &id)));
        }
        crumbs.push(Crumb::here("Version history"));
        crumbs
    });
    view! {
        <Page crumbs>
            <PageHead
                title="Version history"
                text="Rolling back puts an old version’s code live again as a new version. Your draft is kept."
            />
            {loaded(
                "The versions could not be loaded",
                data,
                move |(hook, versions)| {
                    view! { <Versions hook versions changed=Callback::new(move |()| data.refetch()) /> }
                },
            )}
        </Page>
    }
    .into_any()
}

#[component]
fn Versions(hook: Hook, versions: Vec<Version>, changed: Callback<()>) -> impl IntoView {
    let current = CurrentProject::current();
    let toasts = use_toasts();
    let slug = current.slug_now();
    let editor = address::hook(&slug, &hook.id);
    let restoring = Restoring::new(&hook);
    if versions.is_empty() {
        return view! {
            <EmptyState title="Nothing deployed yet" text="The first deployment of this hook becomes v1.">
                <Button variant=Variant::Primary href=editor>
                    "Open the editor"
                </Button>
            </EmptyState>
        }
        .into_any();
    }
    let id = StoredValue::new(hook.id.clone());
    let name = StoredValue::new(hook.name.clone());
    let change = Change::new();
    let confirming = RwSignal::new(false);
    let back_to = RwSignal::new(0_u32);
    let viewing = Viewing::new(hook.id.clone());
    let numbers: Vec<u32> = versions.iter().map(|version| version.number).collect();
    let comparing = Comparing::new(hook.id.clone());
    let next = hook.next_version;
    let acts = Acts {
        view: Callback::new(move |number| viewing.open(number)),
        compare: Callback::new(move |number| comparing.open(number)),
        restore: Callback::new(move |number| restoring.ask(number)),
        roll_back: Callback::new(move |number| {
            back_to.set(number);
            change.clear();
            confirming.set(true);
        }),
    };
    let roll_back = move || {
        let number = back_to.get_untracked();
        let work = api::versions::roll_back(current.slug_now(), id.get_value(), number);
        change.run(work, move |deployed| {
            confirming.set(false);
            toasts.ok(format!("v{} is live: the code of v{number}", deployed.version));
            changed.run(());
        });
    };
    let live = hook.live_version;
    let columns = vec![
        Column::text("Version"),
        Column::text("Note"),
        Column::text("By"),
        Column::text("Deployed"),
        Column::text("State"),
        Column::number("Errors while live"),
        Column::actions(),
    ];
    view! {
        <Panel>
            <Table caption="Versions" columns>
                {versions
                    .into_iter()
                    .map(|version| view! { <VersionRow version acts /> })
                    .collect_view()}
            </Table>
        </Panel>
        <p>
            <a href=editor>"Open the editor"</a>
        </p>
        <Dialog
            busy=change.busy()
            id="roll-back"
            title=Signal::derive(move || format!("Roll back “{}” to v{}?", name.get_value(), back_to.get()))
            open=confirming
            actions=ViewFn::from(move || {
                view! {
                    <Button disabled=change.busy() on_click=Callback::new(move |_| confirming.set(false))>"Cancel"</Button>
                    <Button variant=Variant::Primary busy=change.busy() on_click=Callback::new(move |_| roll_back())>
                        {move || format!("Roll back {}", current.place())}
                    </Button>
                }
            })
        >
            <p>{move || format!("v{}’s code goes live now as v{next}. Your draft is kept.", back_to.get())}</p>
            <ChangeError change />
        </Dialog>
        <RestoreDialog restoring />
        <SourceDialog viewing />
        <CompareDialog comparing numbers live />
    }
    .into_any()
}
