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

/// Answers that wait to be taken before no more are made, in bytes.
const MAX_UNTAKEN: usize = 4 << 20;

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
            self.poll_waiting(wanted, cx);
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

    /// Bytes of answers that the code has not taken.
    fn untaken(&self) -> usize {
        self.finished.iter().map(|(_, answer)| len(answer)).sum()
    }

    fn announced(&self, wanted: Option<u32>) -> Option<(u32, usize)> {
        self.finished
            .iter()
            .find(|(ticket, _)| wanted.is_none_or(|wanted| wanted == *ticket))
            .map(|(ticket, answer)| (*ticket, len(answer)))
    }

    /// Lets operations go on until enough of their answers are waiting: those take memory of the server, not of the
    /// code. The others go on when the code has taken some.
    fn poll_waiting(&mut self, wanted: Option<u32>, cx: &mut Context<'_>) {
        let mut at = 0;
        while (self.untaken() < MAX_UNTAKEN || wanted.is_some())
            && let Some((ticket, operation)) = self.waiting.get_mut(at)
        {
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

fn len(answer: &Answer) -> usize {
    let (Ok(text) | Err(text)) = answer;
    text.len()
}

/// A future of the host: polled and dropped as if in the host's runtime, on the host's account, and a panic in
/// it is only its own failure.
pub struct OfHost {
    /// None only while it is dropped.
    future: Option<Pending>,
    runtime: Handle,
    meter: Arc<Meter>,
}

impl OfHost {
    /// A future of this runtime; the code with this meter does not pay for it.
    pub fn new(
        future: impl Future<Output = Answer> + Send + 'static,
        runtime: Handle,
        meter: Arc<Meter>,
    ) -> Self {
        Self { future: Some(Box::pin(future)), runtime, meter }
    }
}

impl Future for OfHost {
    type Output = Answer;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Answer> {
        let this = &mut *self;
        let _entered = this.runtime.enter();
        let Some(future) = &mut this.future else { return Poll::Pending };
        let poll = || catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx)));
        this.meter.exclude(poll).unwrap_or_else(|_| {
            tracing::error!("a host operation panicked");
            Poll::Ready(Err("the server could not perform this operation".to_owned()))
        })
    }
}

impl Drop for OfHost {
    /// What the future holds may need its runtime to be given back: a connection to the database does.
    fn drop(&mut self) {
        let _entered = self.runtime.enter();
        let future = self.future.take();
        if catch_unwind(AssertUnwindSafe(|| drop(future))).is_err() {
            tracing::error!("a host operation panicked while it was given up");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn answers_are_made_as_far_as_there_is_room_for_them() {
        let mut operations = Operations::default();
        for _ in 0..64 {
            operations.start(async { Ok("x".repeat(1 << 20)) });
        }
        for taken in 0..64 {
            let (ticket, _) = operations.next(None).await.unwrap();
            assert!(operations.untaken() <= MAX_UNTAKEN, "{taken}");
            assert!(operations.take(ticket).is_some());
        }
        assert_eq!(operations.len(), 0);
    }

    #[tokio::test]
    async fn an_answer_that_is_wanted_is_made_at_any_rate() {
        let mut operations = Operations::default();
        for _ in 0..8 {
            operations.start(async { Ok("x".repeat(1 << 20)) });
        }
        let last = operations.start(async { Ok("y".to_owned()) });
        assert_eq!(operations.next(Some(last)).await, Some((last, 1)));
    }
}
