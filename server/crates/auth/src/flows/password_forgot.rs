//! `POST /auth/password/forgot`.

use contract::catalogue::{endpoints::Endpoint, triggers::fires};
use hooks::Exchange;
use serde_json::Value;
use store::{tickets::TicketPurpose, users};

use crate::{Answer, Auth, error::AuthError, input::Address, ticket::accepted};

impl Auth {
    /// Makes and delivers a token for a new password, if there is such a user; the answer does not tell.
    pub(crate) async fn password_forgot(
        &self,
        exchange: &Exchange,
        body: Option<Value>,
    ) -> Result<Answer, AuthError> {
        let address = self.ticket_request(exchange, TicketPurpose::ResetPassword, body).await?;
        self.send_reset_token(exchange, &address).await?;
        accepted(Endpoint::PasswordForgot)
    }

    /// The part that only users see anything of.
    pub(super) async fn send_reset_token(
        &self,
        exchange: &Exchange,
        address: &Address,
    ) -> Result<(), AuthError> {
        let mut lease = exchange.session().read().await?;
        let found = users::by_email(&mut lease, &exchange.project().id, address.typed()).await?;
        drop(lease);
        let Some(user) = found.filter(|user| !user.blocked) else { return Ok(()) };
        if self.request_ticket(exchange, &user, TicketPurpose::ResetPassword).await? {
            exchange.notify(fires::PasswordResetRequested, super::user_event(exchange, &user)).await;
        }
        Ok(())
    }
}
