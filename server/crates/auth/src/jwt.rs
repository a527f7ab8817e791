//! Access tokens: what is in them, signing and verifying.

use contract::{
    claims,
    error::ErrorCode,
    ids::{Id as _, ProjectId, SessionId, UserId},
};
use jsonwebtoken::{Algorithm, Header, Validation};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use store::Session;

use crate::{Auth, error::AuthError, keys::KeySet};

/// Scopes that everybody may have. Others would be permissions, and those are not for the caller to choose.
const OPEN_SCOPES: &[&str] = &["openid", "profile", "email", "offline_access"];
const DEFAULT_SCOPE: &str = "openid profile email";

/// Bytes of JSON that hooks may put on a token. With the rest it stays below what this server takes as a bearer token,
/// and what proxies take as a header.
pub(crate) const MAX_CLAIMS: usize = 4 * 1024;

/// The application of every project.
pub(crate) const CLIENT_ID: &str = "default";

/// The claims of an access token.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct AccessClaims {
    pub(crate) iss: String,
    pub(crate) sub: UserId,
    pub(crate) aud: String,
    pub(crate) iat: i64,
    pub(crate) exp: i64,
    pub(crate) jti: String,
    /// The session; the token is refused once it has ended.
    pub(crate) sid: SessionId,
    pub(crate) client_id: String,
    pub(crate) scope: String,
    #[serde(flatten)]
    pub(crate) custom: Map<String, Value>,
}

/// The part of the requested scopes that is granted.
pub(crate) fn granted_scope(requested: Option<&str>) -> String {
    let Some(requested) = requested else { return DEFAULT_SCOPE.into() };
    let granted: Vec<_> = requested.split_whitespace().filter(|scope| OPEN_SCOPES.contains(scope)).collect();
    granted.join(" ")
}

/// Claims that hooks asked for, later ones over earlier ones; a null removes; reserved names are left out, and so is
/// what would make them larger than [`MAX_CLAIMS`].
pub(crate) fn custom_claims(wanted: &[(String, Value)]) -> Map<String, Value> {
    let mut claims = Map::new();
    let mut size = 0;
    for (name, value) in wanted {
        if claims::RESERVED.contains(&name.as_str()) {
            continue;
        }
        let bytes = |value: &Value| json!(name).to_string().len() + value.to_string().len() + 2;
        // What is too large removes as well: the claim would say what is true no longer.
        size -= claims.remove(name).as_ref().map_or(0, bytes);
        if value.is_null() {
            continue;
        }
        if size + bytes(value) > MAX_CLAIMS {
            tracing::warn!(claim = name, "a hook's claim is left out: the claims would be too large");
            continue;
        }
        size += bytes(value);
        claims.insert(name.clone(), value.clone());
    }
    claims
}

/// The id of a token: no token is looked up by it, it only has to differ from every other.
pub(crate) fn new_jti(now: i64) -> String {
    let id: contract::ids::TicketId = store::new_id(now);
    id.as_str().trim_start_matches("tik_").to_owned()
}

impl Auth {
    /// Signs claims with the project's key; in a dry run with that of tests.
    pub(crate) async fn sign(
        &self,
        project: &ProjectId,
        session: &Session,
        claims: &impl Serialize,
    ) -> Result<String, AuthError> {
        signed(&*self.keys(project, session).await?, claims)
    }

    /// The claims of an access token of this project that is signed by one of its keys. The caller judges its expiry, by
    /// the clock of the service.
    pub(crate) async fn verify_access(
        &self,
        project: &ProjectId,
        issuer: &str,
        session: &Session,
        token: &str,
    ) -> Result<AccessClaims, AuthError> {
        let header = jsonwebtoken::decode_header(token).map_err(|_| invalid_token())?;
        let kid = header.kid.filter(|_| header.alg == Algorithm::ES256).ok_or_else(invalid_token)?;
        let keys = self.keys_with(project, session, &kid).await?;
        let key = keys.verifying(&kid).ok_or_else(invalid_token)?;
        let mut validation = Validation::new(Algorithm::ES256);
        validation.set_issuer(&[issuer]);
        // A token for another audience of this project is still this user's.
        validation.validate_aud = false;
        validation.validate_exp = false;
        let decoded = jsonwebtoken::decode::<AccessClaims>(token, key, &validation);
        Ok(decoded.map_err(|_| invalid_token())?.claims)
    }
}

/// Claims as a token of these keys.
pub(crate) fn signed(keys: &KeySet, claims: &impl Serialize) -> Result<String, AuthError> {
    let mut header = Header::new(Algorithm::ES256);
    header.kid = Some(keys.signing_id.to_string());
    jsonwebtoken::encode(&header, claims, &keys.signing).map_err(|error| AuthError::Defect(error.to_string()))
}

/// The token is no good. One answer for every reason.
pub(crate) fn invalid_token() -> AuthError {
    AuthError::refused(ErrorCode::InvalidToken, "The access token is missing, malformed, expired or revoked.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_not_permissions_to_choose() {
        assert_eq!(granted_scope(None), "openid profile email");
        assert_eq!(granted_scope(Some("openid admin delete:users email")), "openid email");
    }

    #[test]
    fn reserved_claims_are_left_out_and_null_removes() {
        let wanted = [
            ("sub".to_owned(), json!("eve")),
            ("plan".to_owned(), json!("free")),
            ("plan".to_owned(), json!("pro")),
            ("x".to_owned(), json!(1)),
            ("x".to_owned(), Value::Null),
        ];
        assert_eq!(Value::Object(custom_claims(&wanted)), json!({"plan": "pro"}));
    }

    #[test]
    fn claims_have_a_bound_in_all() {
        let large = || json!("x".repeat(3_000));
        let wanted = [("a", large()), ("b", large()), ("c", json!(1)), ("a", json!(2)), ("d", large())];
        let wanted = wanted.map(|(name, value)| (name.to_owned(), value));
        let claims = custom_claims(&wanted);
        assert_eq!(claims.keys().collect::<Vec<_>>(), ["a", "c", "d"]);
        assert!(serde_json::to_vec(&claims).unwrap().len() <= MAX_CLAIMS);
    }
}
