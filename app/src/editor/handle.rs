//! What a page can do with an open editor.

use leptos::prelude::*;
use leptos::task::spawn_local;
use monaco_bindings::Editor;
use send_wrapper::SendWrapper;

use super::problem::Problem;

/// Made by the page, given to a [`CodeEditor`](super::CodeEditor). Until the editor is open, and after it
/// is closed, every command does nothing.
#[derive(Clone, Copy)]
pub struct EditorHandle {
    editor: StoredValue<Option<SendWrapper<Editor>>>,
    ready: RwSignal<bool>,
}

impl Default for EditorHandle {
    fn default() -> Self {
        Self::new()
    }
}

impl EditorHandle {
    /// A handle of no editor yet.
    pub fn new() -> Self {
        Self { editor: StoredValue::new(None), ready: RwSignal::new(false) }
    }

    /// Whether the editor is open.
    pub fn ready(self) -> bool {
        self.ready.get()
    }

    /// The text in the editor. None while it is not open.
    pub fn value(self) -> Option<String> {
        self.with(Editor::value)
    }

    /// Formats the text, as ⌥⇧F does.
    pub fn format(self) {
        if let Some(done) = self.with(Editor::format) {
            spawn_local(async move { drop(done.await) });
        }
    }

    /// Goes to the next problem, as F8 does.
    pub fn next_problem(self) {
        if let Some(done) = self.with(Editor::next_problem) {
            spawn_local(async move { drop(done.await) });
        }
    }

    /// Types `text` at the cursor.
    pub fn insert_text(self, text: &str) {
        self.with(|editor| editor.insert_text(text));
    }

    /// Puts the cursor at a place counted from 1 and scrolls it into view.
    pub fn reveal(self, line: u32, column: u32) {
        self.with(|editor| editor.reveal(line, column));
    }

    /// Puts the cursor into the editor.
    pub fn focus(self) {
        self.with(Editor::focus);
    }

    /// Asks the type checker about the text as it is now, without waiting for the squiggles: what a
    /// deployment is decided on. None when the editor is not open.
    pub async fn check(self) -> Option<Vec<Problem>> {
        let answer = self.with(Editor::check)?;
        answer.await.map(|json| Problem::list(&json))
    }

    /// Hands over the open editor.
    pub(super) fn open(self, editor: Editor) {
        self.editor.set_value(Some(SendWrapper::new(editor)));
        self.ready.set(true);
    }

    /// Closes the editor.
    pub(super) fn close(self) {
        // The page, and the handle with it, may be gone before the editor's own cleanup runs.
        drop(self.editor.try_set_value(None));
        self.ready.try_set(false);
    }

    pub(super) fn with<T>(self, act: impl FnOnce(&Editor) -> T) -> Option<T> {
        self.editor.try_with_value(|editor| editor.as_deref().map(act)).flatten()
    }
}
