//! Addresses of the console's pages. Every address names project, hook, version or run, so that it can be
//! sent to somebody.

use contract::catalogue::endpoints::Endpoint;
use contract::ids::{HookId, RunId};

/// The project's first page: API & Hooks.
pub(crate) fn hooks(slug: &str) -> String {
    format!("/console/p/{slug}/auth/hooks")
}

/// What runs on an endpoint.
pub(crate) fn endpoint(slug: &str, endpoint: Endpoint) -> String {
    format!("/console/p/{slug}/auth/hooks/{endpoint}")
}

/// The test of an endpoint.
pub(crate) fn endpoint_test(slug: &str, endpoint: Endpoint) -> String {
    format!("/console/p/{slug}/auth/hooks/{endpoint}/test")
}

/// The reference of an endpoint.
pub(crate) fn reference(slug: &str, endpoint: Endpoint) -> String {
    format!("/console/p/{slug}/auth/hooks/{endpoint}/reference")
}

/// The editor of a hook.
pub(crate) fn hook(slug: &str, hook: &HookId) -> String {
    format!("/console/p/{slug}/hooks/{hook}")
}

/// The editor of a hook, at a line of its source.
pub(crate) fn hook_line(slug: &str, hook: &HookId, line: u32) -> String {
    format!("/console/p/{slug}/hooks/{hook}?line={line}")
}

/// The editor of a hook, its test opened with what was recorded of a run.
pub(crate) fn hook_replay(slug: &str, hook: &HookId, run: &RunId) -> String {
    format!("/console/p/{slug}/hooks/{hook}?run={run}")
}

/// The test of an endpoint, opened with the request of a run.
pub(crate) fn endpoint_replay(slug: &str, endpoint: Endpoint, run: &RunId) -> String {
    format!("/console/p/{slug}/auth/hooks/{endpoint}/test?run={run}")
}

/// The versions of a hook.
pub(crate) fn history(slug: &str, hook: &HookId) -> String {
    format!("/console/p/{slug}/hooks/{hook}/history")
}

/// Every run.
pub(crate) fn runs(slug: &str) -> String {
    format!("/console/p/{slug}/runs")
}

/// The runs of a hook.
pub(crate) fn hook_runs(slug: &str, hook: &HookId) -> String {
    format!("/console/p/{slug}/runs?hook={hook}")
}

/// The runs of an endpoint.
pub(crate) fn endpoint_runs(slug: &str, endpoint: Endpoint) -> String {
    format!("/console/p/{slug}/runs?endpoint={}", escaped(endpoint))
}

/// The log stream of an endpoint.
pub(crate) fn endpoint_logs(slug: &str, endpoint: Endpoint) -> String {
    format!("/console/p/{slug}/logs?endpoint={}", escaped(endpoint))
}

/// Method and path in a query. Paths of the catalogue hold nothing to escape but the slashes.
fn escaped(endpoint: Endpoint) -> String {
    let spec = endpoint.spec();
    format!("{}%20{}", spec.method, spec.path.replace('/', "%2F"))
}

/// One run.
pub(crate) fn run(slug: &str, run: &RunId) -> String {
    format!("/console/p/{slug}/runs/{run}")
}

/// A page of the project by the last part of its address, such as `users`.
pub(crate) fn page(slug: &str, name: &str) -> String {
    format!("/console/p/{slug}/{name}")
}

/// What belongs to no project: keys that open every project, and their trail.
pub(crate) const INSTANCE: &str = "/console/instance";

/// The sign-in, which leads back to `path`.
pub(crate) fn sign_in(path: &str) -> String {
    let next: String = path
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'/' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect();
    format!("/console/sign-in?next={next}")
}
