//! What is around every control.

use leptos::prelude::*;
use wasm_bindgen::JsCast;

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
pub(super) fn typed_early(id: &str) -> Option<String> {
    if !cfg!(feature = "hydrate") {
        return None;
    }
    let document = document();
    if document.document_element()?.has_attribute("data-hydrated") {
        return None;
    }
    let element = document.get_element_by_id(id)?;
    let (typed, written) = match element.dyn_ref::<web_sys::HtmlInputElement>() {
        Some(input) => (input.value(), input.default_value()),
        None => {
            let area = element.dyn_ref::<web_sys::HtmlTextAreaElement>()?;
            (area.value(), area.default_value().ok()?)
        }
    };
    (typed != written).then_some(typed)
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
