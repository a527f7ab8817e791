//! The notice after a deployment, with the way back.

use contract::error::ErrorCode;
use contract::ids::HookId;
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
        let off = Callback::new(move |()| bench.switch_back((slug.clone(), id.clone()), false));
        toasts.with_action(text, "Switch off", off);
        return;
    };
    let undo = Callback::new(move |()| take_back(bench, (slug.clone(), id.clone()), previous, false));
    toasts.with_action(text, "Undo", undo);
}

/// Rolls back to `previous`; when that lacks a secret by now, the reader may insist.
fn take_back(bench: Workbench, (slug, id): (String, HookId), previous: u32, anyway: bool) {
    let toasts = bench.toasts;
    let work = api::versions::roll_back(slug.clone(), id.clone(), previous, anyway);
    spawn_local(async move {
        match work.await {
            Ok(back) => {
                toasts.ok(format!("v{} is live: the code of v{previous}. The draft is kept.", back.version));
                if !bench.hook.is_disposed() {
                    bench.refresh();
                }
            }
            Err(error) if error.code() == ErrorCode::NotDeployable && !anyway => {
                let insist =
                    Callback::new(move |()| take_back(bench, (slug.clone(), id.clone()), previous, true));
                toasts.bad_with_action(error.message(), "Undo anyway", insist);
            }
            Err(error) => toasts.bad(error.message()),
        }
    });
}
