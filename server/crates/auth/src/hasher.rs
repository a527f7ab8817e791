//! Passwords: argon2id, off the async threads, a bounded number at a time.

use std::{fmt, sync::Arc, time::Duration};

use argon2::{
    Algorithm, Argon2, Params, PasswordHash, PasswordHasher as _, PasswordVerifier as _, Version,
    password_hash::{SaltString, rand_core::OsRng},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{
    error::AuthError,
    password::{GivenPassword, NewPassword},
};

/// Requests that may wait for a thread, per thread: what it gets done in a few seconds. Those that come later would only
/// keep others from being served at all.
const QUEUE: usize = 128;

/// Cost of a hash. The default is OWASP's recommendation for argon2id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashParams {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub iterations: u32,
    /// Lanes.
    pub parallelism: u32,
}

impl Default for HashParams {
    fn default() -> Self {
        Self { memory_kib: 19_456, iterations: 2, parallelism: 1 }
    }
}

/// Result of checking a password against a hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Match {
    /// Another one.
    None,
    /// The one that was hashed.
    Current,
    /// The one that was hashed, in the form it was typed in; this form takes the place of that one.
    Old(NewPassword),
}

impl Match {
    /// Whether it is the one that was hashed.
    pub(crate) fn is_right(&self) -> bool {
        *self != Self::None
    }
}

/// Hashes and verifies.
pub(crate) struct Hasher {
    argon: Argon2<'static>,
    slots: Arc<Semaphore>,
    /// Requests that hash or wait for it.
    queue: Semaphore,
    wait: Duration,
    /// A hash with the same cost, for users who do not exist.
    dummy: Arc<str>,
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hasher").field("params", self.argon.params()).finish_non_exhaustive()
    }
}

impl Hasher {
    /// `threads` at a time; others wait, at most `wait`. Impossible parameters are replaced by the default ones.
    pub(crate) fn new(params: HashParams, threads: usize, wait: Duration) -> Self {
        let HashParams { memory_kib, iterations, parallelism } = params;
        let params = Params::new(memory_kib, iterations, parallelism, None).unwrap_or_else(|error| {
            tracing::warn!(%error, "the password hash parameters are not usable; using the default");
            Params::default()
        });
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let dummy = no_hash(argon.params()).into();
        let threads = threads.max(1);
        let queue = Semaphore::new(threads.saturating_mul(QUEUE + 1).min(Semaphore::MAX_PERMITS));
        Self { argon, slots: Arc::new(Semaphore::new(threads)), queue, wait, dummy }
    }

    /// The hash of a password, in PHC form.
    pub(crate) async fn hash(&self, password: &NewPassword) -> Result<String, AuthError> {
        let (argon, password) = (self.argon.clone(), password.clone());
        self.off_thread(move || hash_now(&argon, password.expose()))
            .await?
            .map_err(|error| AuthError::Defect(error.to_string()))
    }

    /// Whether the password is the one that was hashed. Without a hash it is [`Match::None`] after the same time: how many
    /// hashes are made depends on the password alone.
    pub(crate) async fn verify(
        &self,
        hash: Option<&str>,
        password: &GivenPassword,
    ) -> Result<Match, AuthError> {
        let known = hash.is_some();
        let hash: Arc<str> = hash.map_or_else(|| self.dummy.clone(), Arc::from);
        let (argon, password) = (self.argon.clone(), password.clone());
        let matched = self
            .off_thread(move || {
                let parsed = PasswordHash::new(&hash).ok()?;
                let right = |form: &str| argon.verify_password(form.as_bytes(), &parsed).is_ok();
                let forms: Vec<(&str, bool)> = password.forms().map(|form| (form, right(form))).collect();
                let (form, _) = forms.into_iter().find(|(_, right)| *right)?;
                let normal = password.normal();
                let current = normal.is_none_or(|normal| normal.expose() == form);
                Some(if current {
                    Match::Current
                } else {
                    normal.cloned().map_or(Match::Current, Match::Old)
                })
            })
            .await?;
        Ok(matched.filter(|_| known).unwrap_or(Match::None))
    }

    async fn off_thread<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, AuthError> {
        let _queued = self.queue.try_acquire().map_err(|_| AuthError::Busy)?;
        let permit = tokio::time::timeout(self.wait, self.slots.clone().acquire_owned()).await;
        let permit: OwnedSemaphorePermit =
            permit.map_err(|_| AuthError::Busy)?.map_err(|_| AuthError::Busy)?;
        let done = tokio::task::spawn_blocking(move || {
            // Held by the work and not by the request: a caller who goes away frees no slot early.
            let _permit = permit;
            work()
        });
        done.await.map_err(|error| AuthError::Defect(error.to_string()))
    }
}

/// A hash of the same cost that no password has. (It is not made by hashing: that would take a start its time.)
fn no_hash(params: &Params) -> String {
    let (m, t, p) = (params.m_cost(), params.t_cost(), params.p_cost());
    format!("$argon2id$v=19$m={m},t={t},p={p}${}${}", "A".repeat(22), "A".repeat(43))
}

fn hash_now(argon: &Argon2<'_>, password: &str) -> Result<String, argon2::password_hash::Error> {
    let salt = SaltString::generate(&mut OsRng);
    argon.hash_password(password.as_bytes(), &salt).map(|hash| hash.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hasher() -> Hasher {
        Hasher::new(HashParams { memory_kib: 8, iterations: 1, parallelism: 1 }, 1, Duration::from_secs(5))
    }

    fn new(text: &str) -> NewPassword {
        NewPassword::parse(text).unwrap()
    }

    #[tokio::test]
    async fn a_password_matches_its_own_hash_only() {
        let hasher = hasher();
        let verify = async |hash: Option<&str>, text: &str| {
            hasher.verify(hash, &GivenPassword::new(text)).await.unwrap()
        };
        let hash = hasher.hash(&new("correct horse")).await.unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert_eq!(verify(Some(&hash), "correct horse").await, Match::Current);
        assert_eq!(verify(Some(&hash), "wrong horse").await, Match::None);
        assert_eq!(verify(None, "a password without a user").await, Match::None);
        let composed = hasher.hash(&new("Café-blau-17")).await.unwrap();
        assert_eq!(verify(Some(&composed), "Cafe\u{301}-blau-17").await, Match::Current);
        let old = hash_now(&hasher.argon, "Cafe\u{301}-blau-17").unwrap();
        assert_eq!(verify(Some(&old), "Cafe\u{301}-blau-17").await, Match::Old(new("Café-blau-17")));
        let refused_today = hash_now(&hasher.argon, "tab\there").unwrap();
        assert_eq!(verify(Some(&refused_today), "tab\there").await, Match::Current);
        let dummy = PasswordHash::new(&hasher.dummy).unwrap();
        let cost = |params: &Params| (params.m_cost(), params.t_cost(), params.p_cost());
        let (dummy, real) = (Params::try_from(&dummy).unwrap(), hasher.argon.params());
        assert_eq!(cost(&dummy), cost(real), "it takes as long");
        assert_eq!(verify(Some("not a hash"), "x").await, Match::None);
    }

    #[tokio::test]
    async fn a_full_queue_is_busy() {
        let mut hasher = hasher();
        hasher.wait = Duration::from_millis(1);
        let x = new("x");
        let _all = hasher.slots.clone().acquire_owned().await.unwrap();
        assert!(matches!(hasher.hash(&x).await, Err(AuthError::Busy)));
    }

    #[tokio::test]
    async fn who_finds_too_many_waiting_does_not_wait() {
        let hasher = hasher();
        let x = new("x");
        let _all = hasher.slots.clone().acquire_owned().await.unwrap();
        let mut waiting: Vec<_> = (0..=QUEUE).map(|_| Box::pin(hasher.hash(&x))).collect();
        for one in &mut waiting {
            assert!(
                std::future::poll_fn(|cx| std::task::Poll::Ready(one.as_mut().poll(cx))).await.is_pending()
            );
        }
        assert!(matches!(hasher.hash(&x).await, Err(AuthError::Busy)));
        waiting.pop();
        waiting.push(Box::pin(hasher.hash(&x)));
        let last = waiting.last_mut().unwrap();
        assert!(std::future::poll_fn(|cx| std::task::Poll::Ready(last.as_mut().poll(cx))).await.is_pending());
    }
}
