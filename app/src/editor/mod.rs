//! The code editor: the only place that uses Monaco.
//!
//! The server renders a placeholder; the browser loads the editor's module when a [`CodeEditor`] or a
//! [`DiffEditor`] appears, and disposes of everything when it goes.

mod ahead;
mod code_editor;
mod diff_editor;
mod handle;
mod language;
mod problem;
mod session;
mod theme;

#[cfg(feature = "ssr")]
pub(crate) use ahead::MODULE;
pub(crate) use ahead::fetch_ahead;
pub use code_editor::CodeEditor;
pub use diff_editor::DiffEditor;
pub use handle::EditorHandle;
pub use language::{Language, Library};
pub use problem::{Problem, Severity};
