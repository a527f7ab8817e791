//! The limit on the size of files (`ulimit -f`).

/// `SIGXFSZ` on Linux and the BSDs.
#[cfg(unix)]
const EXCEEDED: i32 = 25;

/// Has a write beyond the limit fail as on a full disk, where the signal of the limit would end the program.
pub(super) fn survive_limit() {
    #[cfg(unix)]
    if let Err(error) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::from_raw(EXCEEDED)) {
        tracing::warn!(%error, "server.signal.not_handled");
    }
}
