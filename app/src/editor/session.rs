//! What both editors have in common: loading the module, and what is shown until then.

use leptos::prelude::*;
use monaco_bindings::Host;

use super::ahead::MODULE;
use super::theme;
use crate::assets::Assets;
use crate::components::error_panel::ErrorPanel;
use crate::components::loading::Skeleton;
use crate::theme::Appearance;

/// How far an editor is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Stage {
    /// Its module is on the way.
    #[default]
    Loading,
    /// It is open.
    Open,
    /// Its module did not load.
    Failed(String),
}

/// Loads the module and shows it in the page's colours.
pub(super) async fn load(assets: &Assets, appearance: Appearance) -> Result<Host, Stage> {
    let host = Host::load(&assets.url(MODULE)).await.map_err(|error| Stage::Failed(error.to_string()))?;
    theme::apply(&host, appearance.dark_untracked());
    Ok(host)
}

/// Covers the editor until it is open.
#[component]
pub(super) fn Cover(
    /// How far the editor is.
    stage: RwSignal<Stage>,
) -> impl IntoView {
    move || {
        match stage.get() {
        Stage::Open => ().into_any(),
        Stage::Loading => {
            view! { <div class="editor__waiting"><Skeleton label="Loading the editor" lines=6 /></div> }.into_any()
        }
        Stage::Failed(reason) => {
            view! {
                <div class="editor__failed">
                    <ErrorPanel title="The editor did not load" text=format!("{reason} Reload the page to try again.") />
                </div>
            }
            .into_any()
        }
    }
    }
}
