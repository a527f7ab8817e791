//! Forms that were changed and not saved when their page was left. They stay in this window until the page is opened
//! again: nothing of them is saved unasked.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::unload;
use crate::components::toast::Toasts;

thread_local! {
    static KEPT: RefCell<HashMap<String, Box<dyn Any>>> = RefCell::default();
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Whether a form is kept under `key`, such as the id of what it is about.
pub(crate) fn there(key: &str) -> bool {
    KEPT.with_borrow(|kept| kept.contains_key(key))
}

/// The form that is kept under `key`, when its page is opened again.
pub(crate) fn take<T: 'static>(key: &str) -> Option<T> {
    let form = KEPT.with_borrow_mut(|kept| kept.remove(key))?;
    form.downcast().ok().map(|form| *form)
}

/// When the page goes, by whatever way, and `changed` says so, keeps what `form` gives under `key`. Says that with
/// `text`, beside a button called `label` that leads `back`.
pub(crate) fn keep_when_left<T: 'static>(
    key: String,
    changed: impl Fn() -> bool + Send + Sync + 'static,
    form: impl Fn() -> T + Send + Sync + 'static,
    (toasts, text, label): (Toasts, String, &'static str),
    back: impl Fn() + Clone + Send + Sync + 'static,
) {
    on_cleanup(move || {
        if !changed() {
            return;
        }
        KEPT.with_borrow_mut(|kept| kept.insert(key, Box::new(form())));
        unload::ask_while(&GUARDED, || KEPT.with_borrow(|kept| !kept.is_empty()));
        let back = back.clone();
        // Not as part of the page that is just closing: the notice outlives it.
        spawn_local(async move { toasts.bad_with_action(text, label, Callback::new(move |()| back())) });
    });
}
