//! `POST /auth/verify-email/request`.

use std::time::Instant;

use contract::catalogue::{endpoints::Endpoint, triggers::fires};
use hooks::Exchange;
use serde_json::Value;
use store::{tickets::TicketPurpose, users};

use crate::{Answer, Auth, error::AuthError, input::Fields};

impl Auth {
    /// Makes and delivers a token that proves the address, if a user has it unproven; the answer does not tell.
    pub(crate) async fn verify_email_request(
        &self,
        exchange: &Exchange,
        body: Option<Value>,
    ) -> Result<Answer, AuthError> {
        const PURPOSE: TicketPurpose = TicketPurpose::VerifyEmail;
        let started = Instant::now();
        let email = Fields::of(body)?.email()?;
        self.limit_tickets(exchange, PURPOSE, &email).await?;
        let mut lease = exchange.session().read().await?;
        let found = users::by_email(&mut lease, &exchange.project().id, email.as_str()).await?;
        drop(lease);
        if let Some(user) = found.filter(|user| !user.blocked && !user.email_verified) {
            self.request_ticket(exchange, &user, PURPOSE).await?;
            exchange.notify(fires::EmailVerificationRequested, super::user_event(exchange, &user)).await;
        }
        self.accepted(exchange, Endpoint::VerifyEmailRequest, started).await
    }
}
