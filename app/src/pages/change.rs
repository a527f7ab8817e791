//! A change on its way to the server.

use std::pin::Pin;

use contract::error::ErrorCode;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::components::button::Button;
use crate::components::icon::{Glyph, Icon};
use crate::error::ConsoleError;

/// A change on its way; what comes out is what to do then.
type Work = Pin<Box<dyn Future<Output = Result<Box<dyn FnOnce()>, ConsoleError>>>>;

/// A change that a form or a button makes: whether it is on its way, and what went wrong with it.
#[derive(Clone, Copy)]
pub(crate) struct Change {
    busy: RwSignal<bool>,
    error: RwSignal<Option<ConsoleError>>,
}

impl Change {
    /// Nothing on its way.
    pub(crate) fn new() -> Self {
        Self { busy: RwSignal::new(false), error: RwSignal::new(None) }
    }

    /// Does `work` and then `done` with its answer. While it is on its way another call does nothing.
    pub(crate) fn run<T: 'static>(
        self,
        work: impl Future<Output = Result<T, ConsoleError>> + 'static,
        done: impl FnOnce(T) + 'static,
    ) {
        self.drive(Box::pin(async move {
            let value = work.await?;
            Ok(Box::new(move || done(value)) as Box<dyn FnOnce()>)
        }));
    }

    /// The part of [`run`](Self::run) that is the same for every change.
    fn drive(self, work: Work) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.error.set(None);
        spawn_local(async move {
            let answer = work.await;
            // The page may have been left in the meantime; then there is nobody to tell.
            if self.busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(done) => done(),
                Err(error) => self.error.set(Some(error)),
            }
        });
    }

    /// Whether it is on its way.
    pub(crate) fn busy(self) -> Signal<bool> {
        self.busy.into()
    }

    /// What went wrong.
    pub(crate) fn error(self) -> RwSignal<Option<ConsoleError>> {
        self.error
    }

    /// Forgets what went wrong, when a dialog opens again.
    pub(crate) fn clear(self) {
        self.error.set(None);
    }

    /// The sentence about one field of a form.
    pub(crate) fn about(self, field: &'static str) -> Signal<Option<String>> {
        Signal::derive(move || self.error.with(|error| error.as_ref().and_then(|error| error.about(field))))
    }
}

/// The server's sentence about a change that failed, at the place where it was made.
#[component]
pub(crate) fn ChangeError(
    /// The change.
    change: Change,
    /// Fields that show their own sentence.
    #[prop(optional)]
    fields: &'static [&'static str],
) -> impl IntoView {
    let text = move || {
        let error = change.error().get()?;
        let shown = fields.iter().any(|field| error.about(field).is_some());
        (!shown).then(|| error.message())
    };
    move || {
        text().map(|text| {
            view! {
                <p class="change-error" role="alert">
                    <Icon glyph=Glyph::Alert />
                    <span>{text}</span>
                </p>
            }
        })
    }
}

/// After a refusal because somebody else was first: a way to see what they did.
#[component]
pub(crate) fn Reload(
    /// The change.
    change: Change,
    /// Shows what is there now in the place of what was typed.
    reload: Callback<()>,
) -> impl IntoView {
    let refused = move || {
        change.error().with(|error| error.as_ref().is_some_and(|error| error.code() == ErrorCode::Conflict))
    };
    view! {
        <Show when=refused>
            <p>
                <Button on_click=Callback::new(move |_| {
                    change.clear();
                    reload.run(());
                })>"Reload"</Button>
                " shows what is saved now; what you have typed is lost."
            </p>
        </Show>
    }
    .into_any()
}
