//! Moving a hook among those of its trigger with the pointer. The buttons beside the handle do the same by keys.

use leptos::ev::PointerEvent;
use leptos::prelude::*;
use send_wrapper::SendWrapper;
use wasm_bindgen::JsCast;

/// On the hook that is being moved.
const MOVING: &str = "step--moving";
/// On the hook before which it would land.
const BEFORE: &str = "step--drop-before";
/// On the hook behind which it would land.
const BEHIND: &str = "step--drop-behind";

/// A hook on its way.
struct Moving {
    /// The steps of its trigger, in order.
    steps: Vec<web_sys::Element>,
    /// Its place among them.
    from: usize,
    /// The place where it would land.
    to: usize,
}

/// What is held by the pointer. Elements belong to the browser's one thread; the server holds none.
type Held = StoredValue<Option<SendWrapper<Moving>>>;

/// What a hook is moved by.
#[component]
pub(super) fn Handle(
    /// Called with the new place, counted from 0, when it was let go at another one.
    moved: Callback<u32>,
) -> impl IntoView {
    let held: Held = StoredValue::new(None);
    view! {
        <span
            class="drag"
            title="Drag to change the order"
            aria-hidden="true"
            on:pointerdown=move |event| {
                if event.button() == 0 {
                    event.prevent_default();
                    held.set_value(take(&event).map(SendWrapper::new));
                }
            }
            on:pointermove=move |event| {
                held.update_value(|held| {
                    if let Some(moving) = held {
                        moving.follow(f64::from(event.client_y()));
                    }
                });
            }
            on:pointerup=move |_| {
                if let Some(to) = release(held) {
                    moved.run(to);
                }
            }
            on:lostpointercapture=move |_| {
                // Given up: it stays where it is.
                let _nowhere = release(held);
            }
        >
            "⠿"
        </span>
    }
}

/// Takes the hook whose handle was pressed.
fn take(event: &PointerEvent) -> Option<Moving> {
    let handle = event.current_target()?.dyn_into::<web_sys::Element>().ok()?;
    let own = handle.closest("li[data-group]").ok()??;
    let group = own.get_attribute("data-group")?;
    let found = document().query_selector_all(&format!("li[data-group=\"{group}\"]")).ok()?;
    let steps: Vec<web_sys::Element> =
        (0..found.length()).filter_map(|at| found.item(at)?.dyn_into().ok()).collect();
    let from = steps.iter().position(|step| step.is_same_node(Some(&own)))?;
    // Without it the handle hears nothing of what happens beside it.
    handle.set_pointer_capture(event.pointer_id()).ok()?;
    drop(own.class_list().add_1(MOVING));
    Some(Moving { steps, from, to: from })
}

/// Lets it go; its new place, if it has one.
fn release(held: Held) -> Option<u32> {
    let moving = held.try_update_value(Option::take)??;
    moving.unmark();
    if let Some(own) = moving.steps.get(moving.from) {
        drop(own.class_list().remove_1(MOVING));
    }
    (moving.to != moving.from).then(|| u32::try_from(moving.to).ok()).flatten()
}

impl Moving {
    /// Marks where it would land if it were let go at this height of the window.
    fn follow(&mut self, y: f64) {
        let above = |step: &web_sys::Element| {
            let place = step.get_bounding_client_rect();
            place.top() + place.height() / 2.0 < y
        };
        let others = self.steps.iter().enumerate().filter(|(at, _)| *at != self.from);
        self.to = others.filter(|(_, step)| above(step)).count();
        self.unmark();
        let mark = match self.to {
            to if to == self.from => return,
            to if to < self.from => BEFORE,
            _ => BEHIND,
        };
        if let Some(step) = self.steps.get(self.to) {
            drop(step.class_list().add_1(mark));
        }
    }

    fn unmark(&self) {
        for step in &self.steps {
            drop(step.class_list().remove_2(BEFORE, BEHIND));
        }
    }
}
