//! Live requests, each in a task of its own: a client that hangs up cannot stop a flow between its change and its
//! after-hooks, and the server waits for those that run before it closes the database.

use std::time::Instant;

use contract::{
    catalogue::endpoints::Endpoint,
    error::{ErrorBody, ErrorCode},
};
use hooks::Exchange;
use serde_json::Value;
use store::tickets::TicketPurpose;
use tracing::Instrument as _;

use crate::{Answer, Auth, ticket::accepted};

impl Auth {
    /// Runs an endpoint as [`Auth::handle`] does, in a task of its own, and records the request.
    ///
    /// The task keeps `place` until it is done, even when the caller has gone away: it stands for whatever bounds the
    /// requests served at once.
    ///
    /// Requests for an e-mailed token are answered when the fixed time for that is over and not when the work is done:
    /// neither the answer nor its time tells whether the address is known.
    ///
    /// # Errors
    /// The body of the error answer, with the request's id; its status is that of its code.
    pub async fn serve(
        &self,
        endpoint: Endpoint,
        exchange: Exchange,
        body: Option<Value>,
        bearer: Option<String>,
        place: impl Send + 'static,
    ) -> Result<Answer, ErrorBody> {
        match endpoint {
            Endpoint::PasswordForgot => {
                self.serve_ticket(endpoint, TicketPurpose::ResetPassword, exchange, body, place).await
            }
            Endpoint::VerifyEmailRequest => {
                self.serve_ticket(endpoint, TicketPurpose::VerifyEmail, exchange, body, place).await
            }
            _ => self.serve_flow(endpoint, exchange, body, bearer, place).await,
        }
    }

    /// Waits until no request is being worked on.
    pub async fn idle(&self) {
        self.inner.flows.wait().await;
    }

    async fn serve_flow(
        &self,
        endpoint: Endpoint,
        exchange: Exchange,
        body: Option<Value>,
        bearer: Option<String>,
        place: impl Send + 'static,
    ) -> Result<Answer, ErrorBody> {
        let auth = self.clone();
        let flow = async move {
            let _place = place;
            let answer = auth.handle(endpoint, &exchange, body, bearer.as_deref()).await;
            record(exchange, &answer);
            answer
        };
        // The panic hook has logged what there is to say.
        let panicked = |_| ErrorBody::new(ErrorCode::Internal, "Something went wrong on the server.");
        self.inner.flows.spawn(flow.in_current_span()).await.map_err(panicked)?
    }

    async fn serve_ticket(
        &self,
        endpoint: Endpoint,
        purpose: TicketPurpose,
        exchange: Exchange,
        body: Option<Value>,
        place: impl Send + 'static,
    ) -> Result<Answer, ErrorBody> {
        let started = Instant::now();
        let answer = accepted(endpoint).map_err(|error| error.into_body_for(&exchange));
        let address = match self.ticket_request(&exchange, purpose, body).await {
            Ok(address) => address,
            Err(error) => {
                let refused = Err(error.into_body_for(&exchange));
                record(exchange, &refused);
                return refused;
            }
        };
        let auth = self.clone();
        let given = answer.clone();
        let work = async move {
            let _place = place;
            // An error has been logged by then, and is none of the caller's business: the token can be asked for again.
            match auth.send_ticket(&exchange, purpose, &address).await {
                Ok(()) => record(exchange, &given),
                Err(error) => {
                    let code = error.into_body().error;
                    exchange.finish(endpoint.spec().status, Some(code.as_str()));
                }
            }
        };
        self.inner.flows.spawn(work.in_current_span());
        tokio::time::sleep(self.inner.enumeration_floor.saturating_sub(started.elapsed())).await;
        answer
    }
}

/// Ends a request with its answer.
fn record(exchange: Exchange, answer: &Result<Answer, ErrorBody>) {
    match answer {
        Ok(answer) => exchange.finish(answer.status, None),
        Err(body) => exchange.finish(body.error.status(), Some(body.error.as_str())),
    };
}
