//! The draft saves itself.

use std::time::Duration;

use contract::error::ErrorCode;
use contract::ids::HookId;
use contract::manage::{Draft, SaveDraft};
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::left_behind::{self, Left};
use super::workbench::Workbench;
use crate::api;
use crate::error::ConsoleError;

/// How long the reader must be quiet before the draft is saved.
const QUIET: Duration = Duration::from_millis(800);

/// Whether what is typed is kept.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum SaveState {
    /// It is.
    Saved,
    /// It will be in a moment.
    Unsaved,
    /// It is on its way.
    Saving,
    /// It could not be kept, because of this.
    Failed(ConsoleError),
    /// Someone else has saved another text, this one.
    Conflict(Box<Draft>),
}

impl SaveState {
    /// Whether closing the window would lose something.
    pub(super) fn is_dirty(&self) -> bool {
        *self != Self::Saved
    }

    /// In a word.
    pub(super) fn label(&self) -> &'static str {
        match self {
            Self::Saved => "Saved",
            Self::Unsaved => "Unsaved",
            Self::Saving => "Saving…",
            Self::Failed(_) => "Not saved",
            Self::Conflict(_) => "Conflict",
        }
    }
}

/// Saves the draft a moment after the last change, one save at a time.
#[derive(Clone, Copy)]
pub(super) struct Saving {
    state: RwSignal<SaveState>,
    /// The revision that the text was made from.
    revision: StoredValue<i64>,
    timer: StoredValue<Option<TimeoutHandle>>,
}

impl Saving {
    /// Starts from a draft.
    pub(super) fn new(draft: &Draft) -> Self {
        Self {
            state: RwSignal::new(SaveState::Saved),
            revision: StoredValue::new(draft.revision),
            timer: StoredValue::new(None),
        }
    }

    /// Whether what is typed is kept.
    pub(super) fn state(self) -> RwSignal<SaveState> {
        self.state
    }

    /// The revision that the text was made from.
    pub(super) fn revision(self) -> i64 {
        self.revision.get_value()
    }

    /// Goes on from another draft, which is kept already.
    pub(super) fn adopt(self, draft: &Draft) {
        self.stop();
        self.revision.set_value(draft.revision);
        self.state.set(SaveState::Saved);
    }

    /// Keeps the reader's text over `theirs`: the next save starts from their revision.
    pub(super) fn insist(self, theirs: &Draft, bench: Workbench) {
        self.revision.set_value(theirs.revision);
        self.state.set(SaveState::Unsaved);
        self.now(bench);
    }

    /// Saves when the reader has been quiet for a moment.
    pub(super) fn later(self, bench: Workbench) {
        if self.state.with_untracked(|state| matches!(state, SaveState::Conflict(_) | SaveState::Saving)) {
            // A conflict is for the reader to decide; a save on its way looks for newer text when it ends.
            return;
        }
        self.state.set(SaveState::Unsaved);
        self.stop();
        self.timer.set_value(set_timeout_with_handle(move || self.now(bench), QUIET).ok());
    }

    /// Tries again what was not refused for itself: the server could not be reached, or the reader was signed out.
    pub(super) fn again(self, bench: Workbench) {
        let passing = |state: &SaveState| matches!(state, SaveState::Failed(error) if error.is_signed_out() || error.code() == ErrorCode::Unavailable);
        if self.state.try_with_untracked(passing) == Some(true) {
            self.now(bench);
        }
    }

    /// Saves at once, unless there is nothing to save.
    pub(super) fn now(self, bench: Workbench) {
        self.stop();
        let waits =
            self.state.try_with_untracked(|state| matches!(state, SaveState::Unsaved | SaveState::Failed(_)));
        if waits != Some(true) {
            return;
        }
        self.state.set(SaveState::Saving);
        let (slug, id) = bench.place();
        let text = bench.source.get_untracked();
        let draft = SaveDraft { source: text.clone(), language: None, revision: self.revision.get_value() };
        spawn_local(async move {
            let answer = api::hooks::save_draft(slug, id.clone(), draft).await;
            if bench.source.is_disposed() {
                // The reader has left, and may have typed more before that.
                return left_behind::landed(id, answer, &text);
            }
            match answer {
                Ok(draft) => self.saved(bench, draft, &text),
                Err(error) => self.failed(bench, error, &text),
            }
        });
    }

    fn saved(self, bench: Workbench, draft: Draft, text: &str) {
        let newer = bench.source.with_untracked(|source| source != text);
        self.revision.set_value(draft.revision);
        self.state.set(SaveState::Saved);
        bench.hook.update(|hook| {
            hook.draft_pending = hook.live_source.as_deref() != Some(text);
            hook.draft = draft;
        });
        if newer {
            self.later(bench);
        } else {
            bench.recheck();
        }
    }

    /// What was sent could not be kept, because of `error`.
    pub(super) fn failed(self, bench: Workbench, error: ConsoleError, sent: &str) {
        match theirs(&error) {
            // It is there already: an answer was lost on the way, or two people had the same idea.
            Some(theirs) if theirs.source == sent => self.saved(bench, theirs, sent),
            Some(theirs) => self.state.set(SaveState::Conflict(Box::new(theirs))),
            None => self.state.set(SaveState::Failed(error)),
        }
    }

    /// Goes on with a text that was left behind before it was kept, made from `revision`.
    pub(super) fn resume(self, bench: Workbench, revision: i64) {
        self.revision.set_value(revision);
        self.state.set(SaveState::Unsaved);
        self.now(bench);
    }

    /// Looks after what is not kept yet when the page closes.
    pub(super) fn last(self, id: HookId, left: impl FnOnce(String, i64) -> Left, source: RwSignal<String>) {
        self.stop();
        let (Some(text), Some(revision)) = (source.try_get_untracked(), self.revision.try_get_value()) else {
            return;
        };
        match self.state.try_get_untracked() {
            None | Some(SaveState::Saved) => {}
            Some(SaveState::Unsaved | SaveState::Failed(_)) => left_behind::save(id, left(text, revision)),
            Some(SaveState::Saving) => left_behind::follow(id, left(text, revision)),
            Some(SaveState::Conflict(_)) => {
                left_behind::hold(id, left(text, revision), "someone else saved another text.");
            }
        }
    }

    fn stop(self) {
        if let Some(Some(timer)) = self.timer.try_update_value(Option::take) {
            timer.clear();
        }
    }
}

/// The draft that someone else saved, when that is what `error` is about.
pub(super) fn theirs(error: &ConsoleError) -> Option<Draft> {
    let details = error.0.details.as_ref().filter(|_| error.code() == ErrorCode::DraftConflict)?;
    api::json::read(&details.get("theirs")?.to_string()).ok()
}
