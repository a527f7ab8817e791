//! A box that filters what is below it.

use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::field::typed_early;
use super::kbd::Kbd;

/// A search box; `/` puts the cursor into it.
#[component]
pub fn Search(
    /// Name of the field in its form, and its id.
    name: &'static str,
    /// What it looks for, such as `Find an endpoint or hook`.
    label: &'static str,
    /// Read and written.
    value: RwSignal<String>,
) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    let early = StoredValue::new(typed_early(name));
    Effect::new(move || {
        // Not earlier: what is below would not be what the server has rendered.
        if let Some(typed) = early.try_update_value(Option::take).flatten() {
            value.set(typed);
        }
        let keys = window_event_listener(ev::keydown, move |event| {
            let typing =
                event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()).is_some_and(
                    |element| element.matches("input,textarea,select,[contenteditable]").unwrap_or(false),
                );
            if event.key() == "/" && !typing && !event.ctrl_key() && !event.meta_key() {
                event.prevent_default();
                if let Some(input) = input.get_untracked() {
                    drop(input.focus());
                }
            }
        });
        on_cleanup(move || keys.remove());
    });
    view! {
        <label class="search">
            <span class="visually-hidden">{label}</span>
            <input
                node_ref=input
                class="input"
                type="search"
                id=name
                name=name
                placeholder=label
                autocomplete="off"
                value=value.get_untracked()
                prop:value=move || value.get()
                on:input=move |event| value.set(event_target_value(&event))
            />
            <Kbd keys="/" />
        </label>
    }
    .into_any()
}
