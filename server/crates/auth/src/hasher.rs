//! Passwords: argon2id, off the async threads, a bounded number at a time.

use std::{fmt, sync::Arc, time::Duration};

use argon2::{
    Algorithm, Argon2, Params, PasswordHash, PasswordHasher as _, PasswordVerifier as _, Version,
    password_hash::{SaltString, rand_core::OsRng},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::AuthError;

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
    pub(crate) async fn hash(&self, password: &str) -> Result<String, AuthError> {
        let (argon, password) = (self.argon.clone(), password.to_owned());
        self.off_thread(move || hash_now(&argon, &password))
            .await?
            .map_err(|error| AuthError::Defect(error.to_string()))
    }

    /// Whether the password is the one that was hashed. Without a hash the answer is `false` after the same time.
    pub(crate) async fn verify(&self, hash: Option<&str>, password: &str) -> Result<bool, AuthError> {
        let known = hash.is_some();
        let hash: Arc<str> = hash.map_or_else(|| self.dummy.clone(), Arc::from);
        let (argon, password) = (self.argon.clone(), password.to_owned());
        let matches = self
            .off_thread(move || {
                PasswordHash::new(&hash)
                    .is_ok_and(|parsed| argon.verify_password(password.as_bytes(), &parsed).is_ok())
            })
            .await?;
        Ok(known && matches)
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

    #[tokio::test]
    async fn a_password_matches_its_own_hash_only() {
        let hasher = hasher();
        let hash = hasher.hash("correct horse").await.unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert!(hasher.verify(Some(&hash), "correct horse").await.unwrap());
        assert!(!hasher.verify(Some(&hash), "wrong horse").await.unwrap());
        assert!(!hasher.verify(None, "a password that nobody has").await.unwrap());
        let dummy = PasswordHash::new(&hasher.dummy).unwrap();
        let cost = |params: &Params| (params.m_cost(), params.t_cost(), params.p_cost());
        let (dummy, real) = (Params::try_from(&dummy).unwrap(), hasher.argon.params());
        assert_eq!(cost(&dummy), cost(real), "it takes as long");
        assert!(!hasher.verify(Some("not a hash"), "x").await.unwrap());
    }

    #[tokio::test]
    async fn a_full_queue_is_busy() {
        let mut hasher = hasher();
        hasher.wait = Duration::from_millis(1);
        let _all = hasher.slots.clone().acquire_owned().await.unwrap();
        assert!(matches!(hasher.hash("x").await, Err(AuthError::Busy)));
    }

    #[tokio::test]
    async fn who_finds_too_many_waiting_does_not_wait() {
        let hasher = hasher();
        let _all = hasher.slots.clone().acquire_owned().await.unwrap();
        let mut waiting: Vec<_> = (0..=QUEUE).map(|_| Box::pin(hasher.hash("x"))).collect();
        for one in &mut waiting {
            assert!(
                std::future::poll_fn(|cx| std::task::Poll::Ready(one.as_mut().poll(cx))).await.is_pending()
            );
        }
        assert!(matches!(hasher.hash("x").await, Err(AuthError::Busy)));
        waiting.pop();
        waiting.push(Box::pin(hasher.hash("x")));
        let last = waiting.last_mut().unwrap();
        assert!(std::future::poll_fn(|cx| std::task::Poll::Ready(last.as_mut().poll(cx))).await.is_pending());
    }
}
