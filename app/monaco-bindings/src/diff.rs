//! Two texts compared.

use crate::sys;

/// An open diff. Dropping it closes it.
pub struct Diff {
    inner: sys::Diff,
}

impl Diff {
    pub(crate) fn new(inner: sys::Diff) -> Self {
        Self { inner }
    }

    /// Replaces both texts.
    pub fn set_texts(&self, original: &str, modified: &str) {
        self.inner.set_texts(original, modified);
    }
}

impl Drop for Diff {
    fn drop(&mut self) {
        self.inner.dispose();
    }
}
