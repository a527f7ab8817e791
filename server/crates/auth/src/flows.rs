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
    email,
    error::ErrorCode,
    ids::UserId,
};
use hooks::{Exchange, user_payload};
use serde_json::{Value, json};
use store::{Conn, StoreError, new_id, sessions, tickets::TicketPurpose, users::User};

use crate::{
    Auth, accounts::Turn, bearer::refuse_blocked, error::AuthError, input::Address, ticket::requested_event,
};

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
        address: &Address,
    ) -> Result<(), AuthError> {
        match purpose {
            TicketPurpose::VerifyEmail => self.send_verification_token(exchange, address).await,
            TicketPurpose::ResetPassword => self.send_reset_token(exchange, address).await,
        }
    }

    /// Makes a token that a user has asked for, and has it delivered. When many have been asked for, the last one stays
    /// good for a while and no other is made: strangers can neither fill the mailbox nor make each token void before its
    /// owner uses it. `false` then.
    async fn request_ticket(
        &self,
        exchange: &Exchange,
        user: &User,
        purpose: TicketPurpose,
    ) -> Result<bool, AuthError> {
        exchange.set_user(&user.id);
        let core = exchange.core("Make the token");
        let event = requested_event(purpose);
        let mut lease = exchange.session().write().await?;
        if self.has_fresh_ticket(&mut lease, user, purpose).await? {
            tracing::info!(user = %user.id, %purpose, "no token was made: the last one of many is good");
            return Ok(false);
        }
        let token = self.make_ticket(&mut lease, user, purpose).await?;
        self.emit_user(&mut lease, exchange, event, user).await?;
        lease.commit().await?;
        drop(core);
        exchange.event_emitted(event);
        self.deliver(exchange, user, purpose, token).await;
        Ok(true)
    }

    /// Takes an attempt at an account's password; none in a dry run. `account` is what the password is tried on,
    /// `user` whose it is, if it exists.
    async fn turn(
        &self,
        exchange: &Exchange,
        account: &str,
        user: Option<&User>,
    ) -> Result<Option<Turn>, AuthError> {
        if exchange.is_dry() {
            return Ok(None);
        }
        let project = &exchange.project().id;
        let places = async {
            // Looked up for a user that does not exist as well, so that it takes as long.
            let id = user.map_or_else(|| new_id(self.now()), |user| user.id.clone());
            let mut lease = exchange.session().read().await?;
            Ok::<_, AuthError>(sessions::addresses(&mut lease, project, &id).await?)
        };
        let account = format!("{project} {account}");
        // Boxed: it is rarely run, and would make every login's future larger.
        self.inner.accounts.turn(&account, &exchange.request().ip, Box::pin(places)).await.map(Some)
    }

    /// Notes that the account's owner has been at this address.
    async fn recognise(&self, exchange: &Exchange, user: &User) {
        if let Some(address) = &user.email
            && !exchange.is_dry()
        {
            let account = format!("{} {}", user.project_id, email::fold(address));
            self.inner.accounts.recognise(&account, &exchange.request().ip).await;
        }
    }
}

/// The user as it is now, in the transaction that opens a session for it; `proven` is the one whose password was
/// checked. Hooks ran in between: a reset, a block or a deletion that came meanwhile counts, or the session of
/// somebody with the old password would outlive the reset that ends all of them.
fn still_proven(current: Option<User>, proven: &User) -> Result<User, AuthError> {
    let user = current.filter(|user| same_password(user, proven)).ok_or_else(invalid_credentials)?;
    refuse_blocked(&user)?;
    Ok(user)
}

/// Whether no other password was set in between. (The hash may have changed all the same: that of an old form of the
/// password is replaced at a login.)
fn same_password(one: &User, other: &User) -> bool {
    let set = |user: &User| (user.password_hash.is_some(), user.last_password_reset);
    set(one) == set(other)
}

fn invalid_credentials() -> AuthError {
    AuthError::refused(ErrorCode::InvalidCredentials, "The e-mail address or the password is wrong.")
}

/// The payload of hooks that run when something has happened to a user.
fn user_event(exchange: &Exchange, user: &User) -> UserEvent {
    UserEvent { user: user_payload(user), request: exchange.request().clone(), tenant: exchange.tenant() }
}
