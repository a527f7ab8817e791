//! Per-account rate limit across all networks; never locks the owner out.
//!
//! The counters of [`throttle`](crate::throttle) are per network, and an attacker may have thousands of those. Here
//! wrong passwords are counted per account over all callers. An account that is under attack lets attempts from
//! unfamiliar networks in one a second, in turn; networks that the account was signed in from are let in at once.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use contract::error::{ErrorBody, ErrorCode};
use moka::future::Cache;
use serde_json::json;
use tokio::sync::Semaphore;

use crate::throttle::{hash, network};

/// Wrong passwords on one account within [`WINDOW`] before unfamiliar callers are slowed down.
const FREE: u32 = 50;
const WINDOW: Duration = Duration::from_secs(60 * 60);
/// Time between two attempts of unfamiliar callers on an account under attack.
const PACE: Duration = Duration::from_secs(1);
/// How long an attempt waits for its turn; later ones are answered with 429.
const LONGEST_WAIT: Duration = Duration::from_secs(5);
/// Attempts that wait at the same time, of all accounts: each holds a request.
const MAX_WAITING: usize = 64;
/// Accounts and networks that are remembered; the least used are forgotten first.
const CAPACITY: u64 = 100_000;
const FAMILIAR_FOR: Duration = Duration::from_secs(30 * 24 * 60 * 60);

type Key = [u8; 32];

/// Wrong passwords per account, and where each account was signed in from lately.
pub struct Accounts {
    counters: Cache<Key, Arc<Account>>,
    familiar: Cache<Key, ()>,
    waiting: Semaphore,
}

struct Account {
    attempts: AtomicU32,
    next: Mutex<Instant>,
}

/// An attempt at an account's password. It is given back when it is dropped, unless the password was wrong.
#[must_use]
pub struct Turn {
    account: Arc<Account>,
    wrong: bool,
}

impl Turn {
    /// Notes that the password was wrong.
    pub fn wrong(mut self) {
        self.wrong = true;
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if !self.wrong {
            self.account.attempts.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

impl Default for Accounts {
    fn default() -> Self {
        Self {
            counters: Cache::builder().max_capacity(CAPACITY).time_to_live(WINDOW).build(),
            familiar: Cache::builder().max_capacity(CAPACITY).time_to_idle(FAMILIAR_FOR).build(),
            waiting: Semaphore::new(MAX_WAITING),
        }
    }
}

impl Accounts {
    /// Reports whether the account is under attack, so that it matters whether a caller is familiar.
    async fn is_slow(&self, account: &str) -> bool {
        let counter = self.counters.get(&key(account)).await;
        counter.is_some_and(|account| account.attempts.load(Ordering::Relaxed) >= FREE)
    }

    /// Reports whether the account was signed in from this network since the process started.
    async fn knows(&self, account: &str, ip: &str) -> bool {
        self.familiar.get(&place(account, ip)).await.is_some()
    }

    /// Notes that the account's owner was here.
    pub async fn recognise(&self, account: &str, ip: &str) {
        self.familiar.insert(place(account, ip), ()).await;
    }

    /// Takes an attempt, before its outcome is known, so that many at once are no way around. On an account under attack
    /// it waits for its turn, unless the account was signed in from the network of `ip`: since the process started, or as
    /// `places` finds, which runs for an account under attack only.
    ///
    /// # Errors
    /// `too_many_requests` when too many are waiting; those of `places`.
    pub async fn turn<E: From<ErrorBody>>(
        &self,
        account: &str,
        ip: &str,
        places: impl Future<Output = Result<Vec<String>, E>>,
    ) -> Result<Turn, E> {
        let familiar = self.is_slow(account).await && {
            let places = places.await?;
            places.iter().any(|place| network(place) == network(ip)) || self.knows(account, ip).await
        };
        self.take(account, familiar, Instant::now()).await.map_err(|wait| later(wait).into())
    }

    /// Takes an attempt; or says after which time there may be room.
    async fn take(&self, account: &str, familiar: bool, now: Instant) -> Result<Turn, Duration> {
        let new = async { Arc::new(Account::default()) };
        let account = self.counters.get_with(key(account), new).await;
        let before = account.attempts.fetch_add(1, Ordering::Relaxed);
        let turn = Turn { account, wrong: false };
        if before >= FREE && !familiar {
            let _place = self.waiting.try_acquire().map_err(|_| LONGEST_WAIT)?;
            tokio::time::sleep(turn.account.reserve(now)?).await;
        }
        Ok(turn)
    }
}

impl Default for Account {
    fn default() -> Self {
        Self { attempts: AtomicU32::new(0), next: Mutex::new(Instant::now()) }
    }
}

impl Account {
    /// How long to wait for the next free turn, which is taken.
    fn reserve(&self, now: Instant) -> Result<Duration, Duration> {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let at = (*next).max(now);
        let wait = at.duration_since(now);
        if wait > LONGEST_WAIT {
            return Err(wait);
        }
        *next = at + PACE;
        Ok(wait)
    }
}

fn later(wait: Duration) -> ErrorBody {
    let seconds = wait.as_secs() + 1;
    let text = format!("Too many attempts on this account; try again in {seconds} seconds.");
    ErrorBody::new(ErrorCode::TooManyRequests, text).details(json!({"retry_after_seconds": seconds}))
}

fn key(account: &str) -> Key {
    hash(&[account])
}

fn place(account: &str, ip: &str) -> Key {
    hash(&[account, &network(ip)])
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn attacked(accounts: &Accounts) {
        for _ in 0..FREE {
            accounts.take("dana", false, Instant::now()).await.unwrap().wrong();
        }
    }

    #[test]
    fn an_account_under_attack_gives_one_turn_a_second_and_a_bounded_queue() {
        let account = Account::default();
        let now = Instant::now() + PACE;
        let waits: Vec<_> = (0..8).map(|_| account.reserve(now)).collect();
        let seconds = Duration::from_secs;
        let expected: Vec<_> =
            (0..=5).map(|n| Ok(seconds(n))).chain([Err(seconds(6)), Err(seconds(6))]).collect();
        assert_eq!(waits, expected);
        assert_eq!(account.reserve(now + seconds(10)), Ok(Duration::ZERO), "nothing is left of it");
    }

    #[tokio::test]
    async fn wrong_passwords_of_all_callers_are_counted_and_right_ones_given_back() {
        let accounts = Accounts::default();
        for _ in 0..2 * FREE {
            drop(accounts.take("dana", false, Instant::now()).await.unwrap());
        }
        assert!(!accounts.is_slow("dana").await);
        attacked(&accounts).await;
        assert!(accounts.is_slow("dana").await);
        assert!(!accounts.is_slow("erin").await);
    }

    #[tokio::test]
    async fn a_flood_finds_the_queue_full_while_the_owners_network_is_let_in_at_once() {
        let accounts = Accounts::default();
        attacked(&accounts).await;
        let now = Instant::now();
        let flood: Vec<_> = (0..10).map(|_| Box::pin(accounts.take("dana", false, now))).collect();
        let (mut waiting, mut let_in, mut refused) = (Vec::new(), 0, 0);
        for mut one in flood {
            match std::future::poll_fn(|cx| std::task::Poll::Ready(one.as_mut().poll(cx))).await {
                std::task::Poll::Ready(Err(wait)) => {
                    assert_eq!(wait, Duration::from_secs(6));
                    refused += 1;
                }
                std::task::Poll::Ready(Ok(turn)) => {
                    turn.wrong();
                    let_in += 1;
                }
                std::task::Poll::Pending => waiting.push(one),
            }
        }
        assert_eq!((let_in + waiting.len(), refused), (6, 4));
        assert!(!accounts.knows("dana", "203.0.113.7").await);
        accounts.recognise("dana", "203.0.113.7").await;
        assert!(accounts.knows("dana", "203.0.113.7").await);
        assert!(!accounts.knows("erin", "203.0.113.7").await);
        let nowhere = async { Ok::<_, ErrorBody>(Vec::new()) };
        drop(accounts.turn("dana", "203.0.113.7", nowhere).await.unwrap());
        let elsewhere = async { Ok::<_, ErrorBody>(vec!["198.51.100.9".to_owned()]) };
        drop(accounts.turn("dana", "198.51.100.9", elsewhere).await.unwrap());
        let stranger = accounts.turn("dana", "192.0.2.1", async { Ok::<_, ErrorBody>(Vec::new()) }).await;
        assert_eq!(stranger.err().unwrap().error, ErrorCode::TooManyRequests);
    }
}
