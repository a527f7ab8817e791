//! A box that is ticked or not, and a setting that is on or off.

use leptos::prelude::*;

use super::frame::ticked_early;

/// A box that is ticked or not, in a form.
#[component]
pub fn Checkbox(
    /// Name of the field in its form, and its id.
    #[prop(into)]
    name: String,
    /// Label beside it.
    #[prop(into)]
    label: String,
    /// Read and written, when given.
    #[prop(optional, into)]
    value: Option<RwSignal<bool>>,
    /// Help below the label.
    #[prop(optional, into)]
    hint: Option<String>,
    /// Called with the new state after a change by the reader.
    #[prop(optional, into)]
    on_change: Option<Callback<bool>>,
) -> impl IntoView {
    tick(["checkbox", "checkbox__box", "checkbox__label"], None, name, label, hint, value, on_change)
}

/// A setting that is on or off.
#[component]
pub fn Switch(
    /// Name of the field in its form, and its id.
    #[prop(into)]
    name: String,
    /// Label beside it.
    #[prop(into)]
    label: String,
    /// Read and written, when given.
    #[prop(optional, into)]
    value: Option<RwSignal<bool>>,
    /// Called with the new state after a change by the reader, when it takes effect at once.
    #[prop(optional, into)]
    on_change: Option<Callback<bool>>,
) -> impl IntoView {
    tick(["switch", "switch__box", "switch__label"], Some("switch"), name, label, None, value, on_change)
}

fn tick(
    [class, input, word]: [&'static str; 3],
    role: Option<&'static str>,
    name: String,
    label: String,
    hint: Option<String>,
    value: Option<RwSignal<bool>>,
    on_change: Option<Callback<bool>>,
) -> AnyView {
    let value = value.unwrap_or_else(|| RwSignal::new(false));
    let first = value.get_untracked();
    // What takes effect at once was not done, so it shows what is.
    if let Some(ticked) = ticked_early(&name).filter(|_| on_change.is_none()) {
        value.set(ticked);
    }
    let described = hint.is_some().then(|| format!("{name}-hint"));
    let hint = hint.map(|hint| view! { <p class="field__hint" id=format!("{name}-hint")>{hint}</p> });
    view! {
        <div class=class>
            <input
                class=input
                type="checkbox"
                role=role
                id=name.clone()
                name=name.clone()
                value="true"
                checked=first
                prop:checked=move || value.get()
                aria-describedby=described
                on:change=move |event| {
                    let checked = event_target_checked(&event);
                    value.set(checked);
                    if let Some(on_change) = on_change {
                        on_change.run(checked);
                    }
                }
            />
            <div>
                <label class=word for=name>
                    {label}
                </label>
                {hint}
            </div>
        </div>
    }
    .into_any()
}
