//! Removes what is older than its project keeps it, from time to time.

use std::{
    sync::LazyLock,
    time::{Duration, Instant},
};

use manage::ClockWatch;
use tokio_util::sync::CancellationToken;

use crate::http::AppState;

/// Prunes now and then every `interval`, until `shutdown`; not while the clock cannot be trusted.
pub(super) async fn every(
    interval: Duration,
    app: AppState,
    mut clock_watch: ClockWatch,
    shutdown: CancellationToken,
) {
    loop {
        if let Err(error) = app.manage().prune_by_steady_clock(&mut clock_watch, uptime()).await {
            tracing::warn!(%error, "retention.prune.failed");
        }
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = tokio::time::sleep(interval) => {}
        }
    }
}

/// The time since a fixed moment. It does not follow the wall clock, and counts the time that the machine slept where
/// the system tells it.
pub(super) fn uptime() -> Duration {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    since_boot().unwrap_or_else(|| START.elapsed())
}

/// Linux's `/proc/uptime`: seconds since the machine started.
fn since_boot() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/uptime").ok()?;
    Duration::try_from_secs_f64(text.split_whitespace().next()?.parse().ok()?).ok()
}
