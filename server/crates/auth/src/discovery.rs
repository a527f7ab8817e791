//! What others need to verify the tokens: issuer, discovery document, JWKS; and key rotation.

use contract::{
    error::ErrorBody,
    ids::{ProjectId, SigningKeyId},
};
use hooks::ProjectInfo;
use serde_json::{Value, json};
use store::Conn;

use crate::{Auth, error::AuthError, keys::ALGORITHM};

impl Auth {
    /// The issuer of a project's tokens: its own host, else a path below the instance's address.
    pub fn issuer(&self, project: &ProjectInfo) -> String {
        self.issuer_of(&project.slug, project.custom_host.as_deref())
    }

    pub(crate) fn issuer_of(&self, slug: &str, custom_host: Option<&str>) -> String {
        let base = &self.inner.base_url;
        match custom_host {
            Some(host) => {
                let scheme = base.split_once("://").map_or("https", |(scheme, _)| scheme);
                format!("{scheme}://{host}")
            }
            None => format!("{base}/p/{slug}"),
        }
    }

    /// The project's public keys, for `jwks.json`: the one that signs, a new one that will, and those
    /// whose tokens may still be good.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn jwks(&self, project: &ProjectInfo) -> Result<Value, ErrorBody> {
        let keys = self.keys(&project.id, &self.inner.db.live()).await.map_err(AuthError::into_body)?;
        Ok(keys.jwks())
    }

    /// The project's `openid-configuration`: what verifying a token takes. There are no browser flows to announce.
    pub fn discovery(&self, project: &ProjectInfo) -> Value {
        let issuer = self.issuer(project);
        json!({
            "issuer": issuer,
            "jwks_uri": format!("{issuer}/.well-known/jwks.json"),
            "id_token_signing_alg_values_supported": [ALGORITHM],
            "response_types_supported": [],
            "subject_types_supported": ["public"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "claims_supported": ["iss", "sub", "aud", "exp", "iat", "jti", "sid", "client_id", "scope"],
        })
    }

    /// Makes the first signing key of a project if it has none; best called when the project is made, so that a dry
    /// run finds it.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn ensure_keys(&self, project: &ProjectId) -> Result<(), ErrorBody> {
        self.keys(project, &self.inner.db.live()).await.map(drop).map_err(AuthError::into_body)
    }

    /// Makes a new signing key for a project, in the transaction of the caller, who says [`Self::keys_changed`] when it is
    /// committed. The key is published then and signs ten minutes later, when verifiers know it; tokens of the old ones
    /// stay good until they expire.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn rotate_keys(&self, conn: &mut Conn, project: &ProjectId) -> Result<SigningKeyId, ErrorBody> {
        self.new_signing_key(conn, project).await.map_err(AuthError::into_body)
    }

    /// Has this process read a project's keys again.
    pub async fn keys_changed(&self, project: &ProjectId) {
        self.forget_keys(project).await;
    }
}
