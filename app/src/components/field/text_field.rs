//! One line of text.

use leptos::prelude::*;

use super::frame::{Frame, described_by, typed_early};

/// One line of text, or whatever `kind` makes of it.
#[component]
pub fn TextField(
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
    /// HTML input type, such as `email`, `password`, `number`, `search`, `url`.
    #[prop(default = "text")]
    kind: &'static str,
    /// Help below it.
    #[prop(optional, into)]
    hint: Option<String>,
    /// What is wrong with its value.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// Shown while it is empty.
    #[prop(optional, into)]
    placeholder: Option<String>,
    /// What the browser may fill in, such as `current-password`.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// May not be empty.
    #[prop(default = false)]
    required: bool,
    /// Says `optional` beside the label.
    #[prop(default = false)]
    optional: bool,
    /// Takes the focus when the page or dialog opens.
    #[prop(default = false)]
    autofocus: bool,
    /// Shows what is typed in the code font.
    #[prop(default = false)]
    mono: bool,
    /// Cannot be changed.
    #[prop(optional, into)]
    disabled: Signal<bool>,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| name.clone());
    let described = described_by(&id, hint.is_some(), error);
    let first = value.map(|value| value.get_untracked()).or(initial);
    if let Some((value, typed)) = value.zip(typed_early(&id)) {
        value.set(typed);
    }
    view! {
        <Frame id=id.clone() label optional hint error>
            <input
                class="input"
                class:input--mono=mono
                id=id
                name=name
                type=kind
                value=first
                prop:value=move || value.map(|value| value.get())
                placeholder=placeholder
                autocomplete=autocomplete
                required=required
                autofocus=autofocus
                disabled=move || disabled.get()
                spellcheck=if mono { Some("false") } else { None }
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                aria-describedby=described
                on:input=move |event| {
                    if let Some(value) = value {
                        value.set(event_target_value(&event));
                    }
                }
            />
        </Frame>
    }
    .into_any()
}
