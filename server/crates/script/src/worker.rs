//! The threads that hook code runs on: a runtime of its own, and the clock that interrupts.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

use tokio::runtime::{Builder, Handle, Runtime};

/// How often running code is interrupted to see whether its time is up.
const TICK: Duration = Duration::from_millis(5);
/// Ticks after the runtime was told to end: running code is dropped when it is next interrupted.
const LAST_TICKS: u32 = 100;

/// Runtime and ticker; both end when it is dropped.
///
/// The server's own runtime must not poll hook code: with tokio's usual intervals eight looping
/// hooks keep every other task waiting for 150 ms.
pub struct Worker {
    runtime: Option<Runtime>,
    stop: Arc<AtomicBool>,
}

impl Worker {
    /// Starts the threads; `tick` advances the epochs of the engines.
    pub fn start(threads: usize, tick: impl Fn() + Send + 'static) -> io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(threads.max(1))
            .thread_name("hook")
            .event_interval(1)
            .global_queue_interval(1)
            .enable_time()
            .build()?;
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        std::thread::Builder::new().name("hook-ticker".to_owned()).spawn(move || {
            let mut last_ticks = LAST_TICKS;
            while last_ticks > 0 {
                std::thread::sleep(TICK);
                tick();
                if stopped.load(Relaxed) {
                    last_ticks -= 1;
                }
            }
        })?;
        Ok(Self { runtime: Some(runtime), stop })
    }

    /// Where to spawn; `None` only while shutting down.
    pub fn handle(&self) -> Option<&Handle> {
        self.runtime.as_ref().map(Runtime::handle)
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
        self.stop.store(true, Relaxed);
    }
}
