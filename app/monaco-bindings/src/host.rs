//! The editor's module once it is loaded.

use std::fmt;

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::HtmlElement;

use crate::{Diff, Editor, sys};

/// The editor's module did not load; the reason, as the browser says it.
#[derive(Clone, Debug)]
pub struct LoadError(String);

impl fmt::Display for LoadError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for LoadError {}

/// The editor's module.
#[derive(Clone)]
pub struct Host(sys::Host);

impl Host {
    /// Loads the module at `address`. The browser loads it once, however often it is asked.
    ///
    /// # Errors
    /// When the module, one of its parts or its stylesheet cannot be loaded.
    pub async fn load(address: &str) -> Result<Self, LoadError> {
        let module = sys::load(address).await.map_err(|error| LoadError(reason(&error)))?;
        Ok(Self(module.unchecked_into()))
    }

    /// Opens an editor in `element` on the file called `file`, a `file:///` address of its own. `label`
    /// names it for assistive technology.
    pub fn create_editor(
        &self,
        element: &HtmlElement,
        file: &str,
        language: &str,
        text: &str,
        label: &str,
    ) -> Editor {
        Editor::new(self.0.create_editor(element, file, language, text, label))
    }

    /// Opens a diff in `element`.
    pub fn create_diff(&self, element: &HtmlElement, language: &str, original: &str, modified: &str) -> Diff {
        Diff::new(self.0.create_diff(element, language, original, modified))
    }

    /// Shows every editor in these colours: names that `js/theme.js` lists and their values, `#rrggbb`.
    pub fn set_theme(&self, dark: bool, colors: &[(&str, String)]) {
        self.0.set_theme(dark, &object(colors.iter().map(|(name, color)| (*name, color.as_str()))));
    }

    /// Replaces the files that the type checker knows beside the open ones: their `file:///` addresses
    /// and texts.
    pub fn set_libraries<'a>(&self, libraries: impl Iterator<Item = (&'a str, &'a str)>) {
        let list: Array =
            libraries.map(|(file, text)| object([("file", file), ("text", text)].into_iter())).collect();
        self.0.set_libraries(&list);
    }
}

fn object<'a>(entries: impl Iterator<Item = (&'a str, &'a str)>) -> Object {
    let object = Object::new();
    for (name, value) in entries {
        // A plain object that was just made takes every property.
        let _set = Reflect::set(&object, &name.into(), &value.into());
    }
    object
}

fn reason(error: &JsValue) -> String {
    error.dyn_ref::<js_sys::Error>().map_or_else(|| format!("{error:?}"), |error| error.message().into())
}
