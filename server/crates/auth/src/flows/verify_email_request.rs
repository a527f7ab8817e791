//! `POST /auth/verify-email/request`.

use contract::catalogue::{endpoints::Endpoint, triggers::fires};
use hooks::Exchange;
use serde_json::Value;
use store::{tickets::TicketPurpose, users};

use crate::{Answer, Auth, error::AuthError, input::Address, ticket::accepted};

impl Auth {
    /// Makes and delivers a token that proves the address, if a user has it unproven; the answer does not tell.
    pub(crate) async fn verify_email_request(
        &self,
        exchange: &Exchange,
        body: Option<Value>,
    ) -> Result<Answer, AuthError> {
        let address = self.ticket_request(exchange, TicketPurpose::VerifyEmail, body).await?;
        self.send_verification_token(exchange, &address).await?;
        accepted(Endpoint::VerifyEmailRequest)
    }

    /// The part that only users see anything of.
    pub(super) async fn send_verification_token(
        &self,
        exchange: &Exchange,
        address: &Address,
    ) -> Result<(), AuthError> {
        let mut lease = exchange.session().read().await?;
        let found = users::by_email(&mut lease, &exchange.project().id, address.typed()).await?;
        drop(lease);
        let Some(user) = found.filter(|user| !user.blocked && !user.email_verified) else { return Ok(()) };
        if self.request_ticket(exchange, &user, TicketPurpose::VerifyEmail).await? {
            exchange.notify(fires::EmailVerificationRequested, super::user_event(exchange, &user)).await;
        }
        Ok(())
    }
}
