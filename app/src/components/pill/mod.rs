//! One step of a pipeline, as a pill.

use leptos::prelude::*;

/// How a step of a pipeline is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PillState {
    /// Nothing is attached.
    #[default]
    Empty,
    /// Something is live.
    Enabled,
    /// Something is attached and switched off.
    Disabled,
    /// A draft waits to be deployed.
    Draft,
    /// What is live fails.
    Failing,
    /// Something happens here that is not a hook, such as an event.
    Neutral,
}

impl PillState {
    fn modifier(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Enabled => "enabled",
            Self::Disabled => "disabled",
            Self::Draft => "draft",
            Self::Failing => "failing",
            Self::Neutral => "neutral",
        }
    }

    /// The state in words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Empty => "no hook",
            Self::Enabled => "enabled",
            Self::Disabled => "disabled",
            Self::Draft => "draft pending",
            Self::Failing => "failing",
            Self::Neutral => "event",
        }
    }
}

/// One step of a pipeline: its name, and its state by colour, shape and word.
#[component]
pub fn Pill(
    /// Name of the step, such as `before · 2`.
    #[prop(into)]
    label: String,
    /// How it is doing.
    #[prop(optional)]
    state: PillState,
    /// Where a click leads.
    #[prop(optional, into)]
    href: Option<String>,
) -> impl IntoView {
    let class = format!("pill pill--{}", state.modifier());
    let words = view! { <span class="visually-hidden">{format!(", {}", state.as_str())}</span> };
    match href {
        Some(href) => view! { <a class=class href=href title=state.as_str()>{label}{words}</a> }.into_any(),
        None => view! { <span class=class title=state.as_str()>{label}{words}</span> }.into_any(),
    }
}
