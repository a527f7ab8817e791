//! What belongs to no project: keys that open every project, and the trail of administrators, keys and deleted
//! projects.

use leptos::prelude::*;

use super::audit::AuditList;
use super::keys::{Keys, Place};
use super::loaded::{Data, ask, loaded};
use super::start::StartFrame;
use crate::api;
use crate::components::button::{Button, Variant};

/// The page.
#[component]
pub(crate) fn Instance() -> impl IntoView {
    let adding = RwSignal::new(false);
    let trail: Data<_> = ask(|| (), |()| api::runs::list_audit(None, None));
    let actions = ViewFn::from(move || {
        view! {
            <Button variant=Variant::Primary on_click=Callback::new(move |_| adding.set(true))>
                "Create API key"
            </Button>
        }
    });
    view! {
        <StartFrame
            title="Instance"
            text="What belongs to no project: keys that open every project, and who changed what."
            actions
        >
            <h2 class="start__title">"API keys"</h2>
            <Keys place=Place::Instance adding />
            <h2 class="start__title">"Audit log"</h2>
            {loaded(
                "The audit log could not be loaded",
                trail,
                |first| view! { <AuditList first project=None /> },
            )}
        </StartFrame>
    }
    .into_any()
}
