//! The notice after a deployment, with the way back.

use contract::manage::Deployed;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::workbench::Workbench;
use crate::api;

/// Says what is live now and offers to take it back: to the version before, or, when there was none, by
/// switching the hook off.
///
/// `idle` says why nothing runs all the same, when that is so.
pub(super) fn offer(bench: Workbench, deployed: &Deployed, idle: Option<&'static str>) {
    let toasts = bench.toasts;
    let text = match idle {
        None => format!("v{} is live", deployed.version),
        Some(why) => format!("v{} is deployed but does not run: {why}", deployed.version),
    };
    // The notice outlives the page: it knows the place by itself.
    let (slug, id) = bench.place();
    let Some(previous) = deployed.previous else {
        let off = Callback::new(move |()| bench.switch_at((slug.clone(), id.clone()), false));
        toasts.with_action(text, "Switch off", off);
        return;
    };
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
