//! Whether the wall clock can be trusted with removing what is old.
//!
//! A clock that jumps ahead makes everything old at once. So it is compared with a clock that cannot be set (the uptime),
//! and across restarts with what the database knows. A clock that is ahead is trusted again when it is back, or when it
//! has run steadily for a week: then the machine was asleep, paused or off. Removing something late harms nothing.

use std::time::Duration;

use store::clock_mark::ClockMark;

const HOUR_MS: i64 = 60 * 60 * 1000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// How much further the wall clock may move than the uptime while the server runs.
const TOLERANCE_MS: i64 = HOUR_MS;
/// How long a server may have been off without being asked whether its clock is right.
const DOWNTIME_MS: i64 = 7 * DAY_MS;
/// After so much steady running, a clock that was ahead is believed.
const PROBATION_MS: i64 = 7 * DAY_MS;

/// Both clocks at one moment, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reading {
    wall: i64,
    uptime: i64,
}

impl Reading {
    pub(crate) fn new(wall: i64, uptime: Duration) -> Self {
        Self { wall, uptime: i64::try_from(uptime.as_millis()).unwrap_or(i64::MAX) }
    }

    /// How much further the wall clock has moved than time has passed since `earlier`.
    fn ahead_of(self, earlier: Self) -> i64 {
        let moved = self.wall.saturating_sub(earlier.wall);
        moved.saturating_sub(self.uptime.saturating_sub(earlier.uptime))
    }
}

/// Watches the wall clock of one process.
#[derive(Debug)]
pub struct ClockWatch {
    /// When the clock was last known to be right, and by how much it may seem ahead of that.
    right: Reading,
    slack_ms: i64,
    /// The last look.
    last: Reading,
    mark: ClockMark,
}

impl ClockWatch {
    /// Starts from what the database knows, if it knows anything.
    pub(crate) fn start(known: Option<ClockMark>, now: Reading) -> Self {
        let fresh = ClockMark { trusted_at: now.wall, seen_at: now.wall, steady_ms: 0 };
        let mut mark = known.unwrap_or(fresh);
        // Another jump between the two runs of the server.
        if (now.wall - mark.seen_at).abs() > DOWNTIME_MS {
            mark.steady_ms = 0;
        }
        let right = Reading { wall: mark.trusted_at, ..now };
        Self { right, slack_ms: DOWNTIME_MS, last: now, mark }
    }

    /// Looks at the clocks. `None` if the wall clock can be trusted, else by how many milliseconds it is ahead.
    pub(crate) fn look(&mut self, now: Reading) -> Option<i64> {
        let ahead = now.ahead_of(self.right);
        let steady = now.ahead_of(self.last).abs() <= TOLERANCE_MS;
        let passed = now.uptime.saturating_sub(self.last.uptime).max(0);
        self.last = now;
        self.mark.seen_at = now.wall;
        let in_order = ahead <= self.slack_ms;
        self.mark.steady_ms =
            if in_order || !steady { 0 } else { self.mark.steady_ms.saturating_add(passed) };
        if !in_order && self.mark.steady_ms < PROBATION_MS {
            return Some(ahead);
        }
        // While the server runs, the clock stays compared with its first moment, so that small jumps add up.
        if !in_order || self.slack_ms != TOLERANCE_MS {
            (self.right, self.slack_ms) = (now, TOLERANCE_MS);
        }
        self.mark = ClockMark { trusted_at: now.wall, seen_at: now.wall, steady_ms: 0 };
        None
    }

    /// What the next start has to know.
    pub(crate) fn mark(&self) -> ClockMark {
        self.mark
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_790_000_000_000;

    /// The clocks, `hours` after the start, with the wall clock `ahead` by hours.
    fn at(hours: i64, ahead: i64) -> Reading {
        Reading { wall: NOW + (hours + ahead) * HOUR_MS, uptime: 5 * DAY_MS + hours * HOUR_MS }
    }

    fn known(days_ago: i64) -> Option<ClockMark> {
        let at = NOW - days_ago * DAY_MS;
        Some(ClockMark { trusted_at: at, seen_at: at, steady_ms: 0 })
    }

    #[test]
    fn a_clock_that_jumps_ahead_is_not_trusted_until_it_is_back() {
        let mut watch = ClockWatch::start(None, at(0, 0));
        assert_eq!(watch.look(at(0, 0)), None);
        assert_eq!(watch.look(at(24 * 365, 0)), None, "a year has really passed");
        assert_eq!(watch.look(at(24 * 365 + 1, 400 * 24)), Some(400 * DAY_MS));
        assert_eq!(watch.look(at(24 * 365 + 2, 400 * 24)), Some(400 * DAY_MS));
        assert_eq!(watch.mark().trusted_at, at(24 * 365, 0).wall);
        assert_eq!(watch.look(at(24 * 365 + 3, 0)), None);
    }

    #[test]
    fn small_jumps_add_up() {
        let mut watch = ClockWatch::start(None, at(0, 0));
        let minutes = |n: i64| Reading { wall: NOW + n * 40 * 60_000, uptime: 5 * DAY_MS };
        assert_eq!(watch.look(minutes(0)), None);
        assert_eq!(watch.look(minutes(1)), None);
        assert_eq!(watch.look(minutes(2)), Some(80 * 60_000));
    }

    #[test]
    fn a_clock_that_is_put_back_removes_nothing_more() {
        let mut watch = ClockWatch::start(None, at(0, 0));
        assert_eq!(watch.look(at(0, 0)), None);
        assert_eq!(watch.look(at(1, -48)), None);
        assert_eq!(watch.look(at(2, 0)), None);
    }

    #[test]
    fn a_clock_that_stays_ahead_steadily_is_believed_after_a_week() {
        let mut watch = ClockWatch::start(None, at(0, 0));
        assert_eq!(watch.look(at(0, 0)), None);
        assert!(watch.look(at(1, 240)).is_some());
        for hour in 2..=24 * 7 {
            assert!(watch.look(at(hour, 240)).is_some(), "{hour}");
        }
        assert_eq!(watch.look(at(24 * 7 + 1, 240)), None);
        assert!(watch.look(at(24 * 7 + 2, 480)).is_some(), "the next jump is another one");
    }

    #[test]
    fn a_second_jump_starts_the_week_again() {
        let mut watch = ClockWatch::start(None, at(0, 0));
        assert!(watch.look(at(1, 240)).is_some());
        assert!(watch.look(at(24 * 6, 240)).is_some());
        assert!(watch.look(at(24 * 6 + 1, 480)).is_some());
        assert!(watch.look(at(24 * 8, 480)).is_some());
    }

    #[test]
    fn a_start_far_ahead_of_the_database_is_not_trusted_and_a_short_downtime_is() {
        assert_eq!(ClockWatch::start(known(3), at(0, 0)).look(at(0, 0)), None);
        let mut watch = ClockWatch::start(known(400), at(0, 0));
        assert_eq!(watch.look(at(0, 0)), Some(400 * DAY_MS));
        // A clock that was wrong at boot and is put right soon after.
        assert_eq!(watch.look(at(1, -400 * 24)), None);
        assert!(watch.look(at(2, 0)).is_some(), "from then on it is compared with the right time");
    }

    #[test]
    fn the_week_after_a_long_downtime_counts_over_restarts() {
        let mut mark = known(400);
        for day in 0..=7 {
            let mut watch = ClockWatch::start(mark, at(24 * day, 0));
            let trusted = watch.look(at(24 * day + 12, 0)).is_none();
            let trusted_later = watch.look(at(24 * day + 23, 0)).is_none();
            assert_eq!(
                (trusted, trusted_later),
                if day < 7 { (false, false) } else { (true, true) },
                "{day}"
            );
            mark = Some(watch.mark());
        }
    }

    #[test]
    fn a_jump_is_remembered_over_a_restart() {
        let mut watch = ClockWatch::start(None, at(0, 0));
        assert_eq!(watch.look(at(0, 0)), None);
        assert!(watch.look(at(1, 400 * 24)).is_some());
        let mut next = ClockWatch::start(Some(watch.mark()), at(2, 400 * 24));
        assert!(next.look(at(2, 400 * 24)).is_some());
        assert_eq!(next.look(at(3, 0)), None);
    }
}
