//! The console: what a project admin sees and does in the browser.
//!
//! The same code renders on the server (feature `ssr`) and takes over in the browser (feature
//! `hydrate`). It knows [`contract`] and, on the server, the services behind the pages; it never
//! reaches for the database, a hook or a token itself.
//!
//! - [`shell`] is the document around the application, rendered on the server only.
//! - [`components`] draw; they fetch nothing and know no page.
//! - [`editor`] is the only place that uses Monaco.
//! - [`pages`] hold one folder per page: the page and its parts.
//! - `api` holds the server functions, one file per resource; each calls one method of `manage`.
//!
//! To add a component: a folder below `components` with the view and its types, a stylesheet of the
//! same name in `style/`, a line in `style/main.css`.

// The type of a view is as deep as the view; asynchronous hydration doubles it.
#![recursion_limit = "512"]

mod api;
mod app;
mod assets;
pub mod components;
mod cookie;
pub mod editor;
mod error;
pub mod pages;
#[cfg(feature = "ssr")]
pub mod session;
#[cfg(feature = "ssr")]
mod shell;
mod theme;

pub use app::App;
pub use assets::Assets;
#[cfg(feature = "ssr")]
pub use shell::shell;
pub use theme::{Appearance, Theme};
