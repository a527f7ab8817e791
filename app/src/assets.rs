//! Where the static files of this build are.

use std::sync::Arc;

use leptos::prelude::*;

/// Name of the `<meta>` element that tells the browser where the static files are.
pub(crate) const META: &str = "hookwright-assets";

/// Address prefix of the static files, `/assets/<hash>` with no slash at its end. In the context of
/// every page.
#[derive(Clone, Debug)]
pub struct Assets(Arc<str>);

impl Assets {
    /// The files below `base`.
    pub fn new(base: &str) -> Self {
        Self(base.trim_end_matches('/').into())
    }

    /// Puts the prefix into the context, unless the document around the application has done so.
    pub(crate) fn provide() {
        if use_context::<Self>().is_none() {
            provide_context(Self::of_document());
        }
    }

    /// The prefix that the server wrote into the document.
    #[cfg(not(feature = "ssr"))]
    fn of_document() -> Self {
        let base = document()
            .query_selector(&format!("meta[name='{META}']"))
            .ok()
            .flatten()
            .and_then(|meta| meta.get_attribute("content"))
            .unwrap_or_default();
        Self::new(&base)
    }

    /// There is no document while the server only lists its routes.
    #[cfg(feature = "ssr")]
    fn of_document() -> Self {
        Self::new("")
    }

    /// Address of one file, given its path without a leading slash.
    pub fn url(&self, path: &str) -> String {
        format!("{}/{path}", self.0)
    }
}
