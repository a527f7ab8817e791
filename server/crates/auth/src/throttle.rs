//! Slowing down who guesses: counts attempts in memory, for a quarter of an hour. One counter is of a caller and what it
//! tries its attempts on, another of the caller alone, so that one password tried on many addresses counts as well.
//! Attempts on one account from many callers are counted in [`accounts`](crate::accounts).

use std::{
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use contract::{
    error::{ErrorBody, ErrorCode},
    ids::ProjectId,
};
use moka::future::Cache;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::error::AuthError;

const WINDOW: Duration = Duration::from_secs(15 * 60);
/// Counters that are remembered, of each kind; the least used are forgotten first.
const CAPACITY: u64 = 100_000;
/// Attempts of one caller on whatever subjects. An office behind one address shall not notice.
const MAX_OF_CALLER: u32 = 100;
/// How many times as many attempts a site has as one of its networks.
const SITE: u32 = 3;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    /// Passwords.
    Password,
    /// Sign-ups.
    SignUp,
    /// Requests for an e-mailed token.
    Ticket,
}

/// The counters of an attempt, each network before its site: what the network's counter refuses is not counted for the
/// site, or one network could use up the attempts of its neighbours. Hashes, so that a long address takes no more room than a short one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key(Vec<(Kind, [u8; 32])>);

/// What a counter is of. A caller may choose its address within a network, and a site's networks too: of IPv6 a /48 has
/// 65,536 of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// All attempts of a site.
    Site,
    /// All attempts of a network.
    Network,
    /// A site and what it tries.
    SubjectOfSite,
    /// A network and what it tries.
    SubjectOfNetwork,
}

impl Key {
    /// What one caller (`ip`) does about one `subject` of a project.
    pub(crate) fn new(what: What, project: &ProjectId, subject: &str, ip: &str) -> Self {
        let Self(mut keys) = Self::of_caller(what, project, ip);
        let of = |place: &str| hash(&[&format!("{what:?}"), project.as_ref(), subject, place]);
        keys.push((Kind::SubjectOfNetwork, of(&network(ip))));
        keys.extend(site(ip).map(|site| (Kind::SubjectOfSite, of(&site))));
        Self(keys)
    }

    /// Per-caller limit. A caller over it creates no further counters.
    pub(crate) fn of_caller(what: What, project: &ProjectId, ip: &str) -> Self {
        if is_shared(ip) {
            return Self(Vec::new());
        }
        let of = |place: &str| hash(&[&format!("{what:?}"), project.as_ref(), place]);
        let site = site(ip).map(|site| (Kind::Site, of(&site)));
        Self([(Kind::Network, of(&network(ip)))].into_iter().chain(site).collect())
    }
}

pub(crate) fn hash(parts: &[&str]) -> [u8; 32] {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part);
        digest.update([0]);
    }
    digest.finalize().into()
}

/// Returns what a caller can choose its address from: of IPv6 every caller has a /64 at least.
pub fn network(ip: &str) -> String {
    match ip.parse() {
        Ok(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        _ => ip.to_owned(),
    }
}

/// Returns what one customer of a provider has at most: of IPv6 a /48. None of addresses without such a thing.
pub fn site(ip: &str) -> Option<String> {
    match ip.parse() {
        Ok(IpAddr::V6(address)) if !is_shared(ip) => {
            let [a, b, c, ..] = address.segments();
            Some(format!("{a:x}:{b:x}:{c:x}::/48"))
        }
        _ => None,
    }
}

/// Whether many callers stand behind the address: that of a proxy which is not set up as trusted, or of this machine.
/// Counting them as one would let one of them lock out all.
fn is_shared(ip: &str) -> bool {
    match ip.parse() {
        Ok(IpAddr::V4(address)) => address.is_loopback() || address.is_private() || address.is_link_local(),
        Ok(IpAddr::V6(address)) => {
            address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local()
        }
        Err(_) => false,
    }
}

/// The counters.
pub(crate) struct Throttle {
    sites: Counters,
    networks: Counters,
    subjects_of_sites: Counters,
    subjects_of_networks: Counters,
}

struct Counters {
    cache: Cache<[u8; 32], Arc<Counter>>,
    max: u32,
}

struct Counter {
    began: Instant,
    count: AtomicU32,
}

impl Throttle {
    /// At most `max` attempts of a network on one subject.
    pub(crate) fn new(max: u32) -> Self {
        Self {
            sites: Counters::new(SITE * MAX_OF_CALLER),
            networks: Counters::new(MAX_OF_CALLER),
            subjects_of_sites: Counters::new(max.saturating_mul(SITE)),
            subjects_of_networks: Counters::new(max),
        }
    }

    /// Refuses when the attempts of this key are used up. Takes none.
    pub(crate) async fn check(&self, key: &Key) -> Result<(), AuthError> {
        for (counters, key) in self.of(key) {
            counters.check(&key).await?;
        }
        Ok(())
    }

    /// Takes one attempt, before its outcome is known, so that many at once are no way around. Ends at the first counter
    /// that refuses.
    pub(crate) async fn attempt(&self, key: &Key) -> Result<(), AuthError> {
        for (counters, key) in self.of(key) {
            counters.attempt(&key).await?;
        }
        Ok(())
    }

    /// The right password was given: forgets the network's attempts on it, and gives the others this one back. (Not all:
    /// who knows one password would have a free hand with the others.)
    pub(crate) async fn succeeded(&self, key: &Key) {
        for (kind, hash) in &key.0 {
            let counters = self.counters(*kind);
            if *kind == Kind::SubjectOfNetwork {
                counters.cache.invalidate(hash).await;
            } else if let Some(counter) = counters.cache.get(hash).await {
                let less = |count: u32| count.checked_sub(1);
                // It cannot be zero unless it is a new one, from which nothing is to be taken.
                let _ = counter.count.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
            }
        }
    }

    fn of(&self, key: &Key) -> impl Iterator<Item = (&Counters, [u8; 32])> {
        key.0.iter().map(|(kind, hash)| (self.counters(*kind), *hash))
    }

    fn counters(&self, kind: Kind) -> &Counters {
        match kind {
            Kind::Site => &self.sites,
            Kind::Network => &self.networks,
            Kind::SubjectOfSite => &self.subjects_of_sites,
            Kind::SubjectOfNetwork => &self.subjects_of_networks,
        }
    }
}

impl Counters {
    fn new(max: u32) -> Self {
        Self { cache: Cache::builder().max_capacity(CAPACITY).time_to_live(WINDOW).build(), max }
    }

    async fn check(&self, key: &[u8; 32]) -> Result<(), AuthError> {
        match self.cache.get(key).await {
            Some(counter) if counter.count.load(Ordering::Relaxed) >= self.max => Err(too_many(&counter)),
            _ => Ok(()),
        }
    }

    async fn attempt(&self, key: &[u8; 32]) -> Result<(), AuthError> {
        let new = async { Arc::new(Counter { began: Instant::now(), count: AtomicU32::new(0) }) };
        let counter = self.cache.get_with(*key, new).await;
        if counter.count.fetch_add(1, Ordering::Relaxed) >= self.max {
            Err(too_many(&counter))
        } else {
            Ok(())
        }
    }
}

/// Says in `details.retry_after_seconds` how long the counter lasts.
fn too_many(counter: &Counter) -> AuthError {
    let seconds = WINDOW.saturating_sub(counter.began.elapsed()).as_secs() + 1;
    let minutes = seconds.div_ceil(60);
    let text = format!("Too many attempts; try again in {minutes} minutes.");
    ErrorBody::new(ErrorCode::TooManyRequests, text).details(json!({"retry_after_seconds": seconds})).into()
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

    #[tokio::test]
    async fn a_caller_has_so_many_attempts_on_all_subjects() {
        let throttle = Throttle::new(2);
        let project = new_id(0);
        let of = |n: u32, ip: &str| Key::new(What::Password, &project, &format!("user{n}"), ip);
        for n in 0..MAX_OF_CALLER {
            // A right password costs nothing.
            throttle.attempt(&of(1_000 + n, "1.2.3.4")).await.unwrap();
            throttle.succeeded(&of(1_000 + n, "1.2.3.4")).await;
            throttle.attempt(&of(n, "1.2.3.4")).await.unwrap();
            throttle.attempt(&of(n, "10.0.0.1")).await.unwrap();
        }
        let refused = throttle.attempt(&of(2_000, "1.2.3.4")).await.unwrap_err().into_body();
        let wait = refused.details.unwrap()["retry_after_seconds"].as_u64().unwrap();
        assert!((1..=15 * 60).contains(&wait), "{wait}");
        throttle.check(&of(2_000, "1.2.3.5")).await.unwrap();
        throttle.attempt(&of(2_000, "10.0.0.1")).await.unwrap();
    }

    #[tokio::test]
    async fn a_site_has_a_few_times_the_attempts_of_one_of_its_networks() {
        let throttle = Throttle::new(10);
        let project = new_id(0);
        let of = |n: u32, site: &str| {
            Key::new(What::Password, &project, "dana", &format!("2001:db8:{site}:{n:x}::1"))
        };
        let mut let_in = 0;
        for n in 0..100 {
            if throttle.attempt(&of(n, "1")).await.is_ok() {
                let_in += 1;
            }
        }
        assert_eq!(let_in, 30);
        assert!(throttle.attempt(&of(0, "2")).await.is_ok(), "another site");
        let other = Key::new(What::Password, &project, "erin", "2001:db8:1:ffff::1");
        assert!(throttle.attempt(&other).await.is_ok(), "another subject");
    }

    #[tokio::test]
    async fn one_network_cannot_use_up_the_attempts_of_its_site() {
        let throttle = Throttle::new(10);
        let project = new_id(0);
        let sign_up = |ip: &str| Key::of_caller(What::SignUp, &project, ip);
        let ticket = |n: u32, ip: &str| Key::new(What::Ticket, &project, &format!("user{n}"), ip);
        let (one, neighbour) = ("2001:db8:1:1::1", "2001:db8:1:2::1");
        let (mut signed_up, mut sent) = (0, 0);
        for n in 0..1_000 {
            signed_up += u32::from(throttle.attempt(&sign_up(one)).await.is_ok());
            sent += u32::from(throttle.attempt(&ticket(n % 20, one)).await.is_ok());
        }
        assert_eq!((signed_up, sent), (MAX_OF_CALLER, MAX_OF_CALLER));
        throttle.attempt(&sign_up(neighbour)).await.unwrap();
        for n in 0..20 {
            throttle.attempt(&ticket(n, neighbour)).await.unwrap();
        }
    }

    #[test]
    fn a_network_of_ipv6_is_one_caller() {
        let project = new_id(0);
        let of = |ip: &str| Key::new(What::Ticket, &project, "dana", ip);
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_ne!(of("1.2.3.4"), of("1.2.3.5"));
    }
}
