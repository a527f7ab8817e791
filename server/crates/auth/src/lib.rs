//! The auth flows: one module per endpoint, and what they share: input, passwords, tokens, keys.
//!
//! [`Auth::serve`] takes live requests; [`Auth::handle`] is the flow itself, for it and for dry runs. It parses the
//! body, goes through the steps of the endpoint in the catalogue's order, fires the triggers at their places and
//! answers. While hooks run no lease of the store is held; passwords
//! are hashed before the first write; a change and its events are one short transaction.
//!
//! It must not know HTTP, deployed hooks or administrators' rights. What a hook may do is decided in `hooks`.
//!
//! To add an endpoint: its row in the catalogue, one file in `flows/`, one arm in [`Auth::handle`] and one test that
//! compares its steps with the catalogue's.

mod accounts;
mod bearer;
mod discovery;
mod error;
mod flows;
mod hasher;
mod input;
mod jwt;
mod keys;
mod letters;
mod opaque;
mod password;
mod redacted;
mod serve;
mod service_token;
mod session_start;
mod throttle;
mod ticket;

use std::{sync::Arc, time::Duration};

use contract::{
    catalogue::endpoints::Endpoint,
    error::ErrorBody,
    ids::{SessionId, UserId},
};
use delivery::mail::Mailer;
use hooks::Exchange;
use serde::Serialize;
use serde_json::Value;
use store::{Clock, Db, vault::Vault};
use tokio_util::task::TaskTracker;

use self::{
    error::AuthError,
    hasher::{Hasher, Match},
    input::Fields,
    keys::Keys,
    password::GivenPassword,
    throttle::Throttle,
};

pub use self::{
    accounts::{Accounts, Turn},
    hasher::HashParams,
    password::{MAX_PASSWORD, NewPassword, PasswordError},
    redacted::redacted_body,
    throttle::{network, site},
};
pub use hooks::user_payload;

/// The service behind the auth API. Cheap to clone.
#[derive(Clone)]
pub struct Auth {
    inner: Arc<Inner>,
}

struct Inner {
    db: Db,
    vault: Vault,
    clock: Arc<dyn Clock>,
    mailer: Arc<Mailer>,
    base_url: String,
    enumeration_floor: Duration,
    hasher: Hasher,
    keys: Keys,
    throttle: Throttle,
    accounts: Accounts,
    /// Requests that are being worked on.
    flows: TaskTracker,
}

/// Settings of the service.
#[derive(Debug, Clone)]
pub struct AuthOptions {
    /// Where the instance is reached from outside, without a slash at the end; issuers begin with it.
    pub base_url: String,
    /// What a password costs to hash.
    pub hash: HashParams,
    /// Passwords that are hashed at the same time; others wait, at most [`Self::hash_wait`].
    pub hash_threads: usize,
    /// How long a request waits for its turn to hash before it is told that the server is busy.
    pub hash_wait: Duration,
    /// Failed passwords per address and caller within 15 minutes, before further ones are refused unread. (A caller
    /// that is not on a private network has a hundred for all addresses, and as many sign-ups and requests for tokens.)
    pub max_failures: u32,
    /// How long after their arrival live requests for e-mailed tokens are answered. The work goes on meanwhile and
    /// afterwards, so that known and unknown addresses look alike.
    pub enumeration_floor: Duration,
}

impl Default for AuthOptions {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZeroUsize::get);
        Self {
            base_url: "http://localhost:8080".into(),
            hash: HashParams::default(),
            hash_threads: cores,
            hash_wait: Duration::from_secs(10),
            max_failures: 10,
            enumeration_floor: Duration::from_millis(300),
        }
    }
}

/// Result of checking a password against a hash.
#[derive(Debug)]
pub enum Verified {
    /// Another one.
    Wrong,
    /// The one that was hashed.
    Right,
    /// The one that was hashed, before passwords had a normal form; the hash to keep from now on.
    Rehash(String),
}

/// A successful answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// JSON body, when there is one.
    pub body: Option<Value>,
}

impl Answer {
    /// An answer with the endpoint's status and a body.
    fn of(endpoint: Endpoint, body: &impl Serialize) -> Result<Self, AuthError> {
        let body = serde_json::to_value(body).map_err(|error| AuthError::Defect(error.to_string()))?;
        Ok(Self { status: endpoint.spec().status, body: Some(body) })
    }

    /// An answer with the endpoint's status alone.
    fn empty(endpoint: Endpoint) -> Self {
        Self { status: endpoint.spec().status, body: None }
    }
}

impl Auth {
    /// The service. Nothing is read or written yet.
    pub fn new(
        db: Db,
        vault: Vault,
        clock: Arc<dyn Clock>,
        mailer: Arc<Mailer>,
        options: AuthOptions,
    ) -> Self {
        let flows = TaskTracker::new();
        // Closed from the start, so that `idle` ends whenever none is there; more may come all the same.
        flows.close();
        let inner = Inner {
            flows,
            hasher: Hasher::new(options.hash, options.hash_threads, options.hash_wait),
            keys: Keys::default(),
            throttle: Throttle::new(options.max_failures),
            accounts: Accounts::default(),
            base_url: options.base_url.trim_end_matches('/').to_owned(),
            enumeration_floor: options.enumeration_floor,
            db,
            vault,
            clock,
            mailer,
        };
        Self { inner: Arc::new(inner) }
    }

    /// Runs an endpoint: parses the body, goes through the steps, answers. A caller that stops waiting stops the flow
    /// wherever it is; the caller also ends the exchange.
    ///
    /// `body` is the parsed JSON body, if there was one; `bearer` the token of the `Authorization` header.
    ///
    /// # Errors
    /// The body of the error answer, with the request's id; its status is that of its code.
    pub async fn handle(
        &self,
        endpoint: Endpoint,
        exchange: &Exchange,
        body: Option<Value>,
        bearer: Option<&str>,
    ) -> Result<Answer, ErrorBody> {
        if let Err(error) = Fields::check_nesting(body.as_ref()) {
            return Err(error.into_body_for(exchange));
        }
        let answered = match endpoint {
            Endpoint::Register => self.register(exchange, body).await,
            Endpoint::Login => self.login(exchange, body).await,
            Endpoint::Refresh => self.refresh(exchange, body).await,
            Endpoint::Logout => self.logout(exchange, body, bearer).await,
            Endpoint::Me => self.me(exchange, bearer).await,
            Endpoint::PasswordChange => self.password_change(exchange, body, bearer).await,
            Endpoint::PasswordForgot => self.password_forgot(exchange, body).await,
            Endpoint::PasswordReset => self.password_reset(exchange, body).await,
            Endpoint::VerifyEmailRequest => self.verify_email_request(exchange, body).await,
            Endpoint::VerifyEmailConfirm => self.verify_email_confirm(exchange, body).await,
        };
        answered.map_err(|error| error.into_body_for(exchange))
    }

    /// An access token for a user and its session, for tests that act as this user. The session is opened where the
    /// exchange writes, so that a dry run leaves none; a live one is the caller's to end.
    ///
    /// # Errors
    /// When there is no such user, or the database is away.
    pub async fn access_token_for(
        &self,
        exchange: &Exchange,
        user: &UserId,
    ) -> Result<(String, SessionId), ErrorBody> {
        self.session_for(exchange, user).await.map_err(AuthError::into_body)
    }

    /// Hashes a password.
    ///
    /// # Errors
    /// `busy` when too many are being hashed.
    pub async fn hash_password(&self, password: &NewPassword) -> Result<String, ErrorBody> {
        self.inner.hasher.hash(password).await.map_err(AuthError::into_body)
    }

    /// Checks a password against a hash, or against none in the same time.
    ///
    /// # Errors
    /// `busy` when too many are being hashed.
    pub async fn verify_password(&self, hash: Option<&str>, password: &str) -> Result<Verified, ErrorBody> {
        let given = GivenPassword::new(password);
        let matched = self.inner.hasher.verify(hash, &given).await.map_err(AuthError::into_body)?;
        Ok(match matched {
            Match::None => Verified::Wrong,
            Match::Current => Verified::Right,
            Match::Old(normal) => Verified::Rehash(self.hash_password(&normal).await?),
        })
    }

    fn now(&self) -> i64 {
        self.inner.clock.now_ms()
    }
}
