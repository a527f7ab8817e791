//! Slowing down who guesses: counts attempts per key in memory, for a quarter of an hour.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use contract::{
    error::{ErrorBody, ErrorCode},
    ids::ProjectId,
};
use moka::future::Cache;
use sha2::{Digest as _, Sha256};

use crate::error::AuthError;

const WINDOW: Duration = Duration::from_secs(15 * 60);
/// Keys that are remembered; the least used are forgotten first.
const CAPACITY: u64 = 100_000;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    /// Passwords.
    Password,
    /// Requests for an e-mailed token.
    Ticket,
}

/// One counter. A hash, so that a long address takes no more room than a short one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Key([u8; 32]);

impl Key {
    /// What one caller (`ip`) does about one `subject` of a project.
    pub(crate) fn new(what: What, project: &ProjectId, subject: &str, ip: &str) -> Self {
        let mut digest = Sha256::new();
        for part in [format!("{what:?}").as_str(), project.as_ref(), subject, ip] {
            digest.update(part);
            digest.update([0]);
        }
        Self(digest.finalize().into())
    }
}

/// The counters.
pub(crate) struct Throttle {
    counts: Cache<Key, Arc<AtomicU32>>,
    max: u32,
}

impl Throttle {
    pub(crate) fn new(max: u32) -> Self {
        Self { counts: Cache::builder().max_capacity(CAPACITY).time_to_live(WINDOW).build(), max }
    }

    /// Refuses when the attempts of this key are used up. Takes none.
    pub(crate) async fn check(&self, key: &Key) -> Result<(), AuthError> {
        match self.counts.get(key).await {
            Some(count) if count.load(Ordering::Relaxed) >= self.max => Err(too_many()),
            _ => Ok(()),
        }
    }

    /// Takes one attempt, before its outcome is known, so that many at once are no way around.
    pub(crate) async fn attempt(&self, key: &Key) -> Result<(), AuthError> {
        let count = self.counts.get_with(*key, async { Arc::default() }).await;
        if count.fetch_add(1, Ordering::Relaxed) >= self.max { Err(too_many()) } else { Ok(()) }
    }

    /// Forgets the attempts: the right password was given.
    pub(crate) async fn succeeded(&self, key: &Key) {
        self.counts.invalidate(key).await;
    }
}

fn too_many() -> AuthError {
    ErrorBody::new(ErrorCode::TooManyRequests, "Too many attempts; try again in 15 minutes.").into()
}

#[cfg(test)]
mod tests {
    use store::new_id;

    use super::*;

    #[tokio::test]
    async fn attempts_are_counted_per_key_and_forgotten_on_success() {
        let throttle = Throttle::new(2);
        let project = new_id(0);
        let (dana, eve) = (
            Key::new(What::Password, &project, "dana", "1.2.3.4"),
            Key::new(What::Password, &project, "dana", "5.6.7.8"),
        );
        for _ in 0..2 {
            throttle.check(&dana).await.unwrap();
            throttle.attempt(&dana).await.unwrap();
        }
        assert!(throttle.check(&dana).await.is_err());
        assert!(throttle.attempt(&dana).await.is_err());
        throttle.check(&eve).await.unwrap();
        throttle.succeeded(&dana).await;
        throttle.attempt(&dana).await.unwrap();
    }
}
