//! `POST /auth/refresh`.

use contract::{
    catalogue::{endpoints::Endpoint, events::Event},
    error::{ErrorBody, ErrorCode},
    ids::{SessionId, UserId},
};
use hooks::Exchange;
use serde_json::{Value, json};
use store::{
    Lease,
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
    opaque::{self, Kind, OpaqueToken},
    session_start::{Grant, token_response},
};

/// A token that was good when it was looked at.
struct Presented {
    token: RefreshToken,
    user: User,
    session: UserSession,
}

impl Auth {
    /// Looks at the token, asks the hooks, then rotates. A refusal leaves the token usable.
    pub(crate) async fn refresh(
        &self,
        exchange: &Exchange,
        body: Option<Value>,
    ) -> Result<Answer, AuthError> {
        let text = Fields::of(body)?.token("refresh_token")?;
        let presented = self.check_refresh_token(exchange, &text).await?;
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

    async fn check_refresh_token(&self, exchange: &Exchange, text: &str) -> Result<Presented, AuthError> {
        let _core = exchange.core("Check the refresh token");
        let project = &exchange.project().id;
        let now = self.now();
        let mut lease = exchange.session().read().await?;
        let hash = opaque::hash(text);
        let found = refresh_tokens::by_hash(&mut lease, project, hash.expose()).await?;
        let token = found.ok_or_else(invalid_grant)?;
        exchange.set_user(&token.user_id);
        if token.used_at.is_some() {
            drop(lease);
            let lease = exchange.session().write().await?;
            return Err(self.end_reused(exchange, lease, &token.session_id, &token.user_id).await?);
        }
        let session = sessions::by_id(&mut lease, project, &token.session_id).await?;
        let user = users::by_id(&mut lease, project, &token.user_id).await?;
        let session = session.filter(|session| session.is_active(now)).ok_or_else(invalid_grant)?;
        if token.expires_at <= now {
            return Err(invalid_grant());
        }
        Ok(Presented { user: user.ok_or_else(invalid_grant)?, session, token })
    }

    /// Marks the token as used and puts the next one in its place. Somebody may have been faster meanwhile, and the
    /// user may have been blocked.
    async fn rotate(
        &self,
        exchange: &Exchange,
        presented: &Presented,
    ) -> Result<(OpaqueToken, User), AuthError> {
        let project = &exchange.project().id;
        let next = OpaqueToken::generate(Kind::Refresh)?;
        let now = self.now();
        let row =
            NextToken { id: new_id(now), token_hash: next.hash(), expires_at: presented.session.expires_at };
        let mut lease = exchange.session().write().await?;
        let hash = presented.token.token_hash.expose();
        match refresh_tokens::rotate(&mut lease, project, hash, row, now).await? {
            Rotation::Rotated { session, .. } => {
                let user = users::by_id(&mut lease, project, &session.user_id).await?;
                let user = user.ok_or_else(invalid_grant)?;
                refuse_blocked(&user)?;
                let payload = json!({"user_id": user.id, "session_id": session.id});
                self.emit(&mut lease, exchange, Event::AuthTokenRefreshed, &user.id, payload).await?;
                lease.commit().await?;
                Ok((next, user))
            }
            Rotation::Reused { session_id, user_id } => {
                Err(self.end_reused(exchange, lease, &session_id, &user_id).await?)
            }
            Rotation::Expired | Rotation::Revoked | Rotation::Unknown => Err(invalid_grant()),
        }
    }

    /// A token was used twice, so somebody has a copy: ends the session for both, and tells the project.
    async fn end_reused(
        &self,
        exchange: &Exchange,
        mut lease: Lease,
        session: &SessionId,
        user: &UserId,
    ) -> Result<AuthError, AuthError> {
        let project = &exchange.project().id;
        let now = self.now();
        sessions::revoke(&mut lease, project, session, now).await?;
        let entry = LogEntry {
            id: new_id(now),
            project_id: project.clone(),
            kind: ErrorCode::RefreshTokenReused.as_str().into(),
            level: LogLevel::Warn,
            description: "A refresh token was used a second time; its session has been ended.".into(),
            user_id: Some(user.clone()),
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

fn invalid_grant() -> AuthError {
    AuthError::refused(
        ErrorCode::InvalidGrant,
        "The refresh token is unknown, expired or revoked. Sign in again.",
    )
}
