//! One of several choices.

use leptos::prelude::*;

use super::frame::{Frame, described_by};

/// One choice of a [`Select`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What the form sends.
    pub value: String,
    /// What the reader sees.
    pub label: String,
    /// Heading of the group it stands in; choices of one group stand together.
    pub group: Option<String>,
}

impl Choice {
    /// A choice.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into(), group: None }
    }

    /// Puts it below a heading.
    #[must_use]
    pub fn group(mut self, heading: impl Into<String>) -> Self {
        self.group = Some(heading.into());
        self
    }
}

/// One of several choices, as the browser's own list.
#[component]
pub fn Select(
    /// Name of the field in its form, and its id unless `id` is given.
    #[prop(into)]
    name: String,
    /// Label above it.
    #[prop(into)]
    label: String,
    /// Id, when the page has two fields of one name.
    #[prop(optional, into)]
    id: Option<String>,
    /// The choices.
    #[prop(into)]
    choices: Signal<Vec<Choice>>,
    /// Read and written, when given.
    #[prop(optional, into)]
    value: Option<RwSignal<String>>,
    /// What is chosen at first, when there is no `value`.
    #[prop(optional, into)]
    initial: Option<String>,
    /// Help below it.
    #[prop(optional, into)]
    hint: Option<String>,
    /// What is wrong with the choice.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// Cannot be changed.
    #[prop(optional, into)]
    disabled: Signal<bool>,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| name.clone());
    let described = described_by(&id, hint.is_some(), error);
    let first = value.map(|value| value.get_untracked()).or(initial).unwrap_or_default();
    let chosen = move || value.map_or_else(|| first.clone(), |value| value.get());
    view! {
        <Frame id=id.clone() label hint error>
            <select
                class="input input--select"
                id=id
                name=name
                disabled=move || disabled.get()
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                aria-describedby=described
                on:change=move |event| {
                    if let Some(value) = value {
                        value.set(event_target_value(&event));
                    }
                }
            >
                {move || {
                    let chosen = chosen();
                    choices
                        .get()
                        .chunk_by(|one, next| one.group == next.group)
                        .map(|together| {
                            let options = together.iter().map(|choice| option(choice, &chosen)).collect_view();
                            match together.first().and_then(|choice| choice.group.clone()) {
                                Some(group) => view! { <optgroup label=group>{options}</optgroup> }.into_any(),
                                None => options.into_any(),
                            }
                        })
                        .collect_view()
                }}
            </select>
        </Frame>
    }
    .into_any()
}

fn option(choice: &Choice, chosen: &str) -> impl IntoView + use<> {
    let selected = choice.value == chosen;
    view! {
        <option value=choice.value.clone() selected=selected prop:selected=selected>
            {choice.label.clone()}
        </option>
    }
}
