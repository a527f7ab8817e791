//! Asks before the reader leaves a text that could not be saved.

use leptos::ev::MouseEvent;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use send_wrapper::SendWrapper;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

use super::saving::SaveState;
use super::workbench::Workbench;
use crate::components::button::{Button, Variant};
use crate::components::dialog::Dialog;

type Listener = Closure<dyn Fn(MouseEvent)>;

/// Opens instead of a link while there is a conflict or the last save has failed. A text that is merely on its way is
/// saved without a question.
#[component]
pub(super) fn LeaveDialog(
    /// The editor.
    bench: Workbench,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let target = RwSignal::new(String::new());
    let navigate = StoredValue::new(use_navigate());
    listen(move |event| {
        if bench.saving.state().try_with_untracked(stuck) != Some(true) {
            return;
        }
        if let Some(href) = followed(event) {
            event.prevent_default();
            event.stop_propagation();
            target.set(href);
            open.set(true);
        }
    });
    let leave = move || {
        open.set(false);
        navigate.with_value(|navigate| navigate(&target.get_untracked(), Default::default()));
    };
    view! {
        <Dialog
            id="leave"
            title="Leave with unsaved changes?"
            open
            actions=ViewFn::from(move || {
                view! {
                    <Button on_click=Callback::new(move |_| leave())>"Leave"</Button>
                    <Button variant=Variant::Primary on_click=Callback::new(move |_| open.set(false))>
                        "Stay"
                    </Button>
                }
            })
        >
            <p>
                {move || match bench.saving.state().get() {
                    SaveState::Conflict(theirs) => format!("{} saved another text meanwhile, so yours is not saved.", theirs.updated_by),
                    SaveState::Failed(why) => format!("The draft is not saved. {}", why.message()),
                    _ => "The draft is being saved.".to_owned(),
                }}
            </p>
            <p class="form__note">
                "Your text stays in this window until you reload or close it: open the hook again to go on with it."
            </p>
        </Dialog>
    }
    .into_any()
}

fn stuck(state: &SaveState) -> bool {
    matches!(state, SaveState::Conflict(_) | SaveState::Failed(_))
}

/// Where a click leads: a plain click on a link within the console.
fn followed(event: &MouseEvent) -> Option<String> {
    let plain = event.button() == 0
        && !(event.meta_key() || event.ctrl_key() || event.shift_key() || event.alt_key());
    let element = event.target().filter(|_| plain)?.dyn_into::<web_sys::Element>().ok()?;
    let link = element.closest("a[href]").ok()??;
    link.get_attribute("href").filter(|href| href.starts_with('/') && !link.has_attribute("target"))
}

/// Hears clicks before the router does, for as long as the component lives.
fn listen(clicked: impl Fn(&MouseEvent) + Clone + 'static) {
    let listener = StoredValue::new(None::<SendWrapper<Listener>>);
    Effect::new(move || {
        let clicked = clicked.clone();
        let heard = Listener::new(move |event: MouseEvent| clicked(&event));
        // Without it leaving is not asked about; the text is kept all the same.
        let _refused =
            window().add_event_listener_with_callback_and_bool("click", heard.as_ref().unchecked_ref(), true);
        listener.set_value(Some(SendWrapper::new(heard)));
    });
    on_cleanup(move || {
        if let Some(heard) = listener.try_update_value(Option::take).flatten() {
            let _refused = window().remove_event_listener_with_callback_and_bool(
                "click",
                heard.as_ref().unchecked_ref(),
                true,
            );
        }
    });
}
