//! The clock, passed in so that tests can set it.

use std::time::{SystemTime, UNIX_EPOCH};

/// Where the time comes from. Times everywhere are whole milliseconds since 1970, UTC.
pub trait Clock: Send + Sync {
    /// The present, in Unix milliseconds.
    fn now_ms(&self) -> i64;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now_ms(&self) -> i64 {
        // A machine whose clock stands before 1970 gets 0: every token is expired then, which is the safe side.
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    }
}
