//! Counts tries to sign in to the console, in memory, by e-mail address and by where they come from. Those on one address
//! from everywhere are counted in [`auth::Accounts`], which slows down and does not lock.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use auth::{network, site};
use sha2::{Digest as _, Sha256};

const WINDOW_MS: i64 = 15 * 60 * 1000;
/// Tries for one e-mail address from one network within the window, before further ones are refused unread.
const FROM_ONE_PLACE: u32 = 10;
/// The same from one site, which has many networks.
const FROM_ONE_SITE: u32 = 30;
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
    site: Option<Key>,
}

impl Attempts {
    /// Takes a try, before its outcome is known, so that many at once are no way around.
    ///
    /// # Errors
    /// There were too many.
    pub(crate) fn take(&self, email: &str, ip: &str, now: i64) -> Result<Attempt, Refused> {
        let attempt =
            Attempt { place: key(&[email, &network(ip)]), site: site(ip).map(|site| key(&[email, &site])) };
        let mut known = self.lock();
        make_room(&mut known, now);
        let site = attempt.site.map(|site| (site, FROM_ONE_SITE));
        let limits = [Some((attempt.place, FROM_ONE_PLACE)), site];
        let mut refused = None::<Refused>;
        for (key, limit) in limits.into_iter().flatten() {
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
        for (key, _) in limits.into_iter().flatten() {
            let count = known.entry(key).or_insert(Count { tries: 0, since: now });
            if count.over(now) {
                *count = Count { tries: 0, since: now };
            }
            count.tries += 1;
        }
        Ok(attempt)
    }

    /// The right password was given: the network starts from zero, and its site has the try back.
    pub(crate) fn succeeded(&self, attempt: &Attempt) {
        let mut known = self.lock();
        known.remove(&attempt.place);
        if let Some(count) = attempt.site.and_then(|site| known.get_mut(&site)) {
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
    fn one_place_locks_itself_out_alone() {
        let attempts = Attempts::default();
        let take = |ip: &str, now| attempts.take("dana@example.com", ip, now);
        for _ in 0..FROM_ONE_PLACE {
            assert!(take("10.0.0.1", 0).is_ok());
        }
        let refused = |now| take("10.0.0.1", now).err().map(|refused| (refused.seconds, refused.first));
        assert_eq!(refused(1_500), Some((899, true)));
        assert_eq!(refused(1_500), Some((899, false)), "it is said once");
        let elsewhere = take("10.0.0.2", 0).expect("let through");
        attempts.succeeded(&elsewhere);
        assert!(take("10.0.0.1", WINDOW_MS).is_ok());
        for place in 0..200 {
            assert!(take(&format!("10.0.1.{place}"), WINDOW_MS).is_ok());
        }
        assert!(take("10.0.0.2", WINDOW_MS).is_ok(), "a crowd does not lock the owner out");
    }

    #[test]
    fn a_site_of_ipv6_has_a_few_times_the_tries_of_a_network() {
        let attempts = Attempts::default();
        let take = |net: u32, host: u32| {
            attempts.take("dana@example.com", &format!("2001:db8:1:{net:x}::{host:x}"), 0).is_ok()
        };
        assert_eq!((0..100).filter(|host| take(0, *host)).count(), 10, "a network is one place");
        assert_eq!((1..1_000).filter(|net| take(*net, 1)).count(), 20);
        assert!(attempts.take("dana@example.com", "2001:db8:2::1", 0).is_ok(), "another site");
        assert!(attempts.take("erin@example.com", "2001:db8:1:ffff::1", 0).is_ok(), "another address");
    }

    #[test]
    fn a_flood_of_addresses_makes_room_by_itself_and_frees_nobody() {
        let attempts = Attempts::default();
        while attempts.take("dana@example.com", "10.0.0.1", 0).is_ok() {}
        for number in 0..CAPACITY {
            assert!(attempts.take(&format!("{number}@example.com"), "10.0.0.1", 0).is_ok());
        }
        assert!(attempts.take("dana@example.com", "10.0.0.1", 0).is_err());
        assert!(attempts.lock().len() <= CAPACITY + 2);
    }
}
