//! The versions of a hook: what was live when, and the way back.

mod compare;
mod restore;
mod roll_back;
mod row;
mod source;

use contract::catalogue::endpoints::Endpoint;
use contract::ids::HookId;
use contract::manage::{Hook, Version};
use futures::future::try_join;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use self::compare::{CompareDialog, Comparing};
use self::restore::{RestoreDialog, Restoring};
use self::roll_back::{RollBackDialog, RollingBack};
use self::row::{DraftRow, VersionRow};
use self::source::{SourceDialog, Viewing};
use super::address;
use super::change::Change;
use super::layout::CurrentProject;
use super::loaded::{Data, ask, loaded};
use super::older::Older;
use crate::api;
use crate::components::layout::{Page, PageHead};
use crate::components::panel::Panel;
use crate::components::table::{Column, Table};
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
            try_join(
                api::hooks::get_hook(slug.clone(), id.clone()),
                api::versions::list_versions(slug, id, None),
            )
            .await
        },
    );
    let crumbs = current.crumbs(move |slug| {
        let mut crumbs = vec![Crumb::link("API & Hooks", address::hooks(slug))];
        if let Some(id) = id.get() {
            let name = current.hook_name(&id).unwrap_or_else(|| "Hook".to_owned());
            let hook = current.hooks().into_iter().find(|hook| hook.id == id);
            if let Some(endpoint) = hook.and_then(|hook| Endpoint::firing(hook.trigger).next()) {
                crumbs.push(Crumb::link(endpoint.request_line(), address::endpoint(slug, endpoint)));
            }
            crumbs.push(Crumb::link(name, address::hook(slug, &id)));
        }
        crumbs.push(Crumb::here("Version history"));
        crumbs
    });
    let opened = StoredValue::new(false);
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
                    view! { <Versions hook versions opened changed=Callback::new(move |()| data.refetch()) /> }
                },
            )}
        </Page>
    }
    .into_any()
}

#[component]
fn Versions(
    hook: Hook,
    versions: Vec<Version>,
    changed: Callback<()>,
    opened: StoredValue<bool>,
) -> impl IntoView {
    let current = CurrentProject::current();
    let live = hook.live_version;
    let waiting = RwSignal::new((hook.draft_pending || live.is_none()).then(|| hook.draft.clone()));
    let restoring = Restoring::new(&hook, waiting);
    let rolling = RollingBack::new(&hook);
    let viewing = Viewing::new(hook.id.clone());
    let comparing = Comparing::new(hook.id.clone());
    let acts = Acts {
        view: Callback::new(move |number| viewing.open(number)),
        compare: Callback::new(move |number| comparing.open(number, live)),
        restore: Callback::new(move |number| restoring.ask(number)),
        roll_back: Callback::new(move |number| rolling.ask(number)),
    };
    // What the address names is shown once; after that the address follows what is shown.
    let query = use_query_map();
    Effect::new(move || {
        // The list is built anew after each change; that opens nothing again.
        if opened.try_update_value(|opened| std::mem::replace(opened, true)) != Some(false) {
            return;
        }
        query.with_untracked(|query| {
            if let Some(number) =
                query.get("version").and_then(|name| name.trim_start_matches('v').parse().ok())
            {
                viewing.open(number);
            } else if let Some(named) = query.get("compare") {
                comparing.open_named(&named);
            }
        });
    });

    // A full page may be the last; then the next is empty.
    let cursor = |page: &[Version]| {
        page.last().filter(|_| page.len() == api::versions::PAGE as usize).map(|last| last.number.to_string())
    };
    let next = RwSignal::new(cursor(&versions));
    let versions = RwSignal::new(versions);
    let older = Change::new();
    let id = StoredValue::new(hook.id.clone());
    let load = Callback::new(move |()| {
        let last = versions.with_untracked(|versions| versions.last().map(|version| version.number));
        let work = api::versions::list_versions(current.slug_now(), id.get_value(), last);
        older.run(work, move |page| {
            next.set(cursor(&page));
            versions.update(|versions| versions.extend(page));
        });
    });
    let numbers = Signal::derive(move || {
        versions.with(|versions| versions.iter().map(|version| version.number).collect())
    });
    let columns = vec![
        Column::text("Version"),
        Column::text("Note"),
        Column::text("By"),
        Column::text("Deployed"),
        Column::text("State"),
        Column::number("Errors while live"),
        Column::actions(),
    ];
    let editor = address::hook(&current.slug_now(), &hook.id);
    let row_editor = editor.clone();
    let draft = move || {
        let compare = Callback::new(move |live| comparing.open_draft(live));
        waiting.get().map(|draft| view! { <DraftRow draft live editor=row_editor.clone() compare /> })
    };
    view! {
        <Panel>
            <Table caption="Versions" columns>
                {draft}
                <For each=move || versions.get() key=|version| version.number let:version>
                    <VersionRow version acts />
                </For>
            </Table>
        </Panel>
        <Older next change=older load />
        <p>
            <a href=editor>"Open the editor"</a>
        </p>
        <RollBackDialog rolling changed />
        <RestoreDialog restoring />
        <SourceDialog viewing />
        <CompareDialog comparing numbers />
    }
    .into_any()
}
