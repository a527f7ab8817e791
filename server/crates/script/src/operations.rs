//! Operations that an instance has started and not yet seen the end of.

use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::runtime::Handle;

use crate::meter::Meter;

/// JSON text of the result, or the message of the error.
pub type Answer = Result<String, String>;

type Pending = Pin<Box<dyn Future<Output = Answer> + Send>>;

/// The operations of one instance; there are few, so they are kept in a list.
#[derive(Default)]
pub struct Operations {
    waiting: Vec<(u32, Pending)>,
    finished: VecDeque<(u32, Answer)>,
    last: u32,
}

impl Operations {
    /// How many are not yet taken.
    pub fn len(&self) -> usize {
        self.waiting.len() + self.finished.len()
    }

    /// Starts an operation and returns its ticket.
    pub fn start(&mut self, operation: impl Future<Output = Answer> + Send + 'static) -> u32 {
        self.last += 1;
        self.waiting.push((self.last, Box::pin(operation)));
        self.last
    }

    /// Waits for `wanted`, or for any without one, and returns its ticket and the length of its
    /// answer. `None` when there is nothing to wait for.
    pub async fn next(&mut self, wanted: Option<u32>) -> Option<(u32, usize)> {
        poll_fn(|cx| {
            if let Some(found) = self.announced(wanted) {
                return Poll::Ready(Some(found));
            }
            if self.waiting.is_empty() {
                return Poll::Ready(None);
            }
            self.poll_waiting(cx);
            self.announced(wanted).map_or(Poll::Pending, |found| Poll::Ready(Some(found)))
        })
        .await
    }

    /// The answer of a finished operation, once.
    pub fn take(&mut self, ticket: u32) -> Option<Answer> {
        let at = self.finished.iter().position(|(finished, _)| *finished == ticket)?;
        self.finished.remove(at).map(|(_, answer)| answer)
    }

    /// Drops an operation, wherever it is.
    pub fn cancel(&mut self, ticket: u32) {
        self.waiting.retain(|(waiting, _)| *waiting != ticket);
        self.finished.retain(|(finished, _)| *finished != ticket);
    }

    fn announced(&self, wanted: Option<u32>) -> Option<(u32, usize)> {
        self.finished.iter().find(|(ticket, _)| wanted.is_none_or(|wanted| wanted == *ticket)).map(
            |(ticket, answer)| match answer {
                Ok(text) | Err(text) => (*ticket, text.len()),
            },
        )
    }

    fn poll_waiting(&mut self, cx: &mut Context<'_>) {
        let mut at = 0;
        while let Some((ticket, operation)) = self.waiting.get_mut(at) {
            match operation.as_mut().poll(cx) {
                Poll::Ready(answer) => {
                    self.finished.push_back((*ticket, answer));
                    drop(self.waiting.remove(at));
                }
                Poll::Pending => at += 1,
            }
        }
    }
}

/// A future of the host: polled as if in the host's runtime, on the host's account, and a panic in
/// it is only its own failure.
pub struct OfHost {
    /// What to poll.
    pub future: Pending,
    /// The host's runtime.
    pub runtime: Handle,
    /// The meter of the code, which does not pay.
    pub meter: Arc<Meter>,
}

impl Future for OfHost {
    type Output = Answer;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Answer> {
        let this = &mut *self;
        let _entered = this.runtime.enter();
        let future = &mut this.future;
        let poll = || catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx)));
        this.meter.exclude(poll).unwrap_or_else(|_| {
            tracing::error!("a host operation panicked");
            Poll::Ready(Err("the server could not perform this operation".to_owned()))
        })
    }
}
