//! Removes what is older than its project keeps it, from time to time.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::http::AppState;

/// Prunes now and then every `interval`, until `shutdown`.
pub(super) async fn every(interval: Duration, app: AppState, shutdown: CancellationToken) {
    loop {
        if let Err(error) = app.manage().prune().await {
            tracing::warn!(%error, "retention.prune.failed");
        }
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = tokio::time::sleep(interval) => {}
        }
    }
}
