//! Who calls: the access token of the `Authorization` header.

use contract::error::{ErrorBody, ErrorCode};
use hooks::Exchange;
use store::{
    sessions::{self, UserSession},
    users::{self, User},
};

use crate::{
    Auth,
    error::AuthError,
    jwt::{AccessClaims, invalid_token},
};

/// Longest token that is looked at.
const MAX_BEARER: usize = 16 * 1024;

/// The caller.
pub(crate) struct Bearer {
    pub(crate) user: User,
    pub(crate) session: UserSession,
}

impl Auth {
    /// Checks the access token of a request whose flow does not run.
    ///
    /// # Errors
    /// The body of the error answer if the token is missing or not valid.
    pub async fn check_bearer(&self, exchange: &Exchange, token: Option<&str>) -> Result<(), ErrorBody> {
        self.bearer(exchange, token).await.map(drop).map_err(|error| error.into_body_for(exchange))
    }

    /// The user of an access token: signature, issuer and expiry are checked, then that its session has not ended.
    /// That takes a look at the database, so that signing out works at once.
    pub(crate) async fn bearer(&self, exchange: &Exchange, token: Option<&str>) -> Result<Bearer, AuthError> {
        let project = exchange.project();
        let claims = self.genuine(exchange, token.ok_or_else(invalid_token)?).await?;
        if claims.exp.saturating_mul(1000) <= self.now() {
            return Err(invalid_token());
        }
        let stands_in = exchange.session().standing_in().await?.filter(|session| session.id == claims.sid);
        let mut lease = exchange.session().read().await?;
        let session = match stands_in {
            Some(session) => Some(session),
            None => sessions::by_id(&mut lease, &project.id, &claims.sid).await?,
        };
        let user = users::by_id(&mut lease, &project.id, &claims.sub).await?;
        drop(lease);
        let (Some(session), Some(user)) = (session, user) else { return Err(invalid_token()) };
        if !session.is_active(self.now()) || session.user_id != user.id {
            return Err(invalid_token());
        }
        exchange.set_user(&user.id);
        refuse_blocked(&user)?;
        Ok(Bearer { user, session })
    }

    /// The claims of an access token that this project has issued, expired or not.
    pub(crate) async fn genuine(&self, exchange: &Exchange, token: &str) -> Result<AccessClaims, AuthError> {
        if token.len() > MAX_BEARER {
            return Err(invalid_token());
        }
        let project = exchange.project();
        self.verify_access(&project.id, &self.issuer(project), exchange.session(), token).await
    }
}

/// Refuses a user who is blocked. Asked only once it is known that it is the user who calls.
pub(crate) fn refuse_blocked(user: &User) -> Result<(), AuthError> {
    if user.blocked {
        Err(AuthError::refused(ErrorCode::UserBlocked, "This user is blocked."))
    } else {
        Ok(())
    }
}
