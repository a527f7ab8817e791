//! One connection, from its first byte to its end.

use std::{
    convert::Infallible,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use axum::{
    Router,
    body::{Body, Bytes, HttpBody},
    extract::{ConnectInfo, Request},
    response::Response,
};
use hyper::{
    body::{Frame, Incoming, SizeHint},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, time::sleep_until};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use super::{
    seats::{Phase, Seat, TakenSeat},
    watched::Watched,
};

/// Longest head of a request, in bytes. It is kept in memory until it is whole.
const LONGEST_HEAD: usize = 64 << 10;

/// Serves the requests of a connection, one after the other.
pub(super) async fn serve(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    taken: TakenSeat,
    shutdown: CancellationToken,
) {
    let seat = taken.seat();
    let service = service_fn(|request: hyper::Request<Incoming>| {
        seat.enter(Phase::Serving);
        answer(router.clone(), request.map(Body::new), peer, seat.clone())
    });
    let io = TokioIo::new(Watched::new(stream, seat.clone()));
    let connection = http1::Builder::new()
        // The seat's patience knows a connection that is idle from one that is slow.
        .header_read_timeout(None)
        .max_buf_size(LONGEST_HEAD)
        .serve_connection(io, service);
    let mut connection = std::pin::pin!(connection);
    let mut stop = std::pin::pin!(shutdown.cancelled());
    let mut stopping = false;
    let mut deadline = seat.deadline();
    let mut alarm = std::pin::pin!(sleep_until(deadline.unwrap_or_else(tokio::time::Instant::now)));
    loop {
        // Biased: what has arrived is looked at before it is found to be late.
        tokio::select! {
            biased;
            ended = connection.as_mut() => {
                if let Err(error) = ended {
                    tracing::debug!(%error, "server.connection.failed");
                }
                return;
            }
            () = seat.changed() => {}
            () = stop.as_mut(), if !stopping => {
                stopping = true;
                connection.as_mut().graceful_shutdown();
            }
            () = alarm.as_mut(), if deadline.is_some() => {
                tracing::debug!(phase = ?seat.phase(), "server.connection.timed_out");
                return;
            }
        }
        match seat.phase() {
            Phase::Closed => return,
            // An idle connection ends by itself when it has been told to.
            Phase::Head if stopping => return,
            _ => {}
        }
        if seat.deadline() != deadline {
            deadline = seat.deadline();
            if let Some(deadline) = deadline {
                alarm.as_mut().reset(deadline);
            }
        }
    }
}

async fn answer(
    router: Router,
    mut request: Request,
    peer: SocketAddr,
    seat: Arc<Seat>,
) -> Result<Response, Infallible> {
    request.extensions_mut().insert(ConnectInfo(peer));
    let response = router.oneshot(request).await?;
    seat.enter(Phase::Answering);
    let answered = Answered(seat);
    Ok(response.map(|body| Body::new(AnswerBody { body, _answered: answered })))
}

/// A body that keeps its connection in the phase of answering until it is dropped: when the last of it is taken, or the
/// client has gone.
struct AnswerBody {
    body: Body,
    _answered: Answered,
}

impl HttpBody for AnswerBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.get_mut().body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Tells the seat, when it is dropped, that an answer is over.
struct Answered(Arc<Seat>);

impl Drop for Answered {
    fn drop(&mut self) {
        self.0.enter(Phase::Idle);
    }
}
