//! Typed bindings to the Monaco code editor, through the module that `js/host.js` is bundled into.
//!
//! The module is loaded on demand with [`Host::load`]; nothing of it is part of the page before. An
//! [`Editor`] and a [`Diff`] own what they made: dropping one disposes of the editor, its texts and its
//! listeners. These bindings know no product: addresses, colours, declarations and the meaning of keys
//! come from the caller.
//!
//! To bind one more function: write it in `js/`, declare it in `sys.rs`, wrap it here.

mod diff;
mod editor;
mod host;
mod sys;

pub use diff::Diff;
pub use editor::{Editor, Key};
pub use host::{Host, LoadError};
