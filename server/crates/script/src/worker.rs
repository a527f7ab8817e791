//! The threads that hook code runs on: a runtime of its own, and the clock that interrupts.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::runtime::{Builder, Handle, Runtime};
use wasmtime::Engine;

/// How often running code is interrupted to see whether its time is up.
const TICK: Duration = Duration::from_millis(5);

/// Runtime and ticker; both end when it is dropped.
///
/// The server's own runtime must not poll hook code: with tokio's usual intervals eight looping
/// hooks keep every other task waiting for 150 ms.
pub struct Worker {
    runtime: Option<Runtime>,
    ticker: Option<JoinHandle<()>>,
    stop: Arc<AtomicBool>,
}

impl Worker {
    /// Starts the threads.
    pub fn start(threads: usize, engines: Vec<Engine>) -> io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(threads.max(1))
            .thread_name("hook")
            .event_interval(1)
            .global_queue_interval(1)
            .enable_time()
            .build()?;
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let ticker = std::thread::Builder::new().name("hook-ticker".to_owned()).spawn(move || {
            while !stopped.load(Relaxed) {
                std::thread::park_timeout(TICK);
                engines.iter().for_each(Engine::increment_epoch);
            }
        })?;
        Ok(Self { runtime: Some(runtime), ticker: Some(ticker), stop })
    }

    /// Where to spawn; `None` only while shutting down.
    pub fn handle(&self) -> Option<&Handle> {
        self.runtime.as_ref().map(Runtime::handle)
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // Running hooks are dropped at their next interruption, so the ticker ends after them.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
        self.stop.store(true, Relaxed);
        if let Some(ticker) = self.ticker.take() {
            ticker.thread().unpark();
        }
    }
}
