//! Whether a result is still that of what is in sight.

use std::hash::{DefaultHasher, Hash, Hasher};

use leptos::prelude::*;

/// Remembers what a test was run with.
#[derive(Clone, Copy)]
pub(super) struct Stale {
    ran: RwSignal<Option<u64>>,
}

impl Stale {
    /// Nothing has run.
    pub(super) fn new() -> Self {
        Self { ran: RwSignal::new(None) }
    }

    /// It runs with this.
    pub(super) fn mark(self, with: impl Hash) {
        self.ran.set(Some(digest(with)));
    }

    /// Whether it ran with something else.
    pub(super) fn is(self, with: impl Hash) -> bool {
        self.ran.get().is_some_and(|ran| ran != digest(with))
    }
}

fn digest(what: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}

/// Says above a result that it is an earlier one's, and offers to run the test again.
#[component]
pub(super) fn StaleBar(
    /// Whether it is.
    stale: Memo<bool>,
    /// Runs the test again.
    again: Callback<()>,
) -> impl IntoView {
    view! {
        <p class="tester__stale" hidden=move || !stale.get()>
            "From an earlier text or input · "
            <button type="button" class="link" on:click=move |_| again.run(())>
                "Run again"
            </button>
        </p>
    }
}
