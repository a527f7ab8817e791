//! Looking names up: bounded, because each look-up takes a thread of the pool that hashes passwords.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use async_trait::async_trait;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};

use super::{address::is_public, private};

/// Look-ups at the same time beyond the first one of each project. A thread that waits for a name server cannot be
/// called back, so its place stays taken until it returns, even if the request has given up.
const SHARED: usize = 16;
/// The same of one project.
const SHARED_OF_PROJECT: usize = 3;
/// Look-ups at the same time, first ones included: the pool has 512 threads, and other work needs some.
const MOST: usize = 256;
/// How long a request waits for its name, for a place included.
const TIMEOUT: Duration = Duration::from_secs(2);

/// The places of one project. The first is its own: projects whose look-ups are not answered keep out no other.
#[derive(Clone)]
pub(crate) struct LookUps {
    first: Arc<Semaphore>,
    further: Arc<Semaphore>,
}

impl Default for LookUps {
    fn default() -> Self {
        Self { first: Arc::new(Semaphore::new(1)), further: Arc::new(Semaphore::new(SHARED_OF_PROJECT)) }
    }
}

/// The places of all projects.
#[derive(Clone)]
struct Places {
    shared: Arc<Semaphore>,
    most: Arc<Semaphore>,
}

/// A place that is taken. It is free again when this is dropped.
struct Place(#[expect(dead_code, reason = "held until it is dropped")] Vec<OwnedSemaphorePermit>);

impl Places {
    fn new() -> Self {
        Self { shared: Arc::new(Semaphore::new(SHARED)), most: Arc::new(Semaphore::new(MOST)) }
    }

    /// Waits for the project's first place, or for a further one, and for a thread.
    async fn take(self, own: LookUps) -> Result<Place, AcquireError> {
        let further = async {
            let own = own.further.acquire_owned().await?;
            Ok(vec![own, self.shared.acquire_owned().await?])
        };
        let mut permits = tokio::select! {
            biased;
            first = own.first.acquire_owned() => vec![first?],
            further = further => further?,
        };
        permits.push(self.most.acquire_owned().await?);
        Ok(Place(permits))
    }
}

tokio::task_local! {
    /// The places of the project whose request is being sent: the client hands over nothing but the name.
    static OF_PROJECT: LookUps;
}

/// Does work whose look-ups are those of one project.
pub(super) async fn of_project<T>(look_ups: LookUps, work: impl Future<Output = T>) -> T {
    OF_PROJECT.scope(look_ups, work).await
}

/// Where addresses come from.
#[async_trait]
pub(super) trait Names: Send + Sync {
    async fn look_up(&self, name: &str) -> std::io::Result<Vec<SocketAddr>>;
}

/// The names that the system knows.
pub(super) struct SystemNames;

#[async_trait]
impl Names for SystemNames {
    async fn look_up(&self, name: &str) -> std::io::Result<Vec<SocketAddr>> {
        Ok(tokio::net::lookup_host((name, 0)).await?.collect())
    }
}

/// Resolves names and drops private addresses, so that a name cannot be used to reach one. What it returns is what
/// is connected to: there is no second look-up that could answer differently.
pub(super) struct PublicResolver {
    names: Arc<dyn Names>,
    places: Places,
    allow_private: bool,
}

impl PublicResolver {
    pub(super) fn new(names: Arc<dyn Names>, allow_private: bool) -> Self {
        Self { names, places: Places::new(), allow_private }
    }
}

impl Resolve for PublicResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (names, allow_private, places) = (self.names.clone(), self.allow_private, self.places.clone());
        // Asked here and not in the future: the client may go on with that elsewhere.
        let own = OF_PROJECT.try_with(Clone::clone).unwrap_or_default();
        Box::pin(async move {
            let look_up = async {
                let place = places.take(own).await?;
                let wanted = name.as_str().to_owned();
                let task = tokio::spawn(async move {
                    let found = names.look_up(&wanted).await;
                    drop(place);
                    found
                });
                Ok::<_, Box<dyn std::error::Error + Send + Sync>>(task.await??)
            };
            let found = tokio::time::timeout(TIMEOUT, look_up)
                .await
                .map_err(|_| format!("the address of {} was not found in time", name.as_str()))??;
            let usable: Vec<SocketAddr> =
                found.iter().copied().filter(|at| allow_private || is_public(at.ip())).collect();
            if usable.is_empty() && !found.is_empty() {
                return Err(private(name.as_str()).into());
            }
            Ok(Box::new(usable.into_iter()) as Addrs)
        })
    }
}
