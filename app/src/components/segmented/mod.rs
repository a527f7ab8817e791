//! A choice between few alternatives that are all in sight.

use leptos::prelude::*;

/// One alternative.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// What `value` becomes when it is chosen.
    pub value: String,
    /// What it says, such as `With hooks 9`.
    pub label: String,
}

impl Segment {
    /// An alternative.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into() }
    }
}

/// A choice of one. Radio buttons underneath: the arrow keys choose, and a form around it sends it.
#[component]
pub fn Segmented(
    /// Name of the field; must be unique on the page.
    #[prop(into)]
    name: String,
    /// What is chosen, for assistive technology.
    #[prop(into)]
    label: String,
    /// The alternatives.
    #[prop(into)]
    segments: Signal<Vec<Segment>>,
    /// The chosen value.
    value: RwSignal<String>,
) -> impl IntoView {
    view! {
        <fieldset class="segmented">
            <legend class="visually-hidden">{label}</legend>
            {move || {
                let name = name.clone();
                segments
                    .get()
                    .into_iter()
                    .map(|segment| {
                        let own = StoredValue::new(segment.value.clone());
                        view! {
                            <label class="segmented__item">
                                <input
                                    type="radio"
                                    name=name.clone()
                                    value=segment.value
                                    checked=own.with_value(|own| value.with_untracked(|value| value == own))
                                    prop:checked=move || own.with_value(|own| value.with(|value| value == own))
                                    on:change=move |_| value.set(own.get_value())
                                />
                                <span>{segment.label}</span>
                            </label>
                        }
                    })
                    .collect_view()
            }}
        </fieldset>
    }
    .into_any()
}
