//! `POST /auth/password/reset`.

use contract::{
    auth::UserResponse,
    catalogue::{endpoints::Endpoint, events::Event, triggers::fires},
};
use hooks::{Exchange, user_payload};
use serde_json::Value;
use store::{
    Secret, sessions,
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
    /// Takes the one-time token and sets the password; every session of the user ends.
    pub(crate) async fn password_reset(
        &self,
        exchange: &Exchange,
        body: Option<Value>,
    ) -> Result<Answer, AuthError> {
        let fields = Fields::of(body)?;
        let token = fields.token("token")?;
        let password = fields.new_password("password", exchange.project().settings.password_min_length)?;

        let core = exchange.core("Set the password");
        self.check_ticket(exchange, TicketPurpose::ResetPassword, &token).await?;
        let hash = Secret::new(self.inner.hasher.hash(&password).await?);
        let user = self.store_reset(exchange, &token, &hash).await?;
        drop(core);
        exchange.set_user(&user.id);
        // Who reads the mailbox is the owner, and may be at a place that the account was never used from.
        self.recognise(exchange, &user).await;
        exchange.event_emitted(Event::AuthPasswordReset);
        exchange.notify(fires::AfterPasswordReset, super::user_event(exchange, &user)).await;
        Answer::of(Endpoint::PasswordReset, &UserResponse { user: user_payload(&user) })
    }

    async fn store_reset(
        &self,
        exchange: &Exchange,
        token: &str,
        hash: &Secret<String>,
    ) -> Result<User, AuthError> {
        let project = &exchange.project().id;
        let now = self.now();
        let token_hash = opaque::hash(token);
        let mut lease = exchange.session().write().await?;
        let ticket =
            tickets::consume(&mut lease, project, TicketPurpose::ResetPassword, token_hash.expose(), now)
                .await?;
        let ticket = ticket.ok_or_else(invalid_ticket)?;
        let id = &ticket.user_id;
        let user = users::set_password(&mut lease, project, id, hash, now).await?;
        let user = user.filter(|user| ticket_is_for(&ticket, user)).ok_or_else(invalid_ticket)?;
        sessions::revoke_all(&mut lease, project, id, None, now).await?;
        // Two requests at once may both have made one.
        tickets::invalidate(&mut lease, project, id, TicketPurpose::ResetPassword, now).await?;
        self.emit_user(&mut lease, exchange, Event::AuthPasswordReset, &user).await?;
        lease.commit().await?;
        Ok(user)
    }
}
