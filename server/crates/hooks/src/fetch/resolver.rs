//! Looking names up: bounded, because each look-up takes a thread of the pool that hashes passwords.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use async_trait::async_trait;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::sync::Semaphore;

use super::{address::is_public, private};

/// Look-ups at the same time. A thread that waits for a name server cannot be called back, so its place stays taken
/// until it returns, whoever has given up.
const LOOK_UPS: usize = 16;
/// Look-ups at the same time of one project.
const LOOK_UPS_OF_PROJECT: usize = 4;
/// How long a request waits for its name, for a place included.
const TIMEOUT: Duration = Duration::from_secs(2);

/// The places of one project.
#[derive(Clone)]
pub(crate) struct LookUps(Arc<Semaphore>);

impl Default for LookUps {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(LOOK_UPS_OF_PROJECT)))
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
    all: LookUps,
    allow_private: bool,
}

impl PublicResolver {
    pub(super) fn new(names: Arc<dyn Names>, allow_private: bool) -> Self {
        Self { names, all: LookUps(Arc::new(Semaphore::new(LOOK_UPS))), allow_private }
    }
}

impl Resolve for PublicResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (names, allow_private, all) = (self.names.clone(), self.allow_private, self.all.clone());
        // Asked here and not in the future: the client may go on with that elsewhere.
        let own = OF_PROJECT.try_with(Clone::clone).unwrap_or_default();
        Box::pin(async move {
            let look_up = async {
                let own = own.0.acquire_owned().await?;
                let shared = all.0.acquire_owned().await?;
                let wanted = name.as_str().to_owned();
                let task = tokio::spawn(async move {
                    let found = names.look_up(&wanted).await;
                    drop((own, shared));
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
