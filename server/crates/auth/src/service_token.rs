//! Service tokens (rows C19 to C22): a JWT of the project's own key, for hooks that call the project's APIs.

use async_trait::async_trait;
use contract::{
    error::{ErrorBody, ErrorCode},
    ids::ProjectId,
};
use hooks::{ProjectInfo, ServiceToken, TokenSigner};
use serde_json::{Map, Value, json};
use store::projects;

use crate::{
    Auth,
    error::AuthError,
    jwt::{MAX_CLAIMS, new_jti, signed},
    keys::KeySet,
};

const CLIENT_ID: &str = "auth-service";
const DEFAULT_LIFE_S: i64 = 3_600;
/// Longer lives would outlast the keys' time to verify.
const MAX_LIFE_S: i64 = 24 * 60 * 60;
const MAX_SCOPE: usize = 2_000;

/// The project that a token is for.
struct Owner<'a> {
    slug: &'a str,
    issuer: String,
}

impl Auth {
    /// A service token: `client_id` is `auth-service`, `tenant_id` the project's slug; it lives `expires_in` seconds.
    ///
    /// # Errors
    /// `invalid_field` for a reserved claim, claims over 4 KiB, a scope over 2,000 characters or a life that is not 1
    /// second to 24 hours.
    pub async fn service_token(
        &self,
        project: &ProjectInfo,
        scope: &str,
        expires_in: i64,
        claims: Map<String, Value>,
    ) -> Result<String, ErrorBody> {
        let owner = Owner { slug: &project.slug, issuer: self.issuer(project) };
        let keys = self.keys(&project.id, &self.inner.db.live()).await.map_err(AuthError::into_body)?;
        self.sign_service_token(&keys, &owner, scope, expires_in, claims).map_err(AuthError::into_body)
    }

    fn sign_service_token(
        &self,
        keys: &KeySet,
        owner: &Owner<'_>,
        scope: &str,
        expires_in: i64,
        claims: Map<String, Value>,
    ) -> Result<String, AuthError> {
        let refused = |message: String| Err(AuthError::refused(ErrorCode::InvalidField, message));
        if let Some(name) = claims.keys().find(|name| contract::claims::RESERVED.contains(&name.as_str())) {
            return refused(format!("The claim `{name}` is reserved."));
        }
        if !(1..=MAX_LIFE_S).contains(&expires_in) {
            return refused(format!("`expiresInSeconds` must be from 1 to {MAX_LIFE_S}."));
        }
        if scope.chars().count() > MAX_SCOPE {
            return refused(format!("`scope` is longer than {MAX_SCOPE} characters."));
        }
        let size = serde_json::to_vec(&claims).map_or(usize::MAX, |bytes| bytes.len());
        if size > MAX_CLAIMS {
            return refused(format!("The claims are larger than {MAX_CLAIMS} bytes."));
        }
        let now = self.now();
        let mut token = claims;
        let own = json!({
            "iss": owner.issuer, "sub": CLIENT_ID, "aud": owner.issuer, "iat": now / 1000, "exp": now / 1000 + expires_in,
            "jti": new_jti(now), "client_id": CLIENT_ID, "scope": scope, "tenant_id": owner.slug,
        });
        if let Value::Object(own) = own {
            token.extend(own);
        }
        signed(keys, &token)
    }
}

#[async_trait]
impl TokenSigner for Auth {
    async fn service_token(
        &self,
        project: &ProjectId,
        token: ServiceToken,
        test: bool,
    ) -> Result<String, String> {
        let found = async {
            // Live also when a hook of a dry run asks: the store of the dry run may be in use by its flow.
            let session = self.inner.db.live();
            let mut lease = session.read().await?;
            let row = projects::by_id(&mut lease, project).await?;
            drop(lease);
            let keys = if test { self.test_keys()? } else { self.keys(project, &session).await? };
            Ok::<_, AuthError>((row, keys))
        };
        let (row, keys) = found.await.map_err(|error| error.into_body().message)?;
        let row = row.ok_or("The project does not exist any more.")?;
        let owner = Owner { slug: &row.slug, issuer: self.issuer_of(&row.slug, row.custom_host.as_deref()) };
        let life = token.expires_in_seconds.unwrap_or(DEFAULT_LIFE_S);
        let signed = self.sign_service_token(&keys, &owner, &token.scope, life, token.custom_claims);
        signed.map_err(|error| error.into_body().message)
    }
}
