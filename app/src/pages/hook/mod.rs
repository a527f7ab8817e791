//! The hook editor: code, problems, test, data, settings, deployment. It fills the window.

mod checks;
mod compare;
mod conflict;
mod data;
mod delete;
mod deploy;
mod dock;
mod export;
mod extras;
mod keys;
mod leave;
mod left_behind;
mod library;
mod problems;
mod saving;
mod settings;
mod side;
mod top;
mod undo;
mod workbench;

use contract::ids::HookId;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use self::extras::{Extra, extra, fetch_when_quiet};
use self::workbench::Workbench;
use super::address;
use super::layout::CurrentProject;
use super::loaded::{Data, ask, failed};
use crate::api;
use crate::components::layout::Page;
use crate::components::loading::Skeleton;
use crate::components::top_bar::Crumb;
use crate::editor::CodeEditor;
use crate::error::ConsoleError;

/// The page of one hook.
#[component]
pub(crate) fn HookPage() -> impl IntoView {
    let current = CurrentProject::current();
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("hook").and_then(|id| id.parse::<HookId>().ok()));
    let data: Data<_> = ask(
        move || (current.slug().get(), id.get()),
        |(slug, id)| async move {
            match id {
                Some(id) => {
                    // What was typed here a moment ago may still be on its way.
                    if let Some(settled) = left_behind::settled(&id) {
                        let _landed = settled.await;
                    }
                    api::hooks::get_hook(slug, id).await
                }
                None => Err(ConsoleError::missing("This is not the id of a hook.")),
            }
        },
    );
    view! {
        <Transition fallback=move || {
            let crumbs = current.crumbs(|slug| vec![Crumb::link("API & Hooks", address::hooks(slug))]);
            view! {
                <Page crumbs>
                    <Skeleton lines=8 />
                </Page>
            }
        }>
            {move || match data.get() {
                Some(Ok(hook)) => view! { <Opened hook /> }.into_any(),
                Some(Err(error)) => {
                    let crumbs = current.crumbs(|slug| {
                        vec![Crumb::link("API & Hooks", address::hooks(slug)), Crumb::here("Hook")]
                    });
                    view! { <Page crumbs>{failed("The hook could not be loaded", error, Callback::new(move |()| data.refetch()))}</Page> }
                        .into_any()
                }
                None => ().into_any(),
            }}
        </Transition>
    }
    .into_any()
}

#[component]
fn Opened(hook: contract::manage::Hook) -> impl IntoView {
    let bench = Workbench::open(hook);
    bench.leave_safely();
    keys::listen(bench);
    fetch_when_quiet(bench);
    let query = use_query_map();
    Effect::new(move || {
        let line = query.read().get("line").and_then(|line| line.parse().ok());
        if let Some(line) = line.filter(|_| bench.handle.ready()) {
            bench.handle.reveal(line, 1);
        }
    });
    Effect::new(move || {
        if let Some(run) = query.with(|query| query.get("run")?.parse().ok()) {
            bench.replay(&run);
        }
    });
    let crumbs = bench.current.crumbs(move |slug| {
        let mut crumbs = vec![Crumb::link("API & Hooks", address::hooks(slug))];
        if let Some(endpoint) = bench.endpoints().first() {
            crumbs.push(Crumb::link(endpoint.request_line(), address::endpoint(slug, *endpoint)));
        }
        crumbs.push(Crumb::here(bench.hook.with(|hook| hook.name.clone())));
        crumbs
    });
    let closed = library::Closed::remembered();
    let scope = bench.hook.with_untracked(|hook| format!("hooks/{}", hook.id));
    view! {
        <Page
            crumbs
            status=ViewFn::from(move || view! { <top::Status bench /> })
            actions=ViewFn::from(move || view! { <top::Actions bench /> })
            full=true
        >
            <conflict::ConflictBar bench />
            <div class="workbench">
                <library::Library bench closed />
                <div class="workbench__code">
                    <div class="workbench__file">
                        <library::LibraryButton closed />
                        <span class="workbench__name">{bench.file()}</span>
                        <span class="workbench__hint">"Ctrl M: Tab leaves the editor"</span>
                        <button type="button" class="link" on:click=move |_| bench.handle.format()>
                            "Format"
                        </button>
                    </div>
                    <CodeEditor
                        scope
                        file=bench.file()
                        language=bench.language()
                        label="Code of the hook. Control M lets Tab leave the editor."
                        value=bench.source
                        libraries=bench.types
                        handle=bench.handle
                        on_change=Callback::new(move |text| bench.edited(text))
                        on_problems=Callback::new(move |found| bench.found.set(Some(found)))
                        on_save=Callback::new(move |()| bench.save())
                        on_run=Callback::new(move |()| bench.test())
                        on_submit=Callback::new(move |()| bench.deploying.set(true))
                    />
                    <problems::ProblemStrip bench />
                </div>
                <dock::Dock bench />
                <side::Side bench />
            </div>
        </Page>
        {extra(bench, bench.deploying, Extra::Deploy)}
        {extra(bench, bench.comparing, Extra::Compare)}
        {extra(bench, bench.deleting, Extra::Delete)}
        <leave::LeaveDialog bench />
    }
    .into_any()
}
