//! What the parts of the editor share.

use std::rc::Rc;

use contract::catalogue::endpoints::Endpoint;
use contract::ids::{HookId, RunId};
use contract::manage::{CheckResult, Draft, Hook, HookState, Language, Run, Secret, UpdateHook};
use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::left_behind::{self, Left};
use super::saving::{SaveState, Saving};
use crate::api;
use crate::components::toast::{Toasts, use_toasts};
use crate::editor::{self, EditorHandle, Library, Problem};
use crate::pages::address;
use crate::pages::kept;
use crate::pages::late::Late;
use crate::pages::layout::CurrentProject;
use crate::pages::test::{DRAFT, EndpointRun, UnitRun};

/// Which test ⌘↵ runs.
pub(super) const THIS_HOOK: &str = "hook";
/// Which test ⌘↵ runs.
pub(super) const WHOLE_ENDPOINT: &str = "endpoint";

/// A hook that is open in the editor.
#[derive(Clone, Copy)]
pub(super) struct Workbench {
    /// Its project.
    pub(super) current: CurrentProject,
    /// The hook, as the server last described it.
    pub(super) hook: RwSignal<Hook>,
    /// The text in the editor.
    pub(super) source: RwSignal<String>,
    /// Whether that text is kept.
    pub(super) saving: Saving,
    /// The open editor.
    pub(super) handle: EditorHandle,
    /// What the type checker knows beside the text.
    pub(super) types: RwSignal<Vec<Library>>,
    /// Whether that has come; none while it is on its way.
    pub(super) declared: RwSignal<Option<Result<(), String>>>,
    /// What the type checker found; none before it has looked.
    pub(super) found: RwSignal<Option<Vec<Problem>>>,
    /// What the server's compiler says of the saved draft.
    pub(super) check: RwSignal<Option<CheckResult>>,
    /// Counts the questions to the compiler: the answer to an older one is dropped.
    checks: StoredValue<u32>,
    /// The project's secrets, as far as they are known: names and traces.
    pub(super) secrets: Late<Vec<Secret>>,
    /// Whether the form of the settings differs from what is in force.
    pub(super) unsettled: RwSignal<bool>,
    /// Numbers of the versions, newest first.
    pub(super) versions: RwSignal<Vec<u32>>,
    /// Which test is in sight.
    pub(super) scope: RwSignal<String>,
    /// The test of the hook alone.
    pub(super) unit: UnitRun,
    /// The test of a whole endpoint.
    pub(super) whole: EndpointRun,
    /// Which code of this hook runs in it.
    pub(super) pick: RwSignal<String>,
    /// The open tab at the side.
    pub(super) side: RwSignal<String>,
    /// The notices of the page.
    pub(super) toasts: Toasts,
    /// Opens the deploy dialog.
    pub(super) deploying: RwSignal<bool>,
    /// Opens the comparison.
    pub(super) comparing: RwSignal<bool>,
    /// Opens the dialog that deletes.
    pub(super) deleting: RwSignal<bool>,
}

impl Workbench {
    /// Opens a hook.
    pub(super) fn open(hook: Hook) -> Self {
        let current = CurrentProject::current();
        // The server knows of no text that a window has kept.
        let left = left_behind::take(&hook.id).filter(|left| left.text != hook.draft.source);
        let source =
            RwSignal::new(left.as_ref().map_or_else(|| hook.draft.source.clone(), |left| left.text.clone()));
        let resumed = left.map(|left| left.revision);
        let pick = RwSignal::new(DRAFT.to_owned());
        let endpoint = Endpoint::firing(hook.trigger).next().unwrap_or(Endpoint::Register);
        let bench = Self {
            current,
            source,
            saving: Saving::new(&hook.draft),
            handle: EditorHandle::new(),
            types: RwSignal::new(Vec::new()),
            declared: RwSignal::new(None),
            found: RwSignal::new(None),
            check: RwSignal::new(None),
            checks: StoredValue::new(0),
            secrets: Late::new(move || api::secrets::list_secrets(current.slug().get())),
            unsettled: RwSignal::new(kept::there(hook.id.as_ref())),
            versions: RwSignal::new(Vec::new()),
            scope: RwSignal::new(THIS_HOOK.to_owned()),
            unit: UnitRun::new(hook.id.clone(), source),
            whole: EndpointRun::new(endpoint).edits(hook.id.clone(), source, pick),
            pick,
            side: RwSignal::new("test".to_owned()),
            toasts: use_toasts(),
            deploying: RwSignal::new(false),
            comparing: RwSignal::new(false),
            deleting: RwSignal::new(false),
            hook: RwSignal::new(hook),
        };
        bench.follow_secrets();
        Effect::new(move || {
            bench.load();
            if let Some(revision) = resumed {
                bench.saving.resume(bench, revision);
            }
        });
        bench
    }

    /// Fetches what is not needed to show the text.
    fn load(self) {
        self.load_types();
        self.load_versions();
        self.recheck();
    }

    /// Reads what the type checker has to know.
    pub(super) fn load_types(self) {
        let (slug, id) = self.place();
        self.declared.set(None);
        spawn_local(async move {
            let declared = match api::hooks::hook_types(slug, id).await {
                Ok(files) => {
                    let library =
                        |file: contract::manage::TypeFile| Library { file: file.name, text: file.text };
                    self.types.try_set(files.into_iter().map(library).collect());
                    Ok(())
                }
                Err(error) => Err(error.message()),
            };
            self.declared.try_set(Some(declared));
        });
    }

    /// Keeps completion and compiler up with the secrets, wherever they are set: the reader may come back from another
    /// window.
    fn follow_secrets(self) {
        Effect::new(move |before: Option<Option<Vec<String>>>| {
            let names = |all: Vec<Secret>| all.into_iter().map(|secret| secret.name).collect::<Vec<_>>();
            let (before, now) = (before.flatten(), self.secrets.get().map(names));
            if before.is_some() && now.is_some() && before != now {
                self.load_types();
                self.recheck();
            }
            now.or(before)
        });
        Effect::new(move || {
            let back = window_event_listener(ev::focus, move |_| self.secrets.refetch());
            on_cleanup(move || back.remove());
        });
    }

    /// Reads the list of versions again.
    pub(super) fn load_versions(self) {
        let (slug, id) = self.place();
        spawn_local(async move {
            if let Ok(versions) = api::versions::list_versions(slug, id, None).await {
                self.versions.try_set(versions.into_iter().map(|version| version.number).collect());
            }
        });
    }

    /// Has the server compile the saved draft.
    pub(super) fn recheck(self) {
        let (slug, id) = self.place();
        let question = self.checks.get_value().wrapping_add(1);
        self.checks.set_value(question);
        spawn_local(async move {
            if let Ok(check) = api::hooks::check_hook(slug, id, None).await
                && self.checks.try_get_value() == Some(question)
            {
                self.check.try_set(Some(check));
            }
        });
    }

    /// Project and hook, as the server functions want them.
    pub(super) fn place(self) -> (String, HookId) {
        (self.current.slug_now(), self.hook.with_untracked(|hook| hook.id.clone()))
    }

    /// Name of the file.
    pub(super) fn file(self) -> &'static str {
        match self.hook.with_untracked(|hook| hook.draft.language) {
            Language::TypeScript => "hook.ts",
            Language::JavaScript => "hook.js",
        }
    }

    /// Its language, in the editor's words.
    pub(super) fn language(self) -> editor::Language {
        match self.hook.with_untracked(|hook| hook.draft.language) {
            Language::TypeScript => editor::Language::TypeScript,
            Language::JavaScript => editor::Language::JavaScript,
        }
    }

    /// The endpoints that run the hook.
    pub(super) fn endpoints(self) -> Vec<Endpoint> {
        // A hook never changes its trigger.
        Endpoint::firing(self.hook.with_untracked(|hook| hook.trigger)).collect()
    }

    /// The reader changed the text.
    pub(super) fn edited(self, text: String) {
        if self.source.with_untracked(|source| *source != text) {
            self.source.set(text);
            self.saving.later(self);
        }
    }

    /// Types at the cursor.
    pub(super) fn type_in(self, text: &str) {
        self.handle.insert_text(text);
        self.handle.focus();
    }

    /// Puts ready code in the place of the text; what was there can be brought back.
    pub(super) fn start_from(self, text: &str) {
        let before = self.source.get_untracked();
        self.edited(text.to_owned());
        let undo = Callback::new(move |()| {
            if !self.source.is_disposed() {
                self.edited(before.clone());
            }
        });
        self.toasts.with_action(
            "The template is in the editor, in the place of what was there",
            "Undo",
            undo,
        );
    }

    /// Puts another text into the editor and keeps it.
    pub(super) fn replace(self, draft: &Draft) {
        self.saving.adopt(draft);
        self.source.set(draft.source.clone());
        self.hook.update(|hook| {
            hook.draft = draft.clone();
            hook.draft_pending = hook.live_source.as_ref() != Some(&draft.source);
        });
        self.recheck();
    }

    /// Saves at once.
    pub(super) fn save(self) {
        self.saving.now(self);
    }

    /// Runs the test that is in sight.
    pub(super) fn test(self) {
        self.side.set("test".to_owned());
        if self.scope.with_untracked(|scope| scope == WHOLE_ENDPOINT) {
            self.whole.start()
        } else {
            self.unit.start()
        }
    }

    /// Opens the test of this hook with what was recorded of a run.
    pub(super) fn replay(self, run: &RunId) {
        self.side.set("test".to_owned());
        self.scope.set(THIS_HOOK.to_owned());
        self.unit.replay(run);
    }

    /// The run of this hook in the last test.
    pub(super) fn last_run(self) -> Option<Run> {
        if self.scope.with(|scope| scope == WHOLE_ENDPOINT) {
            let id = self.hook.with(|hook| hook.id.clone());
            let runs = self.whole.result().get()?.runs;
            runs.into_iter().rev().find(|run| run.summary.hook_id == id)
        } else {
            self.unit.result().get().map(|result| result.run)
        }
    }

    /// How many errors the type checker found.
    pub(super) fn type_errors(self) -> usize {
        self.found.with(|found| found.iter().flatten().filter(|problem| problem.blocks()).count())
    }

    /// Whether the text is not well formed.
    pub(super) fn has_syntax_error(self) -> bool {
        self.found.with(|found| found.iter().flatten().any(|problem| problem.blocks() && problem.is_syntax()))
    }

    /// How many errors block a deployment: those of the type checker, or the compiler's own.
    pub(super) fn errors(self) -> usize {
        let compiler = || self.check.with(|check| check.as_ref().map_or(0, |check| check.problems.len()));
        match self.type_errors() {
            0 => compiler(),
            types => types,
        }
    }

    /// Takes over what the server says of the hook now. The text stays, and with it the draft that it was
    /// made from; a draft that someone else has saved since is a conflict.
    pub(super) fn learn(self, fresh: Hook) {
        let text = self.source.get_untracked();
        let newer = fresh.draft.revision > self.saving.revision();
        let quiet = self.saving.state().with_untracked(|state| *state == SaveState::Saved);
        if newer && quiet {
            if fresh.draft.source == text {
                self.saving.adopt(&fresh.draft);
            } else {
                self.saving.state().set(SaveState::Conflict(Box::new(fresh.draft.clone())));
            }
        }
        self.hook.update(|hook| {
            let draft = hook.draft.clone();
            *hook = fresh;
            hook.draft = draft;
            hook.draft_pending = hook.live_source.as_ref() != Some(&text);
        });
    }

    /// Reads the hook again, after a deployment or a change elsewhere. The text stays.
    pub(super) fn refresh(self) {
        let (slug, id) = self.place();
        spawn_local(async move {
            if let Ok(hook) = api::hooks::get_hook(slug, id).await
                && !self.hook.is_disposed()
            {
                self.learn(hook);
            }
        });
        self.load_versions();
        self.current.hooks_changed();
    }

    /// Switches the hook on or off, with a way back.
    pub(super) fn switch(self, on: bool) {
        self.switch_to(self.place(), on, true);
    }

    /// The same for a hook whose page may be gone, without one.
    pub(super) fn switch_back(self, place: (String, HookId), on: bool) {
        self.switch_to(place, on, false);
    }

    fn switch_to(self, place: (String, HookId), on: bool, undoable: bool) {
        let toasts = self.toasts;
        let (slug, id) = place.clone();
        spawn_local(async move {
            let change = UpdateHook { enabled: Some(on), ..UpdateHook::default() };
            match api::hooks::update_hook(slug, id, change).await {
                Ok(hook) => {
                    let state = if hook.state == HookState::Enabled { "enabled" } else { "disabled" };
                    let text = format!("“{}” is {state}", hook.name);
                    if undoable {
                        let place = place.clone();
                        let undo = Callback::new(move |()| self.switch_back(place.clone(), !on));
                        toasts.with_action(text, "Undo", undo);
                    } else {
                        toasts.ok(text);
                    }
                    if !self.hook.is_disposed() {
                        self.learn(hook);
                    }
                }
                Err(error) => toasts.bad(error.message()),
            }
        });
    }

    /// Opens this editor again, from wherever the reader is then.
    pub(super) fn way_back(self) -> impl Fn() + Clone + Send + Sync + 'static {
        let (slug, id) = self.place();
        let (navigate, editor) = (use_navigate(), address::hook(&slug, &id));
        move || navigate(&editor, NavigateOptions::default())
    }

    /// Keeps what was typed when the reader leaves: asks before the window closes, saves when another page
    /// of the console opens.
    pub(super) fn leave_safely(self) {
        Effect::new(move || {
            let guard = window_event_listener(ev::beforeunload, move |event| {
                if self.saving.state().with_untracked(SaveState::is_dirty) || self.unsettled.get_untracked() {
                    event.prevent_default();
                }
            });
            on_cleanup(move || guard.remove());
        });
        // What could not be saved for want of a connection, or because the reader was signed out, is tried again when
        // either may have changed.
        Effect::new(move || {
            let online = window_event_listener(ev::online, move |_| self.saving.again(self));
            let focus = window_event_listener(ev::focus, move |_| self.saving.again(self));
            on_cleanup(move || {
                online.remove();
                focus.remove();
            });
        });
        let (slug, id) = self.place();
        let name = self.hook.with_untracked(|hook| hook.name.clone());
        let back = self.way_back();
        let toasts = self.toasts;
        on_cleanup(move || {
            let left = |text, revision| Left::new((slug, name), (text, revision), toasts, Rc::new(back));
            self.saving.last(id, left, self.source);
        });
    }
}
