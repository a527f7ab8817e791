//! The steps of an endpoint one below the other, with what runs in each.

use leptos::prelude::*;

/// What a step is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StepKind {
    /// A place where a hook may be attached and none is.
    #[default]
    Empty,
    /// A hook that is live.
    Live,
    /// A hook that is not deployed or switched off.
    Idle,
    /// A hook that fails.
    Failing,
    /// What the endpoint itself does.
    Core,
}

impl StepKind {
    fn modifier(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Live => "live",
            Self::Idle => "idle",
            Self::Failing => "failing",
            Self::Core => "core",
        }
    }
}

/// A vertical line with [`Step`]s on it.
#[component]
pub fn Timeline(
    /// The steps.
    children: Children,
) -> impl IntoView {
    view! { <ol class="timeline">{children()}</ol> }
}

/// One step of a [`Timeline`].
#[component]
pub fn Step(
    /// What it is.
    #[prop(optional)]
    kind: StepKind,
    /// Its name, such as `before · Refuse free e-mail`.
    #[prop(into)]
    title: String,
    /// Name of the steps among which this one can be moved.
    #[prop(optional, into)]
    group: Option<String>,
    /// Tags beside the name.
    #[prop(optional, into)]
    tags: Option<ViewFn>,
    /// A line of facts and links at its foot.
    #[prop(optional, into)]
    facts: Option<ViewFn>,
    /// What it does, in a sentence.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <li class=format!("step step--{}", kind.modifier()) data-group=group>
            <h2 class="step__title">{title} {tags.map(|tags| tags.run())}</h2>
            {children.map(|children| view! { <div class="step__text">{children()}</div> })}
            {facts.map(|facts| view! { <div class="step__facts">{facts.run()}</div> })}
        </li>
    }
    .into_any()
}
