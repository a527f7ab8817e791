//! What the editor shows only now and then: its code comes when it is first wanted.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_split::wasm_split;

use super::compare::CompareDialog;
use super::conflict::{Differences, DifferencesDialog};
use super::data::DataCards;
use super::delete::DeleteDialog;
use super::deploy::DeployDialog;
use super::settings::SettingsForm;
use super::workbench::Workbench;
use crate::components::loading::Skeleton;
use crate::pages::part::{Part, on_demand};
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
    /// Two people's drafts, side by side.
    Differences(Differences),
    /// What the event holds.
    Data,
    /// The hook's settings.
    Settings,
    /// The dialog that sets a secret.
    Secret(Asking),
}

/// An extra of this editor, from when it is first `wanted`.
pub(super) fn extra(bench: Workbench, wanted: impl Into<Signal<bool>>, which: Extra) -> AnyView {
    let waiting: fn() -> AnyView = match which {
        Extra::Settings | Extra::Data => || view! { <Skeleton lines=6 /> }.into_any(),
        _ => || ().into_any(),
    };
    on_demand(wanted.into(), waiting, move |show| Box::pin(extras(show.then_some((bench, which)))))
}

/// Loads the code once the text has been looked at, so that nobody has to wait for it, the editor itself included.
pub(super) fn fetch_when_quiet(bench: Workbench) {
    let quiet = Memo::new(move |_| bench.found.with(Option::is_some));
    Effect::new(move || {
        if quiet.get() {
            spawn_local(async { drop(extras(None).await) });
        }
    });
}

/// Builds it; with none only the code is loaded.
#[wasm_split(extras, fallible, wasm_split_path = ::leptos::wasm_split)]
fn extras(wanted: Option<(Workbench, Extra)>) -> Part {
    let Some((bench, which)) = wanted else { return Ok(().into_any()) };
    Ok(match which {
        Extra::Deploy => view! { <DeployDialog bench /> }.into_any(),
        Extra::Compare => view! { <CompareDialog bench /> }.into_any(),
        Extra::Delete => view! { <DeleteDialog bench /> }.into_any(),
        Extra::Differences(differences) => view! { <DifferencesDialog bench differences /> }.into_any(),
        Extra::Data => view! { <DataCards bench /> }.into_any(),
        Extra::Settings => view! { <SettingsForm bench /> }.into_any(),
        Extra::Secret(asking) => {
            let changed = Callback::new(move |()| bench.secrets.refetch());
            view! { <ValueDialog asking changed /> }.into_any()
        }
    })
}
