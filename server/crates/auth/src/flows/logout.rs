//! `POST /auth/logout`.

use contract::{
    catalogue::{endpoints::Endpoint, events::Event, payloads::LogoutEvent, triggers::fires},
    ids::SessionId,
};
use hooks::Exchange;
use serde_json::{Value, json};
use store::{
    refresh_tokens,
    sessions::{self, UserSession},
};

use crate::{Answer, Auth, error::AuthError, input::Fields, jwt::invalid_token, opaque};

impl Auth {
    /// Ends the sessions of the access token and of the refresh token, whichever is given. An access token may have
    /// expired, a refresh token may be used, and the session may have ended before: the answer is the same. Hooks run
    /// for each session that this request has ended.
    pub(crate) async fn logout(
        &self,
        exchange: &Exchange,
        body: Option<Value>,
        bearer: Option<&str>,
    ) -> Result<Answer, AuthError> {
        let refresh_token = match body {
            None | Some(Value::Null) => None,
            body => Fields::of(body)?.optional_token("refresh_token")?,
        };
        let core = exchange.core("End the session");
        let named = self.named_sessions(exchange, bearer, refresh_token.as_deref()).await?;
        let ended = self.end_sessions(exchange, &named).await?;
        drop(core);
        for session in ended {
            exchange.event_emitted(Event::AuthLogout);
            let event = LogoutEvent {
                user_id: session.user_id.to_string(),
                session_id: session.id.to_string(),
                request: exchange.request().clone(),
                tenant: exchange.tenant(),
            };
            exchange.notify(fires::AfterLogout, event).await;
        }
        Ok(Answer::empty(Endpoint::Logout))
    }

    /// The sessions that genuine tokens of this project name. Who has one of the two may end its session, so one that is
    /// not genuine does not keep the other from it; without any the request is refused.
    async fn named_sessions(
        &self,
        exchange: &Exchange,
        bearer: Option<&str>,
        refresh_token: Option<&str>,
    ) -> Result<Vec<SessionId>, AuthError> {
        let mut named = Vec::new();
        if let Some(token) = bearer {
            match self.genuine(exchange, token).await {
                Ok(claims) => named.push(claims.sid),
                Err(error) if refresh_token.is_none() || !error.is_refusal() => return Err(error),
                Err(_) => {}
            }
        }
        if let Some(token) = refresh_token {
            let hash = opaque::hash(token);
            let mut lease = exchange.session().read().await?;
            let found = refresh_tokens::by_hash(&mut lease, &exchange.project().id, hash.expose()).await?;
            named.extend(found.map(|token| token.session_id).filter(|id| !named.contains(id)));
        }
        if named.is_empty() { Err(invalid_token()) } else { Ok(named) }
    }

    /// Ends those that go on; gives them.
    async fn end_sessions(
        &self,
        exchange: &Exchange,
        named: &[SessionId],
    ) -> Result<Vec<UserSession>, AuthError> {
        let mut ended = Vec::new();
        let mut lease = exchange.session().write().await?;
        for id in named {
            let revoked = sessions::revoke(&mut lease, &exchange.project().id, id, self.now()).await?;
            let Some(session) = revoked else { continue };
            exchange.set_user(&session.user_id);
            let payload = json!({"user_id": session.user_id, "session_id": session.id});
            self.emit(&mut lease, exchange, Event::AuthLogout, &session.user_id, payload).await?;
            ended.push(session);
        }
        lease.commit().await?;
        Ok(ended)
    }
}
