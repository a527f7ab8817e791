//! Views whose code the browser loads when they are first wanted.

use std::pin::Pin;

use leptos::prelude::*;
use leptos::reactive::computed::ScopedFuture;
use leptos::task::spawn_local;
use send_wrapper::SendWrapper;

/// A lazy function's answer on its way.
pub(crate) type Loading = Pin<Box<dyn Future<Output = AnyView>>>;

/// Nothing, until `wanted` is true for the first time; from then on what `load` gives. `load(false)` loads the code
/// and builds nothing. The server renders nothing of it.
pub(crate) fn on_demand(wanted: Signal<bool>, load: impl Fn(bool) -> Loading + Copy + 'static) -> AnyView {
    let view = StoredValue::new(None::<SendWrapper<AnyView>>);
    let there = RwSignal::new(false);
    // True for good: what is built belongs to the effect below, and would be disposed if that ran a second time.
    let wanted = Memo::new(move |before: Option<&bool>| before.copied().unwrap_or(false) || wanted.get());
    Effect::new(move || {
        if !wanted.get() {
            return;
        }
        spawn_local(ScopedFuture::new_untracked(async move {
            drop(load(false).await);
            // The page may have been left while the code was on its way.
            if there.is_disposed() {
                return;
            }
            let built = load(true).await;
            view.set_value(Some(SendWrapper::new(built)));
            there.set(true);
        }));
    });
    (move || there.get().then(|| view.try_update_value(Option::take).flatten().map(SendWrapper::take)))
        .into_any()
}
