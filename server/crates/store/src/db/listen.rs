//! Telling other processes about deployments, on PostgreSQL.

use std::time::Duration;

use sqlx::{PgPool, postgres::PgListener};
use tokio::sync::watch;

use crate::StoreError;

const CHANNEL: &str = "hookwright_deployments";
/// The wait after a failure, so that a database that is away is not asked in a loop.
const PAUSE: Duration = Duration::from_secs(1);

/// Tells the other processes. Sent after the commit and not in it, because engines that speak the protocol but know no
/// notices would refuse the deployment; whoever misses it finds the new generation by looking.
pub(super) async fn notify(pool: &PgPool, generation: i64) {
    let sent =
        sqlx::query("SELECT pg_notify($1, $2)").bind(CHANNEL).bind(generation.to_string()).execute(pool);
    if let Err(error) = sent.await {
        tracing::warn!(generation, error = %StoreError::from(error), "other processes were not told of a deployment");
    }
}

/// Starts listening; stops when the receiver and its clones are gone.
pub(super) async fn listen(pool: &PgPool) -> Result<watch::Receiver<u64>, StoreError> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(CHANNEL).await?;
    let (sender, receiver) = watch::channel(0);
    tokio::spawn(async move {
        loop {
            let heard = tokio::select! {
                () = sender.closed() => return,
                heard = listener.try_recv() => heard,
            };
            // A lost connection may have swallowed a notice, so it counts as one.
            sender.send_modify(|count: &mut u64| *count = count.wrapping_add(1));
            if let Err(error) = heard {
                // Closing waits until every connection is back, so the listener's must not be kept.
                if matches!(error, sqlx::Error::PoolClosed) {
                    return;
                }
                tracing::warn!(error = %StoreError::from(error), "listening for deployments failed");
                tokio::time::sleep(PAUSE).await;
            }
        }
    });
    Ok(receiver)
}
