//! Forms that were changed and not saved when their page was left. They stay in this window until the page is opened
//! again: nothing of them is saved unasked.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::unload;
use crate::components::toast::Toasts;

/// A form, and the notice about it.
struct Kept {
    form: Box<dyn Any>,
    notice: Option<(Toasts, u64)>,
}

thread_local! {
    static KEPT: RefCell<HashMap<String, Kept>> = RefCell::default();
    /// What there is no more: nothing about it is kept.
    static GONE: RefCell<HashSet<String>> = RefCell::default();
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Whether a form is kept under `key`, such as the id of what it is about.
pub(crate) fn there(key: &str) -> bool {
    KEPT.with_borrow(|kept| kept.contains_key(key))
}

/// The form that is kept under `key`, when its page is opened again.
pub(crate) fn take<T: 'static>(key: &str) -> Option<T> {
    let kept = KEPT.with_borrow_mut(|kept| kept.remove(key))?;
    if let Some((toasts, notice)) = kept.notice {
        toasts.close(notice);
    }
    kept.form.downcast().ok().map(|form| *form)
}

/// What `key` names is gone for good, and its page is about to go: nothing is kept of it.
pub(crate) fn forget(key: &str) {
    _ = take::<()>(key);
    GONE.with_borrow_mut(|gone| gone.insert(key.to_owned()));
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
        if GONE.with_borrow_mut(|gone| gone.remove(&key)) || !changed() {
            return;
        }
        let kept = Kept { form: Box::new(form()), notice: None };
        KEPT.with_borrow_mut(|all| all.insert(key.clone(), kept));
        unload::ask_while(&GUARDED, || KEPT.with_borrow(|kept| !kept.is_empty()));
        let back = back.clone();
        // Not as part of the page that is just closing: the notice outlives it.
        spawn_local(async move {
            KEPT.with_borrow_mut(|all| {
                // The page may have been built anew meanwhile.
                if let Some(kept) = all.get_mut(&key) {
                    let notice = toasts.bad_with_action(text, label, Callback::new(move |()| back()));
                    kept.notice = Some((toasts, notice));
                }
            });
        });
    });
}
