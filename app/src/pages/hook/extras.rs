//! What the editor shows only now and then: its code comes when it is first wanted.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::compare::CompareDialog;
use super::delete::DeleteDialog;
use super::deploy::DeployDialog;
use super::settings::SettingsForm;
use super::workbench::Workbench;
use crate::pages::on_demand::on_demand;
use crate::pages::secrets::{Asking, ValueDialog};

/// What there is.
#[derive(Clone, Copy)]
pub(super) enum Extra {
    /// The dialog that deploys.
    Deploy,
    /// What is live beside the draft.
    Compare,
    /// The dialog that deletes.
    Delete,
    /// The hook's settings.
    Settings,
    /// The dialog that sets a secret.
    Secret(Asking),
}

/// An extra of this editor, from when it is first `wanted`.
pub(super) fn extra(bench: Workbench, wanted: impl Into<Signal<bool>>, which: Extra) -> AnyView {
    on_demand(wanted.into(), move |show| Box::pin(extras(show.then_some((bench, which)))))
}

/// Loads the code once the editor is ready, so that nobody has to wait for it.
pub(super) fn fetch_when_ready(bench: Workbench) {
    let ready = Memo::new(move |_| bench.handle.ready());
    Effect::new(move || {
        if ready.get() {
            spawn_local(async { drop(extras(None).await) });
        }
    });
}

/// Builds it; with none only the code is loaded.
#[lazy]
fn extras(wanted: Option<(Workbench, Extra)>) -> AnyView {
    let Some((bench, which)) = wanted else { return ().into_any() };
    match which {
        Extra::Deploy => view! { <DeployDialog bench /> }.into_any(),
        Extra::Compare => view! { <CompareDialog bench /> }.into_any(),
        Extra::Delete => view! { <DeleteDialog bench /> }.into_any(),
        Extra::Settings => view! { <SettingsForm bench /> }.into_any(),
        Extra::Secret(asking) => {
            let changed = Callback::new(move |()| bench.secrets.refetch());
            view! { <ValueDialog asking changed /> }.into_any()
        }
    }
}
