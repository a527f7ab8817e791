//! File descriptors: the limit of the process is raised at start, and the server keeps within it.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::config::Config;

/// Most descriptors that are asked for where the hard limit is higher or none.
const WANTED: u64 = 1 << 20;
/// Below this limit the log warns: a busy server with a database and hooks that fetch needs more.
const FEW: u64 = 4096;
/// Descriptors for everything beside connections of clients, databases and hooks.
const OWN: usize = 64;

/// Raises the limit as far as the process may, and lowers the settings that would use more than it.
pub(super) fn fit(config: &mut Config) {
    let Some(limit) = raise() else { return };
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let room = connections(limit, config);
    let server = &mut config.server;
    if limit < FEW as usize || room < server.max_connections {
        tracing::warn!(limit, connections = room.min(server.max_connections), "server.descriptors.few");
    }
    server.max_connections = server.max_connections.min(room);
    // Requests that run hold their connections. A quarter stays for those that come, health checks among them.
    let served = (server.max_connections - server.max_connections / 4).max(1);
    server.max_concurrent_requests = server.max_concurrent_requests.min(served);
}

/// How many connections of clients there is room for.
fn connections(limit: usize, config: &Config) -> usize {
    // A connection to SQLite has three files; a hook that runs may fetch from several hosts.
    let databases = 4 * config.database.max_connections as usize;
    let hooks = 4 * config.hooks.slots as usize;
    limit.saturating_sub(OWN + databases + hooks).max(limit / 2)
}

/// Returns the limit as it is now. None where there is none, or it is not told.
fn raise() -> Option<u64> {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let current = current?;
    let wanted = maximum.map_or(WANTED, |maximum| maximum.min(WANTED));
    if wanted <= current {
        return Some(current);
    }
    match setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum }) {
        Ok(()) => Some(wanted),
        Err(error) => {
            tracing::warn!(%error, current, wanted, "server.descriptors.not_raised");
            Some(current)
        }
    }
}
