//! One editor on one file.

use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_futures::JsFuture;

use crate::sys;

/// Keys that a page can give a meaning inside the editor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// ⌘S or Ctrl S.
    Save,
    /// ⌘↵ or Ctrl ↵.
    Run,
    /// ⌘⇧↵ or Ctrl Shift ↵.
    Submit,
}

impl Key {
    fn as_str(self) -> &'static str {
        match self {
            Self::Save => "save",
            Self::Run => "run",
            Self::Submit => "submit",
        }
    }
}

/// An open editor. Lines and columns are counted from 1. Dropping it closes it.
pub struct Editor {
    inner: sys::Editor,
    texts: Vec<Closure<dyn FnMut(String)>>,
    places: Vec<Closure<dyn FnMut(u32, u32)>>,
    actions: Vec<Closure<dyn FnMut()>>,
}

impl Editor {
    pub(crate) fn new(inner: sys::Editor) -> Self {
        Self { inner, texts: Vec::new(), places: Vec::new(), actions: Vec::new() }
    }

    /// Calls `heard` with the whole text after every change by the reader.
    pub fn on_change(&mut self, heard: impl FnMut(String) + 'static) {
        let heard = Closure::new(heard);
        self.inner.on_change(&heard);
        self.texts.push(heard);
    }

    /// Calls `heard` with the problems of this file whenever they may have changed: a JSON list of
    /// `{severity, message, line, column, endLine, endColumn, code}`.
    pub fn on_problems(&mut self, heard: impl FnMut(String) + 'static) {
        let heard = Closure::new(heard);
        self.inner.on_problems(&heard);
        self.texts.push(heard);
    }

    /// Calls `heard` with line and column when the cursor moves.
    pub fn on_cursor(&mut self, heard: impl FnMut(u32, u32) + 'static) {
        let heard = Closure::new(heard);
        self.inner.on_cursor(&heard);
        self.places.push(heard);
    }

    /// Calls `action` when the keys are pressed inside the editor.
    pub fn on_key(&mut self, key: Key, action: impl FnMut() + 'static) {
        let action = Closure::new(action);
        self.inner.on_key(key.as_str(), &action);
        self.actions.push(action);
    }

    /// The whole text.
    pub fn value(&self) -> String {
        self.inner.get_value()
    }

    /// Replaces the whole text, in one step that can be undone.
    pub fn set_value(&self, text: &str) {
        self.inner.set_value(text);
    }

    /// Types `text` at the cursor.
    pub fn insert_text(&self, text: &str) {
        self.inner.insert_text(text);
    }

    /// Asks the type checker about the text as it is now; the answer is JSON as in
    /// [`on_problems`](Self::on_problems). None when the editor was closed meanwhile.
    pub fn check(&self) -> impl Future<Output = Option<String>> + use<> {
        answer(self.inner.check())
    }

    /// Formats the text.
    pub fn format(&self) -> impl Future<Output = Option<String>> + use<> {
        answer(self.inner.format())
    }

    /// Goes to the next problem and shows it.
    pub fn next_problem(&self) -> impl Future<Output = Option<String>> + use<> {
        answer(self.inner.next_problem())
    }

    /// Puts the cursor at a place and scrolls it into view.
    pub fn reveal(&self, line: u32, column: u32) {
        self.inner.reveal(line, column);
    }

    /// Lets the reader change the text or not.
    pub fn set_read_only(&self, read_only: bool) {
        self.inner.set_read_only(read_only);
    }

    /// Puts the cursor into the editor.
    pub fn focus(&self) {
        self.inner.focus();
    }

    /// The JavaScript object, with `getValue`, `setValue` and `markers`.
    pub fn as_js(&self) -> &JsValue {
        self.inner.as_ref()
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        // Before the closures go, so that nothing calls them any more.
        self.inner.dispose();
    }
}

/// What a promise resolves to, if it is text. A refusal means that the editor is gone.
async fn answer(promise: Promise) -> Option<String> {
    JsFuture::from(promise).await.ok()?.as_string()
}
