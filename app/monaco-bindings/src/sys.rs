//! The functions of the editor's module, as they are. [`crate`] wraps them.

use js_sys::{Array, Object, Promise};
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

#[wasm_bindgen(module = "/src/load.js")]
extern "C" {
    #[wasm_bindgen(catch)]
    pub async fn load(address: &str) -> Result<JsValue, JsValue>;
}

#[wasm_bindgen]
extern "C" {
    #[derive(Clone)]
    pub type Host;

    #[wasm_bindgen(method, js_name = createEditor)]
    pub fn create_editor(
        this: &Host,
        element: &HtmlElement,
        file: &str,
        language: &str,
        text: &str,
        label: &str,
    ) -> Editor;

    #[wasm_bindgen(method, js_name = createDiff)]
    pub fn create_diff(
        this: &Host,
        element: &HtmlElement,
        language: &str,
        original: &str,
        modified: &str,
    ) -> Diff;

    #[wasm_bindgen(method, js_name = setTheme)]
    pub fn set_theme(this: &Host, dark: bool, colors: &Object);

    #[wasm_bindgen(method, js_name = setLibraries)]
    pub fn set_libraries(this: &Host, libraries: &Array);

    #[derive(Clone)]
    pub type Editor;

    #[wasm_bindgen(method, js_name = onChange)]
    pub fn on_change(this: &Editor, heard: &Closure<dyn FnMut(String)>);

    #[wasm_bindgen(method, js_name = onProblems)]
    pub fn on_problems(this: &Editor, heard: &Closure<dyn FnMut(String)>);

    #[wasm_bindgen(method, js_name = onCursor)]
    pub fn on_cursor(this: &Editor, heard: &Closure<dyn FnMut(u32, u32)>);

    #[wasm_bindgen(method, js_name = onKey)]
    pub fn on_key(this: &Editor, name: &str, action: &Closure<dyn FnMut()>);

    #[wasm_bindgen(method, js_name = getValue)]
    pub fn get_value(this: &Editor) -> String;

    #[wasm_bindgen(method, js_name = setValue)]
    pub fn set_value(this: &Editor, text: &str);

    #[wasm_bindgen(method, js_name = insertText)]
    pub fn insert_text(this: &Editor, text: &str);

    #[wasm_bindgen(method)]
    pub fn check(this: &Editor) -> Promise;

    #[wasm_bindgen(method)]
    pub fn format(this: &Editor) -> Promise;

    #[wasm_bindgen(method, js_name = nextProblem)]
    pub fn next_problem(this: &Editor) -> Promise;

    #[wasm_bindgen(method)]
    pub fn reveal(this: &Editor, line: u32, column: u32);

    #[wasm_bindgen(method, js_name = setReadOnly)]
    pub fn set_read_only(this: &Editor, read_only: bool);

    #[wasm_bindgen(method)]
    pub fn focus(this: &Editor);

    #[wasm_bindgen(method)]
    pub fn dispose(this: &Editor);

    pub type Diff;

    #[wasm_bindgen(method, js_name = setTexts)]
    pub fn set_texts(this: &Diff, original: &str, modified: &str);

    #[wasm_bindgen(method)]
    pub fn dispose(this: &Diff);
}
