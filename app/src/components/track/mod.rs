//! The track: the pipeline of an endpoint as connected pills around its core.

use leptos::prelude::*;

use super::pill::{Pill, PillState};

/// One station of the track.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TrackStep {
    /// A phase or event that hooks can be attached to.
    Pill {
        /// Its name.
        label: String,
        /// How it is doing.
        state: PillState,
        /// Where a click leads.
        href: Option<String>,
    },
    /// What the endpoint itself does.
    Core,
}

/// The pipeline of an endpoint, in run order.
#[component]
pub fn Track(
    /// Its stations, in the order in which they run.
    steps: Vec<TrackStep>,
) -> impl IntoView {
    view! {
        <ol class="track">
            {steps
                .into_iter()
                .map(|step| match step {
                    TrackStep::Pill { label, state, href } => {
                        let pill = match href {
                            Some(href) => view! { <Pill label state href /> }.into_any(),
                            None => view! { <Pill label state /> }.into_any(),
                        };
                        view! { <li class="track__step">{pill}</li> }.into_any()
                    }
                    TrackStep::Core => {
                        view! {
                            <li class="track__step">
                                <span class="track__core" title="What the endpoint itself does"></span>
                                <span class="visually-hidden">"core"</span>
                            </li>
                        }
                            .into_any()
                    }
                })
                .collect_view()}
        </ol>
    }
    .into_any()
}
