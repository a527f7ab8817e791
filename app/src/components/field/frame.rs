//! What is around every control.

use leptos::prelude::*;
use wasm_bindgen::JsCast;

use crate::components::arrival::hydrated;

/// Ids of the hint and the error of field `id`, for `aria-describedby`.
pub(super) fn described_by(
    id: &str,
    hint: bool,
    error: Signal<Option<String>>,
) -> impl Fn() -> Option<String> + use<> {
    let hint = hint.then(|| format!("{id}-hint"));
    let wrong = format!("{id}-error");
    move || {
        let ids: Vec<&str> = [hint.as_deref(), error.with(Option::is_some).then_some(wrong.as_str())]
            .into_iter()
            .flatten()
            .collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }
}

/// What the reader typed into field `id` before the page was hydrated, which must not be overwritten.
pub(in crate::components) fn typed_early(id: &str) -> Option<String> {
    let element = early(id)?;
    let (typed, written) = match element.dyn_ref::<web_sys::HtmlInputElement>() {
        Some(input) => (input.value(), input.default_value()),
        None => {
            let area = element.dyn_ref::<web_sys::HtmlTextAreaElement>()?;
            (area.value(), area.default_value().ok()?)
        }
    };
    (typed != written).then_some(typed)
}

/// Whether the reader ticked box `id`, or took the tick away, before the page was hydrated.
pub(super) fn ticked_early(id: &str) -> Option<bool> {
    let element = early(id)?;
    let input = element.dyn_ref::<web_sys::HtmlInputElement>()?;
    (input.checked() != input.default_checked()).then(|| input.checked())
}

/// The element that the server rendered, while the page is not hydrated.
fn early(id: &str) -> Option<web_sys::Element> {
    if !cfg!(feature = "hydrate") || hydrated() {
        return None;
    }
    document().get_element_by_id(id)
}

/// Label above, hint and error below the control.
#[component]
pub(super) fn Frame(
    /// Id of the control.
    id: String,
    /// Label of the control.
    label: String,
    /// Marks the field as not needed.
    #[prop(default = false)]
    optional: bool,
    /// Help below the control.
    hint: Option<String>,
    /// What is wrong with the value.
    error: Signal<Option<String>>,
    /// The control.
    children: Children,
) -> impl IntoView {
    let hint = hint.map(|hint| view! { <p class="field__hint" id=format!("{id}-hint")>{hint}</p> });
    let wrong = format!("{id}-error");
    view! {
        <div class="field">
            <label class="field__label" for=id>
                {label}
                {optional.then(|| view! { <span class="field__optional">" optional"</span> })}
            </label>
            {children()}
            {hint}
            {move || {
                let id = wrong.clone();
                error.get().map(|error| view! { <p class="field__error" id=id role="alert">{error}</p> })
            }}
        </div>
    }
}
