//! Threads that render pages, each page on one of them: what a page builds is not made to be moved to, or dropped on,
//! another thread, and tasks that it starts stay with it.

use std::{
    future::Future,
    pin::Pin,
    sync::atomic::{AtomicUsize, Ordering},
};

use tokio::{
    runtime::Builder,
    sync::{mpsc, oneshot},
    task::LocalSet,
};

/// A page is one deep expression of nested components; in a build without optimisation it needs a lot of stack.
const STACK: usize = 32 << 20;

type Job = Box<dyn FnOnce() -> Pin<Box<dyn Future<Output = ()>>> + Send>;

/// The threads. They end when this is dropped.
pub struct Renderers {
    threads: Vec<mpsc::UnboundedSender<Job>>,
    next: AtomicUsize,
}

impl Renderers {
    /// Starts threads, as many as there are cores. A thread that the system refuses is done without.
    pub fn start() -> Self {
        let count = std::thread::available_parallelism().map_or(2, std::num::NonZeroUsize::get);
        let threads = (0..count).filter_map(|index| {
            let (sender, jobs) = mpsc::unbounded_channel();
            let thread = std::thread::Builder::new().name(format!("render-{index}")).stack_size(STACK);
            thread.spawn(move || serve(jobs)).ok().map(|_| sender)
        });
        Self { threads: threads.collect(), next: AtomicUsize::new(0) }
    }

    /// Runs `work` on one of the threads; none when it panicked or no thread could be started.
    pub async fn run<T, F>(&self, work: impl FnOnce() -> F + Send + 'static) -> Option<T>
    where
        T: Send + 'static,
        F: Future<Output = T> + 'static,
    {
        let (done, answer) = oneshot::channel();
        let job: Job = Box::new(move || {
            Box::pin(async move {
                // Nobody waits any more when the browser has gone away.
                let _gone = done.send(work().await);
            })
        });
        let index = self.next.fetch_add(1, Ordering::Relaxed);
        self.threads.get(index.checked_rem(self.threads.len())?)?.send(job).ok()?;
        answer.await.ok()
    }
}

fn serve(mut jobs: mpsc::UnboundedReceiver<Job>) {
    match Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => LocalSet::new().block_on(&runtime, async move {
            while let Some(job) = jobs.recv().await {
                tokio::task::spawn_local(job());
            }
        }),
        Err(error) => tracing::error!(%error, "a thread that renders pages could not start"),
    }
}
