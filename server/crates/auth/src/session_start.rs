//! Sessions and the tokens that go with them.

use contract::{
    auth::TokenResponse,
    catalogue::{
        payloads::{AccessTokenDraft, CredentialsExchangeEvent},
        triggers::fires,
    },
    ids::{ProjectId, SessionId, UserId},
};
use hooks::{Exchange, ProjectInfo, user_payload};
use serde_json::{Map, Value};
use store::{
    Conn, StoreError, new_id,
    refresh_tokens::{self, RefreshToken},
    sessions::{self, UserSession},
    users::{self, User},
};

use crate::{
    Auth,
    error::AuthError,
    jwt::{AccessClaims, CLIENT_ID, custom_claims, granted_scope, invalid_token, new_jti},
    opaque::{Kind, OpaqueToken},
};

/// Longest life of an access token; signing keys verify a little longer than this after they were replaced.
const MAX_ACCESS_S: i64 = 24 * 60 * 60;

/// What the tokens shall be for.
#[derive(Debug, Clone)]
pub(crate) struct Grant {
    /// `password` or `refresh_token`, as hooks see it.
    pub(crate) grant_type: &'static str,
    /// Requested scopes.
    pub(crate) scope: Option<String>,
    /// Requested audience.
    pub(crate) audience: Option<String>,
    /// Claims that hooks asked for so far.
    pub(crate) claims: Vec<(String, Value)>,
}

impl Grant {
    /// A sign-in with a password.
    pub(crate) fn password() -> Self {
        Self { grant_type: "password", scope: None, audience: None, claims: Vec::new() }
    }

    /// What the login granted, once more (RFC 6749, section 6).
    pub(crate) fn refresh(session: &UserSession) -> Self {
        let claims = session.claims.as_object().cloned().unwrap_or_default();
        Self {
            grant_type: "refresh_token",
            scope: session.scope.clone(),
            audience: session.audience.clone(),
            claims: claims.into_iter().collect(),
        }
    }
}

/// A new session with its first refresh token, not stored yet.
pub(crate) struct NewSession {
    pub(crate) session: UserSession,
    token: OpaqueToken,
}

impl NewSession {
    pub(crate) fn begin(
        exchange: &Exchange,
        user: &UserId,
        auth_method: &str,
        now: i64,
    ) -> Result<Self, AuthError> {
        let project = exchange.project();
        let session = UserSession {
            id: new_id(now),
            project_id: project.id.clone(),
            user_id: user.clone(),
            created_at: now,
            // The session ends with its last refresh token: rotation does not make it longer.
            expires_at: now + i64::from(project.settings.refresh_token_seconds) * 1000,
            revoked_at: None,
            ip: Some(exchange.request().ip.clone()),
            user_agent: exchange.request().user_agent.clone(),
            auth_method: auth_method.into(),
            scope: None,
            audience: None,
            claims: Value::Object(Map::new()),
        };
        Ok(Self { session, token: OpaqueToken::generate(Kind::Refresh)? })
    }

    /// Keeps for every refresh what the login granted. Claims of the credentials exchange are left out: it is
    /// asked again each time.
    pub(crate) fn grants(&mut self, grant: &Grant) {
        self.session.scope.clone_from(&grant.scope);
        self.session.audience.clone_from(&grant.audience);
        self.session.claims = Value::Object(custom_claims(&grant.claims));
    }

    /// Stores the session and its refresh token.
    pub(crate) async fn insert(&self, conn: &mut Conn) -> Result<(), StoreError> {
        sessions::insert(conn, &self.session).await?;
        let token = RefreshToken {
            id: new_id(self.session.created_at),
            project_id: self.session.project_id.clone(),
            session_id: self.session.id.clone(),
            user_id: self.session.user_id.clone(),
            token_hash: self.token.hash(),
            created_at: self.session.created_at,
            expires_at: self.session.expires_at,
            used_at: None,
            successor: None,
        };
        refresh_tokens::insert(conn, &token).await
    }

    /// The answer, once the session is stored.
    pub(crate) fn answer(self, access: AccessToken, user: &User) -> TokenResponse {
        token_response(access, self.token, user)
    }
}

/// A signed access token.
pub(crate) struct AccessToken {
    text: String,
    /// Seconds.
    expires_in: i64,
    scope: String,
}

impl Auth {
    /// Asks the hooks of the credentials exchange; adds their claims to the grant.
    pub(crate) async fn exchange_credentials(
        &self,
        exchange: &Exchange,
        user: &User,
        grant: &mut Grant,
    ) -> Result<(), AuthError> {
        let payload = CredentialsExchangeEvent {
            user: user_payload(user),
            client: exchange.client(),
            request: exchange.request().clone(),
            tenant: exchange.tenant(),
            grant_type: grant.grant_type.into(),
            scope: grant.scope.clone().unwrap_or_default(),
            audience: grant.audience.clone(),
            access_token: AccessTokenDraft {
                custom_claims: custom_claims(&grant.claims).into_iter().collect(),
                scope: granted_scope(grant.scope.as_deref()).split_whitespace().map(str::to_owned).collect(),
            },
        };
        let effects = exchange.fire(fires::CredentialsExchange, payload).await?;
        grant.claims.extend(effects.claims);
        Ok(())
    }

    /// Signs an access token for a session.
    pub(crate) async fn access_token(
        &self,
        exchange: &Exchange,
        user: &UserId,
        session: &SessionId,
        grant: &Grant,
    ) -> Result<AccessToken, AuthError> {
        let project = exchange.project();
        let now = self.now();
        let life = access_life(project);
        let scope = granted_scope(grant.scope.as_deref());
        let issuer = self.issuer(project);
        let claims = AccessClaims {
            aud: grant.audience.clone().unwrap_or_else(|| issuer.clone()),
            iss: issuer,
            sub: user.clone(),
            iat: now / 1000,
            exp: now / 1000 + life,
            jti: new_jti(now),
            sid: session.clone(),
            client_id: CLIENT_ID.into(),
            scope: scope.clone(),
            custom: custom_claims(&grant.claims),
        };
        let text = self.sign(&project.id, exchange.session(), &claims).await?;
        Ok(AccessToken { text, expires_in: life, scope })
    }

    /// Opens a session without any proof, for tests that act as a user.
    pub(crate) async fn session_for(
        &self,
        exchange: &Exchange,
        user: &UserId,
    ) -> Result<(String, SessionId), AuthError> {
        let project: &ProjectId = &exchange.project().id;
        let mut lease = exchange.session().read().await?;
        let found = users::by_id(&mut lease, project, user).await?;
        drop(lease);
        let user = found.ok_or_else(invalid_token)?;
        let NewSession { session, .. } = NewSession::begin(exchange, &user.id, "console_test", self.now())?;
        let id = session.id.clone();
        let access = self.access_token(exchange, &user.id, &id, &Grant::password()).await?;
        if exchange.is_dry() {
            // Written with the flow's own first change: before that passwords are hashed, while others may write.
            exchange.session().stand_in(session).await?;
        } else {
            let mut lease = exchange.session().write().await?;
            sessions::insert(&mut lease, &session).await?;
            lease.commit().await?;
        }
        Ok((access.text, id))
    }
}

/// The answer of every endpoint that issues tokens.
pub(crate) fn token_response(access: AccessToken, refresh: OpaqueToken, user: &User) -> TokenResponse {
    TokenResponse {
        access_token: access.text,
        token_type: "Bearer".into(),
        expires_in: access.expires_in,
        refresh_token: refresh.into_text(),
        scope: access.scope,
        user: user_payload(user),
    }
}

fn access_life(project: &ProjectInfo) -> i64 {
    i64::from(project.settings.access_token_seconds).clamp(1, MAX_ACCESS_S)
}
