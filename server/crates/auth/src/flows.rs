//! One module per endpoint; and the few steps that many of them take.

mod login;
mod logout;
mod me;
mod password_change;
mod password_forgot;
mod password_reset;
mod refresh;
mod register;
mod verify_email_confirm;
mod verify_email_request;

use contract::{
    catalogue::{events::Event, payloads::UserEvent},
    error::ErrorCode,
    ids::UserId,
};
use hooks::{Exchange, user_payload};
use serde_json::{Value, json};
use store::{Conn, StoreError, tickets::TicketPurpose, users::User};

use crate::{Auth, bearer::refuse_blocked, error::AuthError, input::Email, ticket::requested_event};

impl Auth {
    /// Writes an event of this request to the outbox, in the transaction of its change.
    async fn emit(
        &self,
        conn: &mut Conn,
        exchange: &Exchange,
        event: Event,
        user: &UserId,
        payload: Value,
    ) -> Result<(), StoreError> {
        let project = &exchange.project().id;
        delivery::emit(conn, self.now(), project, event, payload, Some(exchange.request_id()), Some(user))
            .await
    }

    /// Likewise; the payload is the user as it is now.
    async fn emit_user(
        &self,
        conn: &mut Conn,
        exchange: &Exchange,
        event: Event,
        user: &User,
    ) -> Result<(), StoreError> {
        self.emit(conn, exchange, event, &user.id, json!({"user": user_payload(user)})).await
    }

    /// What a request for a token causes, if the address is a user's; see [`Auth::ticket_request`].
    pub(crate) async fn send_ticket(
        &self,
        exchange: &Exchange,
        purpose: TicketPurpose,
        email: &Email,
    ) -> Result<(), AuthError> {
        match purpose {
            TicketPurpose::VerifyEmail => self.send_verification_token(exchange, email).await,
            TicketPurpose::ResetPassword => self.send_reset_token(exchange, email).await,
        }
    }

    /// Makes a token that a user has asked for, and has it delivered.
    async fn request_ticket(
        &self,
        exchange: &Exchange,
        user: &User,
        purpose: TicketPurpose,
    ) -> Result<(), AuthError> {
        exchange.set_user(&user.id);
        let core = exchange.core("Make the token");
        let event = requested_event(purpose);
        let mut lease = exchange.session().write().await?;
        let token = self.make_ticket(&mut lease, user, purpose).await?;
        self.emit_user(&mut lease, exchange, event, user).await?;
        lease.commit().await?;
        drop(core);
        exchange.event_emitted(event);
        self.deliver(exchange, user, purpose, token).await;
        Ok(())
    }
}

/// The user as it is now, in the transaction that opens a session for it; `proven` is the one whose password was
/// checked. Hooks ran in between: a reset, a block or a deletion that came meanwhile counts, or the session of
/// somebody with the old password would outlive the reset that ends all of them.
fn still_proven(current: Option<User>, proven: &User) -> Result<User, AuthError> {
    let same = |user: &User| user.password_hash == proven.password_hash;
    let user = current.filter(same).ok_or_else(invalid_credentials)?;
    refuse_blocked(&user)?;
    Ok(user)
}

fn invalid_credentials() -> AuthError {
    AuthError::refused(ErrorCode::InvalidCredentials, "The e-mail address or the password is wrong.")
}

/// The payload of hooks that run when something has happened to a user.
fn user_event(exchange: &Exchange, user: &User) -> UserEvent {
    UserEvent { user: user_payload(user), request: exchange.request().clone(), tenant: exchange.tenant() }
}
