//! A box that is ticked or not.

use leptos::prelude::*;

/// A box that is ticked or not.
#[component]
pub fn Checkbox(
    /// Name of the field in its form, and its id unless `id` is given.
    #[prop(into)]
    name: String,
    /// Label beside it.
    #[prop(into)]
    label: String,
    /// Id, when the page has two fields of one name.
    #[prop(optional, into)]
    id: Option<String>,
    /// Read and written, when given.
    #[prop(optional, into)]
    value: Option<RwSignal<bool>>,
    /// Its state at first, when there is no `value`.
    #[prop(default = false)]
    initial: bool,
    /// Help below the label.
    #[prop(optional, into)]
    hint: Option<String>,
    /// Cannot be changed.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// Called with the new state after a change by the reader.
    #[prop(optional, into)]
    on_change: Option<Callback<bool>>,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| name.clone());
    let first = value.map_or(initial, |value| value.get_untracked());
    let state = RwSignal::new(first);
    let described = hint.is_some().then(|| format!("{id}-hint"));
    let hint = hint.map(|hint| view! { <p class="field__hint" id=format!("{id}-hint")>{hint}</p> });
    view! {
        <div class="checkbox">
            <input
                class="checkbox__box"
                type="checkbox"
                id=id.clone()
                name=name
                value="true"
                checked=first
                prop:checked=move || value.map_or_else(|| state.get(), |value| value.get())
                disabled=move || disabled.get()
                aria-describedby=described
                on:change=move |event| {
                    let checked = event_target_checked(&event);
                    value.unwrap_or(state).set(checked);
                    if let Some(on_change) = on_change {
                        on_change.run(checked);
                    }
                }
            />
            <div>
                <label class="checkbox__label" for=id>
                    {label}
                </label>
                {hint}
            </div>
        </div>
    }
    .into_any()
}
