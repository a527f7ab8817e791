//! Asking before a window closes that holds what is saved nowhere else.

use std::cell::Cell;
use std::thread::LocalKey;

use leptos::ev;
use leptos::prelude::*;

/// From now on, for as long as the window is open, closing it is asked about while `unsaved` says so. `guarded` tells
/// whether that has been arranged already.
pub(crate) fn ask_while(guarded: &'static LocalKey<Cell<bool>>, unsaved: fn() -> bool) {
    if !guarded.replace(true) {
        let _for_good = window_event_listener(ev::beforeunload, move |event| {
            if unsaved() {
                event.prevent_default();
            }
        });
    }
}
