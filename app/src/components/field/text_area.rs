//! Several lines of text.

use leptos::prelude::*;

use super::frame::{Frame, described_by, typed_early};

/// Several lines of text.
#[component]
pub fn TextArea(
    /// Name of the field in its form, and its id unless `id` is given.
    #[prop(into)]
    name: String,
    /// Label above it.
    #[prop(into)]
    label: String,
    /// Id, when the page has two fields of one name.
    #[prop(optional, into)]
    id: Option<String>,
    /// Read and written, when given.
    #[prop(optional, into)]
    value: Option<RwSignal<String>>,
    /// What it holds at first, when there is no `value`.
    #[prop(optional, into)]
    initial: Option<String>,
    /// How many lines are in sight.
    #[prop(default = 4)]
    rows: u32,
    /// Help below it.
    #[prop(optional, into)]
    hint: Option<String>,
    /// What is wrong with its value.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// Shown while it is empty.
    #[prop(optional, into)]
    placeholder: Option<String>,
    /// May not be empty.
    #[prop(default = false)]
    required: bool,
    /// Says `optional` beside the label.
    #[prop(default = false)]
    optional: bool,
    /// Shows what is typed in the code font, such as JSON.
    #[prop(default = false)]
    mono: bool,
    /// Hides what is typed until the reader asks to see it. Unlike a password field it keeps line breaks.
    #[prop(default = false)]
    secret: bool,
    /// Cannot be changed.
    #[prop(optional, into)]
    disabled: Signal<bool>,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| name.clone());
    let described = described_by(&id, hint.is_some(), error);
    let first = value.map(|value| value.get_untracked()).or(initial).unwrap_or_default();
    if let Some((value, typed)) = value.zip(typed_early(&id)) {
        value.set(typed);
    }
    let shown = RwSignal::new(false);
    view! {
        <Frame id=id.clone() label optional hint error>
            <textarea
                class="input input--area"
                class:input--mono=mono
                class:input--secret=move || secret && !shown.get()
                id=id
                name=name
                rows=rows
                prop:value=move || value.map(|value| value.get())
                placeholder=placeholder
                autocomplete="off"
                required=required
                disabled=move || disabled.get()
                spellcheck=if mono { Some("false") } else { None }
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                aria-describedby=described
                on:input=move |event| {
                    if let Some(value) = value {
                        value.set(event_target_value(&event));
                    }
                }
            >
                {first}
            </textarea>
            {secret
                .then(|| {
                    view! {
                        <button
                            type="button"
                            class="link field__show"
                            aria-pressed=move || if shown.get() { "true" } else { "false" }
                            on:click=move |_| shown.update(|shown| *shown = !*shown)
                        >
                            "Show the value"
                        </button>
                    }
                })}
        </Frame>
    }
    .into_any()
}
