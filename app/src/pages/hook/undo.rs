//! The notice after a deployment, with the way back.

use contract::manage::Deployed;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::workbench::Workbench;
use crate::api;

/// Says what is live now and offers to take it back: to the version before, or, when there was none, by
/// switching the hook off.
pub(super) fn offer(bench: Workbench, deployed: &Deployed) {
    let toasts = bench.toasts;
    let text = format!("v{} is live", deployed.version);
    let Some(previous) = deployed.previous else {
        // The page may be gone when the notice is still there; then there is nobody to switch for.
        let off = Callback::new(move |()| {
            if !bench.hook.is_disposed() {
                bench.switch(false);
            }
        });
        toasts.with_action(text, "Switch off", off);
        return;
    };
    let (slug, id) = bench.place();
    let undo = Callback::new(move |()| {
        let work = api::versions::roll_back(slug.clone(), id.clone(), previous);
        spawn_local(async move {
            match work.await {
                Ok(back) => {
                    toasts.ok(format!(
                        "v{} is live: the code of v{previous}. The draft is kept.",
                        back.version
                    ));
                    if !bench.hook.is_disposed() {
                        bench.refresh();
                    }
                }
                Err(error) => toasts.bad(error.message()),
            }
        });
    });
    toasts.with_action(text, "Undo", undo);
}
