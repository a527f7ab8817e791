//! Whether the database can be written to: the outcome of the last writes.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use crate::Unavailability;

/// What the last writes said. One per database, shared by its clones.
#[derive(Default)]
pub(super) struct Health {
    outcome: Mutex<Outcome>,
    /// Held by the one probe that runs.
    pub(super) probing: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Outcome {
    wrote: Option<Instant>,
    probed: Option<Instant>,
    /// A write has failed since the last probe. A later one may have succeeded because it was smaller.
    failed: bool,
}

impl Health {
    /// Notes that a write was committed.
    pub(super) fn wrote(&self) {
        self.outcome().wrote = Some(Instant::now());
    }

    /// Notes that a probe was committed.
    pub(super) fn probed(&self) {
        let mut outcome = self.outcome();
        outcome.probed = Some(Instant::now());
        outcome.failed = false;
    }

    /// Notes that a write failed. That the database was busy says nothing of the next one.
    pub(super) fn failed(&self, reason: Unavailability) {
        if !matches!(reason, Unavailability::Busy | Unavailability::Timeout | Unavailability::Ended) {
            self.outcome().failed = true;
        }
    }

    /// Whether a write has failed since the last probe.
    pub(super) fn has_failed(&self) -> bool {
        self.outcome().failed
    }

    /// Whether a probe was committed in this time, and no write has failed since.
    pub(super) fn probed_within(&self, time: Duration) -> bool {
        let outcome = self.outcome();
        !outcome.failed && outcome.probed.is_some_and(|probed| probed.elapsed() <= time)
    }

    /// Whether a write was committed in this time, and none has failed.
    pub(super) fn wrote_within(&self, time: Duration) -> bool {
        let outcome = self.outcome();
        !outcome.failed && outcome.wrote.is_some_and(|wrote| wrote.elapsed() <= time)
    }

    fn outcome(&self) -> MutexGuard<'_, Outcome> {
        self.outcome.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
