//! Accepts connections and serves HTTP/1 on them, within bounds of time and number.
//!
//! A connection that only waits (for a request's head, or for the next request) is closed after a while, at once when the
//! server stops, and earlier when its place is needed by another one. A request that runs is never cut here.

mod connection;
mod seats;
mod watched;

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::Router;
use tokio::net::TcpListener;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use self::seats::Seats;
use crate::config::ServerConfig;

/// The waits after the system has refused to accept.
const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// How long a connection may wait.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// For the whole head of a request, from its first byte or the start of the connection.
    head: Duration,
    /// For the next request, or for the client to take more of an answer.
    idle: Duration,
}

/// Serves until `shutdown`. Connections are tasks of `tasks`, and may outlive this.
pub(super) async fn serve(
    listener: TcpListener,
    router: Router,
    config: &ServerConfig,
    tasks: TaskTracker,
    shutdown: CancellationToken,
) {
    let patience = Patience {
        head: Duration::from_secs(config.head_timeout_seconds),
        idle: Duration::from_secs(config.idle_timeout_seconds),
    };
    let seats = Arc::new(Seats::new(config, patience));
    let mut pause = FIRST_PAUSE;
    loop {
        let accepted = tokio::select! {
            biased;
            () = shutdown.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                pause = FIRST_PAUSE;
                let peer = SocketAddr::new(peer.ip().to_canonical(), peer.port());
                let seat = tokio::select! {
                    () = shutdown.cancelled() => return,
                    seat = seats.take(peer.ip()) => seat,
                };
                // Without a seat the connection is closed here.
                if let Some(seat) = seat {
                    tasks.spawn(connection::serve(stream, peer, router.clone(), seat, shutdown.clone()));
                }
            }
            Err(error) if is_of_the_client(&error) => {}
            Err(error) => {
                tracing::warn!(%error, "server.accept.failed");
                seats.make_room();
                tokio::select! {
                    () = shutdown.cancelled() => return,
                    () = tokio::time::sleep(pause) => {}
                }
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }
}

/// Whether a client has gone away before it was accepted. Other errors (no descriptors, no memory) are the server's own.
fn is_of_the_client(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::Interrupted
    )
}
