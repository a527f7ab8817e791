//! Fair admission queue per tenant.
//!
//! The first place of a tenant is not taken from those that all share, so that tenants which hold much keep out none
//! that holds nothing. Of those that wait, a tenant that holds fewer goes first, then the one that was served longest
//! ago: it does not matter how many requests a tenant sends.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

/// Requests that may wait for each of a tenant's places; more are refused at once.
const WAITING_PER_PLACE: usize = 64;

/// How many places there are.
#[derive(Clone, Copy, Debug)]
pub struct Places {
    /// Second and further places of a tenant are given while fewer than so many are taken.
    pub shared: usize,
    /// First places are given while fewer than so many are taken.
    pub most: usize,
    /// Places of one tenant.
    pub per_tenant: usize,
}

/// Hands out places. Cheap to clone.
#[derive(Clone)]
pub struct Admission(Arc<Mutex<Queue>>);

struct Queue {
    places: Places,
    taken: usize,
    tenants: HashMap<Arc<str>, Tenant>,
    /// Numbers the places given, so that the tenant served longest ago is known.
    given: u64,
}

/// A tenant that holds or waits for a place.
#[derive(Default)]
struct Tenant {
    held: usize,
    waiting: VecDeque<oneshot::Sender<Permit>>,
    last: u64,
}

/// A place, until it is dropped.
pub struct Permit {
    tenant: Arc<str>,
    /// None: the place was given back already.
    queue: Option<Arc<Mutex<Queue>>>,
}

impl Places {
    /// Whether a tenant that holds so many may have another.
    fn allow(&self, taken: usize, held: usize) -> bool {
        held < self.per_tenant && taken < if held == 0 { self.most } else { self.shared }
    }
}

impl Admission {
    /// Nothing is taken yet.
    pub fn new(places: Places) -> Self {
        Self(Arc::new(Mutex::new(Queue { places, taken: 0, tenants: HashMap::new(), given: 0 })))
    }

    /// How many places are taken.
    #[cfg(any(test, feature = "testing"))]
    pub fn taken(&self) -> usize {
        lock(&self.0).taken
    }

    /// Waits for a place. Gives none at once when too many requests of the tenant wait already. Dropping the future
    /// leaves the queue.
    pub async fn enter(&self, tenant: &str) -> Option<Permit> {
        let given = {
            let mut queue = lock(&self.0);
            let places = queue.places;
            let taken = queue.taken;
            let known = queue.tenants.get_key_value(tenant).map(|(name, _)| Arc::clone(name));
            let name = known.unwrap_or_else(|| tenant.into());
            let of_tenant = queue.tenants.entry(Arc::clone(&name)).or_default();
            if places.allow(taken, of_tenant.held) {
                // All that could have a place got one when it became free, so this request passes no other.
                return Some(queue.give(&name, &self.0));
            }
            let most = places.per_tenant.saturating_mul(WAITING_PER_PLACE);
            if of_tenant.waiting.len() >= most {
                of_tenant.waiting.retain(|waiting| !waiting.is_closed());
            }
            if of_tenant.waiting.len() >= most {
                return None;
            }
            let (give, given) = oneshot::channel();
            of_tenant.waiting.push_back(give);
            given
        };
        given.await.ok()
    }
}

impl Queue {
    fn give(&mut self, name: &Arc<str>, queue: &Arc<Mutex<Queue>>) -> Permit {
        self.taken += 1;
        self.given += 1;
        let tenant = self.tenants.entry(Arc::clone(name)).or_default();
        tenant.held += 1;
        tenant.last = self.given;
        Permit { tenant: Arc::clone(name), queue: Some(Arc::clone(queue)) }
    }

    fn take_back(&mut self, name: &str) {
        self.taken -= 1;
        if let Some(tenant) = self.tenants.get_mut(name) {
            tenant.held -= 1;
        }
    }

    /// The tenant whose turn it is. Forgets those that neither hold nor want anything.
    fn next(&mut self) -> Option<Arc<str>> {
        self.tenants.retain(|_, tenant| {
            tenant.forget_closed();
            tenant.held > 0 || !tenant.waiting.is_empty()
        });
        let can = self
            .tenants
            .iter()
            .filter(|(_, tenant)| !tenant.waiting.is_empty() && self.places.allow(self.taken, tenant.held));
        can.min_by_key(|(_, tenant)| (tenant.held, tenant.last)).map(|(name, _)| Arc::clone(name))
    }
}

impl Tenant {
    /// Lets go of requests at the head of the queue that nothing waits for.
    fn forget_closed(&mut self) {
        while self.waiting.front().is_some_and(oneshot::Sender::is_closed) {
            self.waiting.pop_front();
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let Some(shared) = self.queue.take() else { return };
        let mut queue = lock(&shared);
        queue.take_back(&self.tenant);
        while let Some(name) = queue.next() {
            let waiting = queue.tenants.get_mut(&name).and_then(|tenant| tenant.waiting.pop_front());
            let Some(waiting) = waiting else { break };
            let permit = queue.give(&name, &shared);
            if let Err(mut unwanted) = waiting.send(permit) {
                // Its request has left the queue; the lock is held, so it must not give itself back.
                unwanted.queue = None;
                queue.take_back(&name);
            }
        }
    }
}

/// A poisoned lock only means that another request panicked; the counts are right between two calls.
fn lock(queue: &Mutex<Queue>) -> MutexGuard<'_, Queue> {
    queue.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
