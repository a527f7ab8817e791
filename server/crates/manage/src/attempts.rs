//! Counts tries to sign in to the console, in memory.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use sha2::{Digest as _, Sha256};

const WINDOW_MS: i64 = 15 * 60 * 1000;
/// Tries for one e-mail address from one network address within the window, before further ones are refused unread.
const FROM_ONE_PLACE: u32 = 10;
/// The same from everywhere: far more, so that it takes a crowd to lock an administrator out.
const FROM_EVERYWHERE: u32 = 100;
/// Counters that are remembered.
const CAPACITY: usize = 20_000;

/// A hash, so that a long address takes no more room than a short one.
type Key = [u8; 32];

/// Tries by e-mail address and by where they come from.
#[derive(Default)]
pub(crate) struct Attempts(Mutex<HashMap<Key, Count>>);

struct Count {
    tries: u32,
    since: i64,
}

/// A try that was not let through.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Refused {
    /// When another one is let through.
    pub(crate) seconds: i64,
    /// Whether it is the first one since the limit was reached.
    pub(crate) first: bool,
}

/// A try that was let through.
pub(crate) struct Attempt {
    place: Key,
    email: Key,
}

impl Attempts {
    /// Takes a try, before its outcome is known, so that many at once are no way around.
    ///
    /// # Errors
    /// There were too many.
    pub(crate) fn take(&self, email: &str, ip: Option<&str>, now: i64) -> Result<Attempt, Refused> {
        let attempt = Attempt { place: key(&[email, ip.unwrap_or_default()]), email: key(&[email]) };
        let mut known = self.lock();
        make_room(&mut known, now);
        let limits = [(attempt.place, FROM_ONE_PLACE), (attempt.email, FROM_EVERYWHERE)];
        let mut refused = None::<Refused>;
        for (key, limit) in limits {
            let Some(count) = known.get_mut(&key).filter(|count| !count.over(now) && count.tries >= limit)
            else {
                continue;
            };
            let seconds = (count.since + WINDOW_MS - now).div_euclid(1_000) + 1;
            let longest = refused.map_or(seconds, |before| before.seconds.max(seconds));
            refused = Some(Refused { seconds: longest, first: count.tries == limit });
            // One above the limit stands for having said so.
            count.tries = limit + 1;
        }
        if let Some(refused) = refused {
            return Err(refused);
        }
        for (key, _) in limits {
            let count = known.entry(key).or_insert(Count { tries: 0, since: now });
            if count.over(now) {
                *count = Count { tries: 0, since: now };
            }
            count.tries += 1;
        }
        Ok(attempt)
    }

    /// The right password was given: the place starts anew, and the address has its try back.
    pub(crate) fn succeeded(&self, attempt: &Attempt) {
        let mut known = self.lock();
        known.remove(&attempt.place);
        if let Some(count) = known.get_mut(&attempt.email) {
            count.tries = count.tries.saturating_sub(1);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Count>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Count {
    fn over(&self, now: i64) -> bool {
        now - self.since >= WINDOW_MS
    }
}

/// Forgets what is over and, if that is not enough, the least tried, which no one is waiting for.
fn make_room(known: &mut HashMap<Key, Count>, now: i64) {
    if known.len() < CAPACITY {
        return;
    }
    known.retain(|_, count| !count.over(now));
    let mut least = 1;
    while known.len() >= CAPACITY {
        known.retain(|_, count| count.tries > least);
        least += 1;
    }
}

fn key(parts: &[&str]) -> Key {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part);
        digest.update([0]);
    }
    digest.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_place_locks_itself_out_and_a_crowd_everybody() {
        let attempts = Attempts::default();
        let take = |ip: &str, now| attempts.take("dana@example.com", Some(ip), now);
        for _ in 0..FROM_ONE_PLACE {
            assert!(take("10.0.0.1", 0).is_ok());
        }
        let refused = |now| take("10.0.0.1", now).err().map(|refused| (refused.seconds, refused.first));
        assert_eq!(refused(1_500), Some((899, true)));
        assert_eq!(refused(1_500), Some((899, false)), "it is said once");
        let elsewhere = take("10.0.0.2", 0).expect("let through");
        attempts.succeeded(&elsewhere);
        assert!(take("10.0.0.1", WINDOW_MS).is_ok());
        for place in 0..FROM_EVERYWHERE {
            let _the_last_is_refused = take(&format!("10.0.1.{place}"), WINDOW_MS);
        }
        assert!(take("10.0.0.2", WINDOW_MS).is_err());
        assert!(attempts.take("erin@example.com", Some("10.0.0.2"), WINDOW_MS).is_ok());
    }

    #[test]
    fn a_flood_of_addresses_makes_room_by_itself_and_frees_nobody() {
        let attempts = Attempts::default();
        while attempts.take("dana@example.com", Some("10.0.0.1"), 0).is_ok() {}
        for number in 0..CAPACITY {
            assert!(attempts.take(&format!("{number}@example.com"), Some("10.0.0.1"), 0).is_ok());
        }
        assert!(attempts.take("dana@example.com", Some("10.0.0.1"), 0).is_err());
        assert!(attempts.lock().len() <= CAPACITY + 2);
    }
}
