//! Processor time of one instance, whichever threads poll it.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::task::{Context, Poll};
use std::time::Duration;

/// Counts the processor time spent polling one [`Metered`] future, in nanoseconds.
#[derive(Debug, Default)]
pub struct Meter {
    /// Of finished polls.
    used: AtomicU64,
    /// The thread's clock when the running poll began.
    began: AtomicU64,
    /// Spent for the host rather than for the code.
    excluded: AtomicU64,
}

impl Meter {
    /// Time used so far; only inside a poll.
    pub fn running(&self) -> Duration {
        let now = thread_time().saturating_sub(self.began.load(Relaxed));
        self.less_excluded(self.used.load(Relaxed) + now)
    }

    /// Time used by all finished polls.
    pub fn total(&self) -> Duration {
        self.less_excluded(self.used.load(Relaxed))
    }

    /// Counts from here on; only inside a poll.
    pub fn restart(&self) {
        let now = thread_time().saturating_sub(self.began.load(Relaxed));
        self.excluded.store(self.used.load(Relaxed) + now, Relaxed);
    }

    /// Does something on the host's account.
    pub fn exclude<T>(&self, work: impl FnOnce() -> T) -> T {
        let before = thread_time();
        let result = work();
        self.excluded.fetch_add(thread_time().saturating_sub(before), Relaxed);
        result
    }

    fn less_excluded(&self, nanoseconds: u64) -> Duration {
        Duration::from_nanos(nanoseconds.saturating_sub(self.excluded.load(Relaxed)))
    }
}

/// A future whose polls are metered.
pub struct Metered<F> {
    future: Pin<Box<F>>,
    meter: Arc<Meter>,
}

impl<F: Future> Metered<F> {
    /// Meters `future`.
    pub fn new(meter: Arc<Meter>, future: F) -> Self {
        Self { future: Box::pin(future), meter }
    }
}

impl<F: Future> Future for Metered<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let began = thread_time();
        self.meter.began.store(began, Relaxed);
        let result = self.future.as_mut().poll(cx);
        self.meter.used.fetch_add(thread_time().saturating_sub(began), Relaxed);
        result
    }
}

/// This thread's processor time in nanoseconds.
fn thread_time() -> u64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    #[expect(unsafe_code, reason = "the standard library has no thread clock; the call fills a local struct")]
    // SAFETY: the pointer is to a live timespec.
    unsafe {
        libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time);
    }
    u64::try_from(time.tv_sec).unwrap_or(0) * 1_000_000_000 + u64::try_from(time.tv_nsec).unwrap_or(0)
}
