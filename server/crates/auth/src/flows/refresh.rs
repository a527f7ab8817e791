//! `POST /auth/refresh`.

use contract::{
    catalogue::{endpoints::Endpoint, events::Event},
    error::{ErrorBody, ErrorCode},
};
use hooks::Exchange;
use serde_json::{Value, json};
use store::{
    Conn, Lease, Secret,
    log_entries::{self, LogEntry, LogLevel},
    new_id,
    refresh_tokens::{self, NextToken, RefreshToken, Rotation},
    sessions::{self, UserSession},
    users::{self, User},
};

use crate::{
    Answer, Auth,
    bearer::refuse_blocked,
    error::AuthError,
    input::Fields,
    opaque::{self, OpaqueToken},
    session_start::{Grant, token_response},
};

/// A token that was good when it was looked at.
struct Presented {
    text: String,
    /// When the request came: hooks may take longer than the time within which a used token gets its answer again.
    arrived: i64,
    token: RefreshToken,
    user: User,
    session: UserSession,
}

impl Auth {
    /// Looks at the token, asks the hooks, then rotates. A refusal leaves the token usable.
    ///
    /// For a short time after its use a token gets the same next token again, as long as that one is unused: two tabs
    /// may refresh at once, and an answer may be lost on its way. The hooks run and an access token is issued for each
    /// of these requests.
    pub(crate) async fn refresh(
        &self,
        exchange: &Exchange,
        body: Option<Value>,
    ) -> Result<Answer, AuthError> {
        let text = Fields::of(body)?.token("refresh_token")?;
        let presented = self.check_refresh_token(exchange, text).await?;
        refuse_blocked(&presented.user)?;
        let mut grant = Grant::refresh(&presented.session);
        self.exchange_credentials(exchange, &presented.user, &mut grant).await?;

        let core = exchange.core("Rotate");
        // Signed first: once the token is rotated, nothing may fail, because the client could not try again with it.
        let Presented { user, session, .. } = &presented;
        let access = self.access_token(exchange, &user.id, &session.id, &grant).await?;
        let (next, user) = self.rotate(exchange, &presented).await?;
        drop(core);
        exchange.event_emitted(Event::AuthTokenRefreshed);
        Answer::of(Endpoint::Refresh, &token_response(access, next, &user))
    }

    async fn check_refresh_token(&self, exchange: &Exchange, text: String) -> Result<Presented, AuthError> {
        let _core = exchange.core("Check the refresh token");
        let project = &exchange.project().id;
        let arrived = self.now();
        let mut lease = exchange.session().read().await?;
        let hash = opaque::hash(&text);
        let found = refresh_tokens::by_hash(&mut lease, project, hash.expose()).await?;
        let token = found.ok_or_else(invalid_grant)?;
        exchange.set_user(&token.user_id);
        let session = sessions::by_id(&mut lease, project, &token.session_id).await?;
        let user = users::by_id(&mut lease, project, &token.user_id).await?;
        let (Some(session), Some(user)) = (session, user) else { return Err(invalid_grant()) };
        let presented = Presented { text, arrived, token, user, session };
        if presented.token.used_at.is_some() {
            let Presented { token, user, session, .. } = &presented;
            if self.successor(&mut lease, exchange, &presented, token, user, session).await?.is_some() {
                return Ok(presented);
            }
            drop(lease);
            let lease = exchange.session().write().await?;
            return Err(self.end_reused(exchange, lease, &presented.token).await?);
        }
        if !presented.session.is_active(arrived) || presented.token.expires_at <= arrived {
            return Err(invalid_grant());
        }
        Ok(presented)
    }

    /// Marks the token as used and puts the next one in its place. Somebody may have been faster meanwhile, and the
    /// user may have been blocked.
    async fn rotate(
        &self,
        exchange: &Exchange,
        presented: &Presented,
    ) -> Result<(OpaqueToken, User), AuthError> {
        let project = &exchange.project().id;
        let seed = opaque::random()?;
        let next = OpaqueToken::successor(&presented.text, &seed)?;
        let now = self.now();
        let row = NextToken {
            id: new_id(now),
            token_hash: next.hash(),
            expires_at: presented.session.expires_at,
            successor: Secret::new(self.inner.vault.seal(&context(&presented.token), &seed)?),
        };
        let mut lease = exchange.session().write().await?;
        let hash = presented.token.token_hash.expose();
        match refresh_tokens::rotate(&mut lease, project, hash, row, now).await? {
            Rotation::Rotated { session, .. } => {
                let user = users::by_id(&mut lease, project, &session.user_id).await?;
                let user = user.ok_or_else(invalid_grant)?;
                self.refreshed(exchange, lease, &session, &user).await?;
                Ok((next, user))
            }
            Rotation::Reused { token } => {
                let session = sessions::by_id(&mut lease, project, &token.session_id).await?;
                let user = users::by_id(&mut lease, project, &token.user_id).await?;
                let (Some(session), Some(user)) = (session, user) else { return Err(invalid_grant()) };
                match self.successor(&mut lease, exchange, presented, &token, &user, &session).await? {
                    Some(next) => {
                        self.refreshed(exchange, lease, &session, &user).await?;
                        Ok((next, user))
                    }
                    None => Err(self.end_reused(exchange, lease, &token).await?),
                }
            }
            Rotation::Expired | Rotation::Revoked | Rotation::Unknown => Err(invalid_grant()),
        }
    }

    /// The end of a refresh's transaction.
    async fn refreshed(
        &self,
        exchange: &Exchange,
        mut lease: Lease,
        session: &UserSession,
        user: &User,
    ) -> Result<(), AuthError> {
        refuse_blocked(user)?;
        let payload = json!({"user_id": user.id, "session_id": session.id});
        self.emit(&mut lease, exchange, Event::AuthTokenRefreshed, &user.id, payload).await?;
        lease.commit().await?;
        Ok(())
    }

    /// The next token of a used one, if the used one may have it again: within the project's time, while the session goes
    /// on, the password is the same and the next token is unused.
    async fn successor(
        &self,
        conn: &mut Conn,
        exchange: &Exchange,
        presented: &Presented,
        token: &RefreshToken,
        user: &User,
        session: &UserSession,
    ) -> Result<Option<OpaqueToken>, AuthError> {
        let (Some(used_at), Some(sealed)) = (token.used_at, &token.successor) else { return Ok(None) };
        let window = i64::from(exchange.project().settings.reuse_seconds()) * 1000;
        // A request that came before the token was used is no theft, however long its hooks took.
        let in_time = window > 0 && presented.arrived.saturating_sub(used_at) < window;
        let same_password = user.last_password_reset.is_none_or(|changed| changed < used_at);
        let now = self.now();
        if !in_time || !same_password || !session.is_active(now) {
            return Ok(None);
        }
        let seed = self.inner.vault.open(&context(token), sealed.expose())?;
        let next = OpaqueToken::successor(&presented.text, &seed)?;
        let row = refresh_tokens::by_hash(conn, &token.project_id, next.hash().expose()).await?;
        let live = row.is_some_and(|row| row.used_at.is_none() && row.expires_at > now);
        Ok(live.then_some(next))
    }

    /// A token was used twice, so somebody has a copy: ends the session for both, and tells the project.
    async fn end_reused(
        &self,
        exchange: &Exchange,
        mut lease: Lease,
        token: &RefreshToken,
    ) -> Result<AuthError, AuthError> {
        let session = &token.session_id;
        let project = &exchange.project().id;
        let now = self.now();
        sessions::revoke(&mut lease, project, session, now).await?;
        let entry = LogEntry {
            id: new_id(now),
            project_id: project.clone(),
            kind: ErrorCode::RefreshTokenReused.as_str().into(),
            level: LogLevel::Warn,
            description: "A refresh token was used a second time; its session has been ended.".into(),
            user_id: Some(token.user_id.clone()),
            hook_id: None,
            request_id: Some(exchange.request_id().clone()),
            details: json!({"session_id": session, "ip": exchange.request().ip}),
            created_at: now,
        };
        log_entries::insert(&mut lease, &entry).await?;
        lease.commit().await?;
        let message = "This refresh token was used before; the session has been ended. Sign in again.";
        Ok(ErrorBody::new(ErrorCode::RefreshTokenReused, message).into())
    }
}

/// For what the seed of a token's successor is sealed.
fn context(token: &RefreshToken) -> String {
    format!("refresh-successor:{}:{}", token.project_id, token.id)
}

fn invalid_grant() -> AuthError {
    AuthError::refused(
        ErrorCode::InvalidGrant,
        "The refresh token is unknown, expired or revoked. Sign in again.",
    )
}
