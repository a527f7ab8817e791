//! The editor's keys, wherever on the page the cursor is.

use leptos::ev::{self, KeyboardEvent};
use leptos::prelude::*;

use super::workbench::Workbench;
use crate::components::dialog::dialog_is_open;

/// ⌘S saves, ⌘↵ tests, ⌘⇧↵ deploys, F8 goes to the next problem. The code editor hears them first and
/// keeps them to itself.
pub(super) fn listen(bench: Workbench) {
    Effect::new(move || {
        let keys = window_event_listener(ev::keydown, move |event| {
            if !event.default_prevented() && !event.repeat() && !dialog_is_open() && act(bench, &event) {
                event.prevent_default();
            }
        });
        on_cleanup(move || keys.remove());
    });
}

fn act(bench: Workbench, event: &KeyboardEvent) -> bool {
    let command = event.meta_key() || event.ctrl_key();
    match (event.key().as_str(), command, event.shift_key()) {
        ("s" | "S", true, false) => bench.save(),
        ("Enter", true, false) => bench.test(),
        ("Enter", true, true) => bench.deploying.set(true),
        ("F8", false, false) => bench.handle.next_problem(),
        _ => return false,
    }
    true
}
