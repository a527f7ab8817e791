//! Who may run now: a number of slots, a share of them for each tenant, and a queue that ends.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// Runs that may wait for each of a tenant's slots; more are refused at once.
const WAITING_PER_SLOT: usize = 64;

type Tenants = Mutex<HashMap<Box<str>, Arc<Tenant>>>;

/// Hands out slots.
pub struct Admission {
    slots: Arc<Semaphore>,
    per_tenant: usize,
    queue_timeout: Duration,
    tenants: Arc<Tenants>,
}

struct Tenant {
    slots: Arc<Semaphore>,
    /// Permits and waiting runs, so that the last one takes the tenant off the list.
    users: AtomicUsize,
}

/// A slot, until it is dropped.
pub struct Permit {
    // Given back before the tenant is left.
    _held: Option<(OwnedSemaphorePermit, OwnedSemaphorePermit)>,
    _tenant: Member,
}

struct Member {
    name: Box<str>,
    tenant: Arc<Tenant>,
    tenants: Arc<Tenants>,
}

impl Admission {
    /// So many slots, at most so many of them for one tenant.
    pub fn new(slots: u32, per_tenant: u32, queue_timeout: Duration) -> Self {
        Self {
            slots: Arc::new(Semaphore::new(slots as usize)),
            per_tenant: per_tenant.max(1) as usize,
            queue_timeout,
            tenants: Arc::default(),
        }
    }

    /// Waits for a slot; `None` when there was none in time or too many wait already.
    pub async fn admit(&self, tenant: &str) -> Option<Permit> {
        let member = self.join(tenant)?;
        let own = Arc::clone(&member.tenant.slots);
        let both = async {
            let own = own.acquire_owned().await.ok()?;
            let shared = Arc::clone(&self.slots).acquire_owned().await.ok()?;
            Some((own, shared))
        };
        let held = timeout(self.queue_timeout, both).await.ok().flatten()?;
        Some(Permit { _held: Some(held), _tenant: member })
    }

    fn join(&self, name: &str) -> Option<Member> {
        let mut tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        let tenant = tenants.entry(name.into()).or_insert_with(|| {
            Arc::new(Tenant { slots: Arc::new(Semaphore::new(self.per_tenant)), users: AtomicUsize::new(0) })
        });
        if tenant.users.load(Relaxed) >= self.per_tenant * (1 + WAITING_PER_SLOT) {
            return None;
        }
        tenant.users.fetch_add(1, Relaxed);
        Some(Member { name: name.into(), tenant: Arc::clone(tenant), tenants: Arc::clone(&self.tenants) })
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        let mut tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        if self.tenant.users.fetch_sub(1, Relaxed) == 1 {
            tenants.remove(&self.name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_tenant_has_its_share_and_is_forgotten_afterwards() {
        let admission = Admission::new(3, 2, Duration::from_millis(20));
        let first = admission.admit("a").await.unwrap();
        let _second = admission.admit("a").await.unwrap();
        assert!(admission.admit("a").await.is_none());
        let other = admission.admit("b").await.unwrap();
        assert!(admission.admit("c").await.is_none(), "all slots are taken");
        drop((first, other));
        assert!(admission.admit("a").await.is_some());
        assert_eq!(admission.tenants.lock().unwrap().len(), 1);
    }
}
