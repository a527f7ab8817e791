//! Which connections there are, how many may be, and which one goes when there are too many.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use ipnet::IpNet;
use tokio::{sync::Notify, time::Instant};

use super::Patience;
use crate::config::ServerConfig;

/// How long the end of an answer may take to leave: its body is taken, and up to a buffer of it is not yet sent.
const FLUSH: Duration = Duration::from_secs(1);

/// The places of connections.
pub(super) struct Seats {
    most: usize,
    most_of_address: usize,
    trusted: Vec<IpNet>,
    patience: Patience,
    taken: Mutex<Taken>,
    /// Told when a connection has ended.
    freed: Notify,
}

#[derive(Default)]
struct Taken {
    next: u64,
    seats: HashMap<u64, Arc<Seat>>,
    by_address: HashMap<IpAddr, usize>,
}

/// The place of one connection, and what the connection does.
pub(super) struct Seat {
    /// What counts as its address; none: it is not counted by address.
    address: Option<IpAddr>,
    patience: Patience,
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug, Clone, Copy)]
struct State {
    phase: Phase,
    since: Instant,
}

/// What a connection does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// It waits for the head of a request.
    Head,
    /// A request runs.
    Serving,
    /// The client takes the answer.
    Answering,
    /// It waits for the next request.
    Idle,
    /// It has to end.
    Closed,
}

/// A seat that is taken. It is free again when this is dropped.
pub(super) struct TakenSeat {
    number: u64,
    seat: Arc<Seat>,
    seats: Arc<Seats>,
}

impl Seats {
    pub(super) fn new(config: &ServerConfig, patience: Patience) -> Self {
        Self {
            most: config.max_connections,
            most_of_address: config.max_connections_per_address,
            trusted: config.trusted_proxies.clone(),
            patience,
            taken: Mutex::default(),
            freed: Notify::new(),
        }
    }

    /// Takes a seat for a client. When all are taken, the one that has waited longest is closed for it; none: every
    /// connection is at work.
    pub(super) async fn take(self: &Arc<Self>, client: IpAddr) -> Option<TakenSeat> {
        let address = self.counted(client);
        loop {
            let freed = self.freed.notified();
            {
                let mut taken = self.lock();
                let of_address = address.and_then(|address| taken.by_address.get(&address)).copied();
                let full = taken.seats.len() >= self.most;
                let crowded = of_address.unwrap_or(0) >= self.most_of_address;
                if !full && !crowded {
                    return Some(self.seat(&mut taken, address));
                }
                if !close_one(&taken, if full { None } else { address }) {
                    return None;
                }
            }
            // Its descriptor is free only when its task has ended.
            freed.await;
        }
    }

    /// Closes the connection that has waited longest, if one waits.
    pub(super) fn make_room(&self) {
        close_one(&self.lock(), None);
    }

    fn seat(self: &Arc<Self>, taken: &mut Taken, address: Option<IpAddr>) -> TakenSeat {
        let state = State { phase: Phase::Head, since: Instant::now() };
        let seat = Arc::new(Seat {
            address,
            patience: self.patience,
            state: Mutex::new(state),
            changed: Notify::new(),
        });
        let number = taken.next;
        taken.next += 1;
        taken.seats.insert(number, seat.clone());
        if let Some(address) = address {
            *taken.by_address.entry(address).or_default() += 1;
        }
        TakenSeat { number, seat, seats: self.clone() }
    }

    /// Proxies and this machine speak for many clients, so they are not counted by address. An IPv6 client is
    /// counted by its /64.
    fn counted(&self, client: IpAddr) -> Option<IpAddr> {
        if client.is_loopback() || self.trusted.iter().any(|network| network.contains(&client)) {
            return None;
        }
        Some(match client {
            IpAddr::V4(_) => client,
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
            }
        })
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Closes one connection that waits (if given, of this address): of the address that has most, the one that has waited
/// longest. False: none waits.
fn close_one(taken: &Taken, address: Option<IpAddr>) -> bool {
    let now = Instant::now();
    let candidates = taken.seats.values().filter(|seat| address.is_none() || seat.address == address);
    let waiting = candidates.filter_map(|seat| {
        let crowd = seat.address.and_then(|address| taken.by_address.get(&address)).copied();
        Some((crowd.unwrap_or(0), seat.waiting(now)?, seat))
    });
    let longest = waiting.max_by_key(|(crowd, waited, _)| (*crowd, *waited));
    longest.is_some_and(|(_, _, seat)| seat.close_waiting(now))
}

impl Seat {
    /// How long it has waited; none: it is at work.
    fn waiting(&self, now: Instant) -> Option<Duration> {
        self.state().waiting(self.patience, now)
    }

    /// Closes it if it still waits: a request may have begun since it was chosen.
    fn close_waiting(&self, now: Instant) -> bool {
        let mut state = self.state();
        if state.waiting(self.patience, now).is_none() {
            return false;
        }
        if state.phase != Phase::Closed {
            *state = State { phase: Phase::Closed, since: Instant::now() };
            drop(state);
            self.changed.notify_one();
        }
        true
    }

    /// What it does.
    pub(super) fn phase(&self) -> Phase {
        self.state().phase
    }

    /// Goes on to a phase, unless it has to end.
    pub(super) fn enter(&self, phase: Phase) {
        let mut state = self.state();
        if state.phase != Phase::Closed {
            *state = State { phase, since: Instant::now() };
            drop(state);
            self.changed.notify_one();
        }
    }

    /// Bytes have come from the client.
    pub(super) fn has_read(&self) {
        if self.phase() == Phase::Idle {
            self.enter(Phase::Head);
        }
    }

    /// The client has taken bytes.
    pub(super) fn has_written(&self) {
        let phase = self.phase();
        if matches!(phase, Phase::Answering | Phase::Idle) {
            self.enter(phase);
        }
    }

    /// Waits until the phase, or when it began, has changed.
    pub(super) async fn changed(&self) {
        self.changed.notified().await;
    }

    /// When it has waited for too long; none: a request runs.
    pub(super) fn deadline(&self) -> Option<Instant> {
        let State { phase, since } = *self.state();
        match phase {
            Phase::Head => Some(since + self.patience.head),
            Phase::Answering | Phase::Idle => Some(since + self.patience.idle),
            Phase::Serving => None,
            Phase::Closed => Some(since),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// How long the connection has waited; none: it is at work.
    fn waiting(&self, patience: Patience, now: Instant) -> Option<Duration> {
        let waited = now.saturating_duration_since(self.since);
        match self.phase {
            // Closed already, and about to make room: closing another one as well would be too much.
            Phase::Closed => Some(Duration::MAX),
            Phase::Head => Some(waited),
            Phase::Idle => Some(waited).filter(|waited| *waited >= FLUSH),
            // A client that has stopped to read holds no place that another one needs.
            Phase::Answering => Some(waited).filter(|waited| *waited >= patience.head),
            Phase::Serving => None,
        }
    }
}

impl TakenSeat {
    /// The seat.
    pub(super) fn seat(&self) -> &Arc<Seat> {
        &self.seat
    }
}

impl Drop for TakenSeat {
    fn drop(&mut self) {
        let mut taken = self.seats.lock();
        taken.seats.remove(&self.number);
        if let Some(address) = self.seat.address
            && let Some(count) = taken.by_address.get_mut(&address)
        {
            *count -= 1;
            if *count == 0 {
                taken.by_address.remove(&address);
            }
        }
        drop(taken);
        // The accept loop is the only one that waits. It may be about to: the permit is kept for it.
        self.seats.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;
    use crate::config::Config;

    fn seats(of_address: &str) -> Arc<Seats> {
        let variables = [
            ("HOOKWRIGHT_MAX_CONNECTIONS", "16"),
            ("HOOKWRIGHT_MAX_CONNECTIONS_PER_ADDRESS", of_address),
            ("HOOKWRIGHT_TRUSTED_PROXIES", "10.0.0.0/8"),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let config = Config::load(None, variables).expect("valid settings");
        let patience = Patience { head: Duration::from_secs(10), idle: Duration::from_secs(75) };
        Arc::new(Seats::new(&config.server, patience))
    }

    /// A seat that is free at once.
    fn taken(seats: &Arc<Seats>, client: &str) -> TakenSeat {
        let client = client.parse().expect("an address");
        seats.take(client).now_or_never().expect("at once").expect("a seat")
    }

    #[tokio::test]
    async fn the_connection_of_an_address_that_waited_longest_makes_room_for_its_next_one() {
        let seats = seats("2");
        let other = taken(&seats, "192.0.2.9");
        // One /64 is one address.
        let (first, second) = (taken(&seats, "2001:db8::1"), taken(&seats, "2001:db8::2"));
        first.seat().enter(Phase::Serving);
        let mut next = Box::pin(seats.take("2001:db8::3".parse().expect("an address")));
        assert!(futures::poll!(&mut next).is_pending());
        assert_eq!(second.seat().phase(), Phase::Closed);
        assert_eq!((first.seat().phase(), other.seat().phase()), (Phase::Serving, Phase::Head));
        drop(second);
        let next = next.await.expect("a seat");
        next.seat().enter(Phase::Serving);
        // Both are at work: there is no room, and elsewhere there is.
        assert!(seats.take("2001:db8::4".parse().expect("an address")).await.is_none());
        taken(&seats, "2001:db8:0:1::1");
    }

    #[tokio::test]
    async fn the_address_with_most_connections_makes_room_when_all_places_are_taken() {
        let seats = seats("256");
        let one = taken(&seats, "192.0.2.1");
        let many: Vec<_> = (0..15).map(|_| taken(&seats, "192.0.2.2")).collect();
        let mut next = Box::pin(seats.take("192.0.2.3".parse().expect("an address")));
        assert!(futures::poll!(&mut next).is_pending());
        assert_eq!(one.seat().phase(), Phase::Head);
        assert_eq!(many.iter().filter(|taken| taken.seat().phase() == Phase::Closed).count(), 1);
        drop(many);
        assert!(next.await.is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_whose_end_may_still_leave_is_not_cut() {
        let seats = seats("1");
        let only = taken(&seats, "192.0.2.1");
        only.seat().enter(Phase::Answering);
        only.seat().enter(Phase::Idle);
        let client = "192.0.2.1".parse().expect("an address");
        tokio::time::advance(FLUSH / 2).await;
        assert!(seats.take(client).await.is_none());
        // Each byte that the client takes starts the time again.
        only.seat().has_written();
        tokio::time::advance(FLUSH / 2).await;
        assert!(seats.take(client).await.is_none());
        tokio::time::advance(FLUSH).await;
        assert!(futures::poll!(std::pin::pin!(seats.take(client))).is_pending());
        assert_eq!(only.seat().phase(), Phase::Closed);
    }

    #[tokio::test]
    async fn a_request_that_has_begun_since_its_connection_was_chosen_goes_on() {
        let seats = seats("1");
        let only = taken(&seats, "192.0.2.1");
        let now = Instant::now();
        assert!(only.seat().waiting(now).is_some());
        only.seat().enter(Phase::Serving);
        assert!(!only.seat().close_waiting(now));
        assert_eq!(only.seat().phase(), Phase::Serving);
    }

    #[tokio::test]
    async fn proxies_and_this_machine_are_not_counted_by_address() {
        let seats = seats("1");
        let many: Vec<_> = ["127.0.0.1", "127.0.0.1", "::1", "::1", "10.1.2.3", "10.1.2.3"]
            .map(|client| taken(&seats, client))
            .into();
        assert!(many.iter().all(|taken| taken.seat().phase() == Phase::Head));
    }
}
