//! Short notices at the edge of the page, such as "Deployed v8 · Undo".

use std::time::Duration;

use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use super::tag::Tone;

/// How long a notice stays when the reader does nothing.
const LIFETIME: Duration = Duration::from_secs(8);

/// One notice.
#[derive(Clone, Debug)]
struct Toast {
    id: u64,
    tone: Tone,
    text: String,
    action: Option<(String, Callback<()>)>,
}

/// Shows notices. Taken from the context with [`use_toasts`].
#[derive(Clone, Copy, Debug)]
pub struct Toasts {
    shown: RwSignal<Vec<Toast>>,
    next: StoredValue<u64>,
}

impl Toasts {
    /// Says that something went well.
    pub fn ok(self, text: impl Into<String>) {
        self.push(Tone::Ok, text.into(), None);
    }

    /// Says what failed.
    pub fn bad(self, text: impl Into<String>) {
        self.push(Tone::Bad, text.into(), None);
    }

    /// Says that something was done, with a button that acts on it, such as `Undo`.
    pub fn with_action(self, text: impl Into<String>, label: impl Into<String>, action: Callback<()>) {
        self.push(Tone::Ok, text.into(), Some((label.into(), action)));
    }

    fn push(self, tone: Tone, text: String, action: Option<(String, Callback<()>)>) {
        let id = self.next.get_value();
        self.next.set_value(id + 1);
        // What can be undone stays twice as long: reading and deciding take time.
        let lifetime = if action.is_some() { LIFETIME * 2 } else { LIFETIME };
        self.shown.update(|shown| shown.push(Toast { id, tone, text, action }));
        set_timeout(move || self.close(id), lifetime);
    }

    fn close(self, id: u64) {
        self.shown.update(|shown| shown.retain(|toast| toast.id != id));
    }
}

/// Puts the notices into the context of every page.
pub(crate) fn provide_toasts() {
    provide_context(Toasts { shown: RwSignal::new(Vec::new()), next: StoredValue::new(0) });
}

/// The notices of this page.
pub fn use_toasts() -> Toasts {
    expect_context()
}

/// Where the notices appear. Once, at the end of the document.
#[component]
pub fn ToastHost() -> impl IntoView {
    let toasts = use_toasts();
    view! {
        <div class="toasts" role="status" aria-live="polite">
            <For each=move || toasts.shown.get() key=|toast| toast.id let:toast>
                {
                    let id = toast.id;
                    view! {
                        <div class=format!("toast toast--{}", toast.tone.as_str())>
                            <Icon glyph=if toast.tone == Tone::Bad { Glyph::Alert } else { Glyph::Check } />
                            <span class="toast__text">{toast.text}</span>
                            {toast
                                .action
                                .map(|(label, action)| {
                                    view! {
                                        <button
                                            type="button"
                                            class="toast__action"
                                            on:click=move |_| {
                                                toasts.close(id);
                                                action.run(());
                                            }
                                        >
                                            {label}
                                        </button>
                                    }
                                })}
                            <button
                                type="button"
                                class="toast__close"
                                aria-label="Dismiss"
                                on:click=move |_| toasts.close(id)
                            >
                                <Icon glyph=Glyph::Close />
                            </button>
                        </div>
                    }
                }
            </For>
        </div>
    }
    .into_any()
}
