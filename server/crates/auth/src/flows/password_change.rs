//! `POST /auth/password/change`.

use contract::{
    auth::UserResponse,
    catalogue::{endpoints::Endpoint, events::Event, triggers::fires},
    email,
    error::{ErrorBody, ErrorCode},
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
    bearer::Bearer,
    error::AuthError,
    input::Fields,
    jwt::invalid_token,
    password::GivenPassword,
    throttle::{Key, What},
};

impl Auth {
    /// Checks the current password and sets the new one. The session of the caller stays, the user's others end.
    pub(crate) async fn password_change(
        &self,
        exchange: &Exchange,
        body: Option<Value>,
        bearer: Option<&str>,
    ) -> Result<Answer, AuthError> {
        let bearer = self.bearer(exchange, bearer).await?;
        let fields = Fields::of(body)?;
        let current = fields.password("current_password")?;
        let new = fields.new_password("new_password", exchange.project().settings.password_min_length)?;

        let core = exchange.core("Change the password");
        self.check_current(exchange, &bearer.user, &current).await?;
        let hash = Secret::new(self.inner.hasher.hash(&new).await?);
        let user = self.store_changed(exchange, &bearer, &hash).await?;
        drop(core);
        exchange.event_emitted(Event::AuthPasswordChanged);
        exchange.notify(fires::AfterPasswordChange, super::user_event(exchange, &user)).await;
        Answer::of(Endpoint::PasswordChange, &UserResponse { user: user_payload(&user) })
    }

    /// Whoever holds a stolen access token shall not guess the password with it.
    async fn check_current(
        &self,
        exchange: &Exchange,
        user: &User,
        current: &GivenPassword,
    ) -> Result<(), AuthError> {
        let key = Key::new(What::Password, &user.project_id, user.id.as_ref(), &exchange.request().ip);
        if !exchange.is_dry() {
            self.inner.throttle.attempt(&key).await?;
        }
        // As at a login: both count for the same account.
        let account = user.email.as_deref().map_or_else(|| user.id.to_string(), email::fold);
        let turn = self.turn(exchange, &account, Some(user)).await?;
        let hash = user.password_hash.as_ref().map(|hash| hash.expose().as_str());
        if !self.inner.hasher.verify(hash, current).await?.is_right() {
            if let Some(turn) = turn {
                turn.wrong();
            }
            return Err(wrong_password());
        }
        if !exchange.is_dry() {
            self.inner.throttle.succeeded(&key).await;
        }
        Ok(())
    }

    async fn store_changed(
        &self,
        exchange: &Exchange,
        bearer: &Bearer,
        hash: &Secret<String>,
    ) -> Result<User, AuthError> {
        let (project, id) = (&exchange.project().id, &bearer.user.id);
        let now = self.now();
        let mut lease = exchange.session().write().await?;
        let current = users::locked(&mut lease, project, id).await?.ok_or_else(invalid_token)?;
        // While the new one was hashed, somebody may have reset the password that was checked.
        if !super::same_password(&current, &bearer.user) {
            return Err(wrong_password());
        }
        let user =
            users::set_password(&mut lease, project, id, hash, now).await?.ok_or_else(invalid_token)?;
        sessions::revoke_all(&mut lease, project, id, Some(&bearer.session.id), now).await?;
        // A reset that was asked for before would undo this change.
        tickets::invalidate(&mut lease, project, id, TicketPurpose::ResetPassword, now).await?;
        self.emit_user(&mut lease, exchange, Event::AuthPasswordChanged, &user).await?;
        lease.commit().await?;
        Ok(user)
    }
}

fn wrong_password() -> AuthError {
    ErrorBody::new(ErrorCode::InvalidCredentials, "The current password is wrong.")
        .field("current_password")
        .into()
}
