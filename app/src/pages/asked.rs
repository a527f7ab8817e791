//! A part of the page's address that a field reads and writes, so that Back and a sent link bring it back.

use std::time::Duration;

use leptos::leptos_dom::helpers::debounce;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::query_signal_with_options;

/// How long the reader must be quiet before the address changes.
const QUIET: Duration = Duration::from_millis(200);

/// What the address asks for by one name.
#[derive(Clone, Copy)]
pub(crate) struct Asked {
    /// What the field holds, at once. Written by the field, and by the address when that changes by itself.
    pub(crate) typed: RwSignal<String>,
    /// What the address holds.
    pub(crate) settled: Signal<String>,
}

impl Asked {
    /// Binds a field to the part of the query called `name`.
    pub(crate) fn by(name: &'static str) -> Self {
        // A choice is no step to go back by.
        let options = NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() };
        let (there, write) = query_signal_with_options::<String>(name, options);
        let settled = Memo::new(move |_| there.get().unwrap_or_default());
        let typed = RwSignal::new(settled.get_untracked());
        // What this field has sent comes back as a change of the address, and must not undo what was typed since.
        let sent = StoredValue::new(settled.get_untracked());
        Effect::new(move || {
            let now = settled.get();
            if sent.get_value() != now {
                sent.set_value(now.clone());
                typed.set(now);
            }
        });
        let mut send = debounce(QUIET, move |text: String| {
            // The page may have been left meanwhile.
            if sent.try_get_value().is_some_and(|sent| sent != text) {
                sent.set_value(text.clone());
                write.set((!text.is_empty()).then_some(text));
            }
        });
        // Also what is sent already: it takes the place of what was typed and taken back.
        Effect::new(move || send(typed.get()));
        Self { typed, settled: settled.into() }
    }
}
