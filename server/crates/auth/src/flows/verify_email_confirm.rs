//! `POST /auth/verify-email/confirm`.

use contract::{
    auth::UserResponse,
    catalogue::{endpoints::Endpoint, events::Event, triggers::fires},
};
use hooks::{Exchange, user_payload};
use serde_json::Value;
use store::{
    tickets::{self, TicketPurpose},
    users::{self, User},
};

use crate::{
    Answer, Auth,
    error::AuthError,
    input::Fields,
    opaque,
    ticket::{invalid_ticket, ticket_is_for},
};

impl Auth {
    /// Takes the one-time token and marks the address that it was sent to as the user's.
    pub(crate) async fn verify_email_confirm(
        &self,
        exchange: &Exchange,
        body: Option<Value>,
    ) -> Result<Answer, AuthError> {
        let token = Fields::of(body)?.token("token")?;
        let core = exchange.core("Verify the address");
        self.check_ticket(exchange, TicketPurpose::VerifyEmail, &token).await?;
        let user = self.store_verified(exchange, &token).await?;
        drop(core);
        exchange.set_user(&user.id);
        exchange.event_emitted(Event::AuthEmailVerified);
        exchange.notify(fires::AfterEmailVerify, super::user_event(exchange, &user)).await;
        Answer::of(Endpoint::VerifyEmailConfirm, &UserResponse { user: user_payload(&user) })
    }

    async fn store_verified(&self, exchange: &Exchange, token: &str) -> Result<User, AuthError> {
        let project = &exchange.project().id;
        let now = self.now();
        let token_hash = opaque::hash(token);
        let mut lease = exchange.session().write().await?;
        let ticket =
            tickets::consume(&mut lease, project, TicketPurpose::VerifyEmail, token_hash.expose(), now)
                .await?;
        let ticket = ticket.ok_or_else(invalid_ticket)?;
        let user = users::set_email_verified(&mut lease, project, &ticket.user_id, true, now).await?;
        let user = user.filter(|user| ticket_is_for(&ticket, user)).ok_or_else(invalid_ticket)?;
        self.emit_user(&mut lease, exchange, Event::AuthEmailVerified, &user).await?;
        lease.commit().await?;
        Ok(user)
    }
}
