//! The keys that open the palette.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use send_wrapper::SendWrapper;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

type Listener = Closure<dyn Fn(KeyboardEvent)>;

/// Calls `pressed` on ⌘K or Ctrl K for as long as the component lives. It hears the keys before
/// anything on the page does: the code editor would keep them for itself.
pub(super) fn listen(pressed: impl Fn() + Clone + 'static) {
    let listener = StoredValue::new(None::<SendWrapper<Listener>>);
    Effect::new(move || {
        let pressed = pressed.clone();
        let heard = Listener::new(move |event: KeyboardEvent| {
            if meant(&event) {
                event.prevent_default();
                event.stop_propagation();
                pressed();
            }
        });
        // A window that cannot be listened to leaves the button in the rail.
        let _refused = window().add_event_listener_with_callback_and_bool(
            "keydown",
            heard.as_ref().unchecked_ref(),
            true,
        );
        listener.set_value(Some(SendWrapper::new(heard)));
    });
    on_cleanup(move || {
        if let Some(heard) = listener.try_update_value(Option::take).flatten() {
            let _refused = window().remove_event_listener_with_callback_and_bool(
                "keydown",
                heard.as_ref().unchecked_ref(),
                true,
            );
        }
    });
}

fn meant(event: &KeyboardEvent) -> bool {
    event.key().eq_ignore_ascii_case("k")
        && (event.meta_key() || event.ctrl_key())
        && !event.shift_key()
        && !event.alt_key()
}
