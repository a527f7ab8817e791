//! Data that a page can be shown without. The server does not wait for it; the browser asks when it has
//! taken over.

use std::pin::Pin;

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::error::ConsoleError;

/// An answer on its way.
type Answer<T> = Pin<Box<dyn Future<Output = Result<T, ConsoleError>>>>;

/// Data that comes after the page.
pub(crate) struct Late<T: Send + Sync + 'static> {
    answer: RwSignal<Option<Result<T, ConsoleError>>>,
    asked: RwSignal<u32>,
}

impl<T: Send + Sync + 'static> Copy for Late<T> {}

impl<T: Send + Sync + 'static> Clone for Late<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Clone + Send + Sync + 'static> Late<T> {
    /// Asks with `ask` now and whenever a signal that it reads changes. The answer to an older question is
    /// dropped when a newer one has been asked.
    pub(crate) fn new<F>(ask: impl Fn() -> F + 'static) -> Self
    where
        F: Future<Output = Result<T, ConsoleError>> + 'static,
    {
        Self::erased(Box::new(move || Box::pin(ask())))
    }

    /// The part of [`new`](Self::new) that is the same for every question of one kind.
    fn erased(ask: Box<dyn Fn() -> Answer<T>>) -> Self {
        let late = Self { answer: RwSignal::new(None), asked: RwSignal::new(0) };
        let latest = StoredValue::new(0_u32);
        Effect::new(move || {
            late.asked.track();
            let question = latest.get_value().wrapping_add(1);
            latest.set_value(question);
            let work = ask();
            spawn_local(async move {
                let answer = work.await;
                if latest.try_get_value() == Some(question) {
                    late.answer.try_set(Some(answer));
                }
            });
        });
        late
    }

    /// What has come, unless it has not come or failed.
    pub(crate) fn get(self) -> Option<T> {
        self.answer.with(|answer| answer.as_ref().and_then(|answer| answer.as_ref().ok().cloned()))
    }

    /// The answer, once there is one.
    pub(crate) fn answer(self) -> Option<Result<T, ConsoleError>> {
        self.answer.get()
    }

    /// Asks again; what has come stays until then.
    pub(crate) fn refetch(self) {
        self.asked.update(|asked| *asked = asked.wrapping_add(1));
    }
}
