//! Views whose code the browser loads when they are first wanted.

use std::pin::Pin;

use leptos::prelude::*;
use leptos::reactive::computed::ScopedFuture;
use leptos::task::spawn_local;

/// A lazy function's answer on its way.
pub(crate) type Loading = Pin<Box<dyn Future<Output = AnyView>>>;

/// Nothing, until `wanted` is true for the first time; from then on what `load` gives. `load(false)` loads the code
/// and builds nothing. The server renders nothing of it.
pub(crate) fn on_demand(wanted: Signal<bool>, load: impl Fn(bool) -> Loading + Copy + 'static) -> AnyView {
    let view = StoredValue::new_local(None);
    let there = RwSignal::new(false);
    let asked = StoredValue::new(false);
    Effect::new(move || {
        if !wanted.get() || asked.get_value() {
            return;
        }
        asked.set_value(true);
        // What it builds belongs to this page and is disposed with it.
        spawn_local(ScopedFuture::new_untracked(async move {
            drop(load(false).await);
            // The page may have been left while the code was on its way.
            if there.is_disposed() {
                return;
            }
            let built = load(true).await;
            view.set_value(Some(built));
            there.set(true);
        }));
    });
    (move || there.get().then(|| view.try_update_value(Option::take).flatten())).into_any()
}
