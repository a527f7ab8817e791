//! Short notices at the edge of the page, such as "Deployed v8 · Undo".

use std::time::Duration;

use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use super::tag::Tone;

/// How long a notice stays when the reader does nothing. One with a button waits for as long as it has the
/// pointer or the focus.
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
    /// The notice that has the pointer or the focus.
    held: StoredValue<Option<u64>>,
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

    /// Says what failed, with a button that helps. It stays until it is dismissed, or [closed](Self::close) by what
    /// this returns.
    pub fn bad_with_action(
        self,
        text: impl Into<String>,
        label: impl Into<String>,
        action: Callback<()>,
    ) -> u64 {
        self.push(Tone::Bad, text.into(), Some((label.into(), action)))
    }

    /// Says that something was done, with a button that acts on it, such as `Undo`.
    pub fn with_action(self, text: impl Into<String>, label: impl Into<String>, action: Callback<()>) {
        self.push(Tone::Ok, text.into(), Some((label.into(), action)));
    }

    fn push(self, tone: Tone, text: String, action: Option<(String, Callback<()>)>) -> u64 {
        let id = self.next.get_value();
        self.next.set_value(id + 1);
        // What can be undone stays twice as long: reading and deciding take time.
        let lifetime = match (tone, &action) {
            (Tone::Bad, Some(_)) => None,
            (_, Some(_)) => Some(LIFETIME * 2),
            (_, None) => Some(LIFETIME),
        };
        self.shown.update(|shown| shown.push(Toast { id, tone, text, action }));
        if let Some(lifetime) = lifetime {
            self.close_later(id, lifetime);
        }
        id
    }

    fn close_later(self, id: u64, lifetime: Duration) {
        set_timeout(
            move || {
                if self.held.get_value() == Some(id) {
                    self.close_later(id, LIFETIME);
                } else {
                    self.close(id);
                }
            },
            lifetime,
        );
    }

    /// The reader is at a notice, or has gone from it.
    fn hold(self, id: Option<u64>) {
        self.held.set_value(id);
    }

    /// Takes a notice away; nothing happens when it is gone already.
    pub fn close(self, id: u64) {
        self.shown.update(|shown| shown.retain(|toast| toast.id != id));
    }
}

/// Puts the notices into the context of every page.
pub(crate) fn provide_toasts() {
    provide_context(Toasts {
        shown: RwSignal::new(Vec::new()),
        next: StoredValue::new(0),
        held: StoredValue::new(None),
    });
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
                        <div
                            class=format!("toast toast--{}", toast.tone.as_str())
                            on:pointerenter=move |_| toasts.hold(Some(id))
                            on:pointerleave=move |_| toasts.hold(None)
                            on:focusin=move |_| toasts.hold(Some(id))
                            on:focusout=move |_| toasts.hold(None)
                        >
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
