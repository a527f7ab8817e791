//! A project's signing keys: made when first needed, kept in memory, sealed in the database.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use contract::ids::{Id as _, ProjectId, SigningKeyId};
use jsonwebtoken::{DecodingKey, EncodingKey};
use moka::future::Cache;
use p256::{
    SecretKey,
    elliptic_curve::{rand_core::OsRng, sec1::ToEncodedPoint as _},
    pkcs8::EncodePrivateKey as _,
};
use serde_json::{Value, json};
use store::{
    Conn, Secret, Session, new_id,
    signing_keys::{self, KeyState, SigningKey},
};

use crate::{Auth, error::AuthError};

/// How the keys are used.
pub(crate) const ALGORITHM: &str = "ES256";
/// How long a key that no longer signs verifies: longer than any token lives.
const VERIFIES_MS: i64 = 25 * 60 * 60 * 1000;
/// How long a new key is published before it signs: verifiers may have kept the keys they know for five minutes (as
/// `jwks.json` is served), a minute after another process of this server did.
const ANNOUNCED_MS: i64 = 10 * 60 * 1000;
/// How long keys are believed without looking: another process may have rotated them.
const FRESH: Duration = Duration::from_secs(60);
/// How soon a token with an unknown key may cause another look.
const LOOK_AGAIN_MS: i64 = 1_000;
const PROJECTS: u64 = 10_000;

/// The keys of the projects that were asked for lately.
pub(crate) struct Keys {
    cache: Cache<ProjectId, Arc<KeySet>>,
    /// The key of tests: kept in this process alone and published nowhere.
    test: OnceLock<Arc<KeySet>>,
}

impl Default for Keys {
    fn default() -> Self {
        let cache = Cache::builder().max_capacity(PROJECTS).time_to_live(FRESH).build();
        Self { cache, test: OnceLock::new() }
    }
}

/// A project's keys.
pub(crate) struct KeySet {
    /// The id of the key that signs.
    pub(crate) signing_id: SigningKeyId,
    /// The key that signs.
    pub(crate) signing: EncodingKey,
    /// All keys that verify.
    public: Vec<PublicKey>,
    loaded_at: i64,
}

struct PublicKey {
    id: SigningKeyId,
    key: DecodingKey,
    jwk: Value,
}

impl KeySet {
    /// The key that verifies tokens with this id.
    pub(crate) fn verifying(&self, kid: &str) -> Option<&DecodingKey> {
        self.public.iter().find(|public| public.id.as_str() == kid).map(|public| &public.key)
    }

    /// What `jwks.json` answers.
    pub(crate) fn jwks(&self) -> Value {
        json!({"keys": self.public.iter().map(|public| &public.jwk).collect::<Vec<_>>()})
    }
}

impl Auth {
    /// A project's keys. If it has none yet, the first one is made. A dry run gets the key of tests instead: a draft
    /// could put any claim on its token, and nobody else may take that for the project's word (row A11).
    pub(crate) async fn keys(
        &self,
        project: &ProjectId,
        session: &Session,
    ) -> Result<Arc<KeySet>, AuthError> {
        if session.is_dry() {
            return self.test_keys();
        }
        let load = async {
            if let Some(keys) = self.load_keys(project, session).await? {
                return Ok(Arc::new(keys));
            }
            let row = self.new_key(project)?;
            let mut lease = session.write().await?;
            // Two requests, or two processes, may both have found no key.
            let row = match signing_keys::active(&mut lease, project).await? {
                Some(first) => first,
                None => {
                    signing_keys::insert(&mut lease, &row).await?;
                    row
                }
            };
            lease.commit().await?;
            self.key_set(project, &[row]).map(Arc::new)
        };
        self.inner.keys.cache.try_get_with(project.clone(), load).await.map_err(|error: Arc<AuthError>| {
            // The error is shared by all who waited for it, so it cannot be handed on as it is.
            match &*error {
                AuthError::Store(store) if store.is_transient() => unavailable(),
                other => AuthError::Defect(other.to_string()),
            }
        })
    }

    /// The key that signs in tests, and alone verifies there.
    pub(crate) fn test_keys(&self) -> Result<Arc<KeySet>, AuthError> {
        if let Some(keys) = self.inner.keys.test.get() {
            return Ok(keys.clone());
        }
        // It is sealed and opened like a project's, under the name of a project that does not exist.
        let nobody: ProjectId = new_id(self.now());
        let row = self.new_key(&nobody)?;
        let keys = Arc::new(self.key_set(&nobody, &[row])?);
        Ok(self.inner.keys.test.get_or_init(|| keys).clone())
    }

    /// The keys, looked up again if this id is none of those known.
    pub(crate) async fn keys_with(
        &self,
        project: &ProjectId,
        session: &Session,
        kid: &str,
    ) -> Result<Arc<KeySet>, AuthError> {
        let keys = self.keys(project, session).await?;
        let looked = session.is_dry() || self.now() - keys.loaded_at < LOOK_AGAIN_MS;
        if looked || keys.verifying(kid).is_some() {
            return Ok(keys);
        }
        self.inner.keys.cache.invalidate(project).await;
        self.keys(project, session).await
    }

    /// Makes a new signing key. It is published at once and signs when verifiers know it; until then the old one does,
    /// whose tokens are good until they expire.
    pub(crate) async fn new_signing_key(
        &self,
        conn: &mut Conn,
        project: &ProjectId,
    ) -> Result<SigningKeyId, AuthError> {
        let row = self.new_key(project)?;
        let now = self.now();
        for old in signing_keys::list(conn, project).await? {
            if old.state == KeyState::Active {
                signing_keys::retire(conn, project, &old.id, now + ANNOUNCED_MS).await?;
            }
        }
        signing_keys::prune(conn, project, now - VERIFIES_MS).await?;
        signing_keys::insert(conn, &row).await?;
        Ok(row.id)
    }

    /// Forgets what is known of a project's keys.
    pub(crate) async fn forget_keys(&self, project: &ProjectId) {
        self.inner.keys.cache.invalidate(project).await;
    }

    async fn load_keys(&self, project: &ProjectId, session: &Session) -> Result<Option<KeySet>, AuthError> {
        let mut lease = session.read().await?;
        let rows = signing_keys::list(&mut lease, project).await?;
        drop(lease);
        let oldest = self.now() - VERIFIES_MS;
        let verifying: Vec<_> = rows
            .into_iter()
            .filter(|row| row.retired_at.is_none_or(|retired_at| retired_at > oldest))
            .collect();
        if verifying.iter().any(|row| row.state == KeyState::Active) {
            self.key_set(project, &verifying).map(Some)
        } else {
            Ok(None)
        }
    }

    /// Rows, newest first, as keys. The newest that has been announced for long enough signs, else the oldest that is
    /// not out of service: a project's first key signs at once.
    fn key_set(&self, project: &ProjectId, rows: &[SigningKey]) -> Result<KeySet, AuthError> {
        let now = self.now();
        let in_service =
            || rows.iter().filter(|row| row.retired_at.is_none_or(|retired_at| retired_at > now));
        let signs =
            in_service().find(|row| row.created_at <= now - ANNOUNCED_MS).or(in_service().next_back());
        let signs = signs.ok_or_else(|| AuthError::Defect("no active signing key".into()))?;
        let der = self.inner.vault.open(&signing_keys::context(project), signs.private_key.expose())?;
        let public = rows.iter().map(public_key).collect::<Result<_, _>>()?;
        Ok(KeySet {
            signing_id: signs.id.clone(),
            signing: EncodingKey::from_ec_der(&der),
            public,
            loaded_at: now,
        })
    }

    fn new_key(&self, project: &ProjectId) -> Result<SigningKey, AuthError> {
        let now = self.now();
        let id: SigningKeyId = new_id(now);
        let secret = SecretKey::random(&mut OsRng);
        let der = secret.to_pkcs8_der().map_err(|error| AuthError::Defect(error.to_string()))?;
        let point = secret.public_key().to_encoded_point(false);
        let coordinate = |bytes: Option<&p256::FieldBytes>| bytes.map(|bytes| URL_SAFE_NO_PAD.encode(bytes));
        Ok(SigningKey {
            public_jwk: json!({
                "kty": "EC", "crv": "P-256", "use": "sig", "alg": ALGORITHM, "kid": id,
                "x": coordinate(point.x()), "y": coordinate(point.y()),
            }),
            id,
            project_id: project.clone(),
            algorithm: ALGORITHM.into(),
            private_key: Secret::new(self.inner.vault.seal(&signing_keys::context(project), der.as_bytes())?),
            state: KeyState::Active,
            created_at: now,
            retired_at: None,
        })
    }
}

fn public_key(row: &SigningKey) -> Result<PublicKey, AuthError> {
    let part = |name: &str| row.public_jwk.get(name).and_then(Value::as_str).unwrap_or_default();
    let key = DecodingKey::from_ec_components(part("x"), part("y"))
        .map_err(|error| AuthError::Defect(format!("signing key {} cannot be read: {error}", row.id)))?;
    Ok(PublicKey { id: row.id.clone(), key, jwk: row.public_jwk.clone() })
}

fn unavailable() -> AuthError {
    AuthError::refused(
        contract::error::ErrorCode::Unavailable,
        "The database is unavailable; try again in a moment.",
    )
}
