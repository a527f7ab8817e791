//! `POST /auth/logout`.

use contract::catalogue::{endpoints::Endpoint, events::Event, payloads::LogoutEvent, triggers::fires};
use hooks::Exchange;
use serde_json::json;
use store::sessions;

use crate::{Answer, Auth, bearer::Bearer, error::AuthError, jwt::invalid_token};

impl Auth {
    /// Ends the session of the access token.
    pub(crate) async fn logout(
        &self,
        exchange: &Exchange,
        bearer: Option<&str>,
    ) -> Result<Answer, AuthError> {
        let core = exchange.core("End the session");
        let Bearer { user, session } = self.bearer(exchange, bearer).await?;
        let mut lease = exchange.session().write().await?;
        let ended = sessions::revoke(&mut lease, &exchange.project().id, &session.id, self.now()).await?;
        // Of two at once, one has ended it: the other's token is no longer good.
        let ended = ended.ok_or_else(invalid_token)?;
        let payload = json!({"user_id": user.id, "session_id": ended.id});
        self.emit(&mut lease, exchange, Event::AuthLogout, &user.id, payload).await?;
        lease.commit().await?;
        drop(core);
        exchange.event_emitted(Event::AuthLogout);
        let event = LogoutEvent {
            user_id: user.id.to_string(),
            session_id: ended.id.to_string(),
            request: exchange.request().clone(),
            tenant: exchange.tenant(),
        };
        exchange.notify(fires::AfterLogout, event).await;
        Ok(Answer::empty(Endpoint::Logout))
    }
}
