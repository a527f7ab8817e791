//! Dialogs: the browser's own, which keeps the focus inside and closes on Escape.

use leptos::html;
use leptos::prelude::*;

use super::icon::{Glyph, Icon};

/// Whether a dialog is open: its question comes first, and the page's own keys wait. Browser only.
pub fn dialog_is_open() -> bool {
    document().query_selector("dialog[open]").is_ok_and(|dialog| dialog.is_some())
}

/// A modal dialog. It is open while `open` is true; Escape, a click beside it and its close button set
/// `open` to false. Give the field to start with `autofocus`.
#[component]
pub fn Dialog(
    /// Id of the dialog; its title gets `{id}-title`.
    #[prop(into)]
    id: String,
    /// What it asks, in one line: names the project and what changes.
    #[prop(into)]
    title: Signal<String>,
    /// One more sentence below the title.
    #[prop(optional, into)]
    subtitle: Option<Signal<String>>,
    /// Whether it is open.
    open: RwSignal<bool>,
    /// What it was opened for is on its way: it stays open until that has ended, so that a failure is seen.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// Wide enough for a diff.
    #[prop(default = false)]
    wide: bool,
    /// The buttons at its foot. None means no foot.
    #[prop(optional, into)]
    actions: Option<ViewFn>,
    /// What it holds. Built when it opens, dropped when it closes.
    children: ChildrenFn,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move || {
        let Some(dialog) = dialog.get() else { return };
        match (open.get(), dialog.open()) {
            // Refused only when the dialog has left the document; there is nothing to show then.
            (true, false) => drop(dialog.show_modal()),
            (false, true) => dialog.close(),
            _ => {}
        }
    });
    let close = move || {
        if !busy.get_untracked() {
            open.set(false);
        }
    };
    let heading = format!("{id}-title");
    let children = StoredValue::new(children);
    let actions = StoredValue::new(actions);
    view! {
        <dialog
            node_ref=dialog
            id=id
            class="dialog"
            class:dialog--wide=wide
            aria-labelledby=heading.clone()
            on:close=move |_| open.set(false)
            on:cancel=move |event: leptos::ev::Event| {
                if busy.get_untracked() {
                    event.prevent_default();
                }
            }
            on:keydown=move |event| {
                // A second Escape would close the dialog whatever `cancel` says.
                if event.key() == "Escape" && busy.get_untracked() {
                    event.prevent_default();
                }
            }
            on:mousedown=move |event| {
                let beside = event.target().is_some_and(|target| {
                    dialog.get_untracked().is_some_and(|dialog| js_sys::Object::is(&target, &dialog))
                });
                if beside {
                    close();
                }
            }
        >
            <div class="dialog__box">
                <header class="dialog__head">
                    <h2 id=heading.clone()>{move || title.get()}</h2>
                    <button
                        type="button"
                        class="dialog__close"
                        aria-label="Close"
                        aria-disabled=move || busy.get().then_some("true")
                        on:click=move |_| close()
                    >
                        <Icon glyph=Glyph::Close />
                    </button>
                    {subtitle.map(|subtitle| view! { <p class="dialog__subtitle">{move || subtitle.get()}</p> })}
                </header>
                <Show when=move || open.get()>
                    <div class="dialog__body">{children.with_value(|children| children())}</div>
                    {actions
                        .with_value(|actions| {
                            actions
                                .as_ref()
                                .map(|actions| view! { <footer class="dialog__foot">{actions.run()}</footer> })
                        })}
                </Show>
            </div>
        </dialog>
    }
    .into_any()
}
