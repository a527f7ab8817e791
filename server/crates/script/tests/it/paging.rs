//! Nothing of one run is there in the next, also where the kernel has paged its memory out.
//!
//! Where there is no swap the kernel pages nothing out, and these tests are those of a usual machine.

#![expect(unsafe_code, reason = "the memory of the process is paged out as a kernel short of memory would")]

use std::sync::Arc;

use script::{Argument, Limits, Outcome, Sandbox, SandboxConfig};
use serde_json::json;

use crate::harness::*;

/// Fills what it keeps with the caller's number, and tells what it found there.
const KEEPS: &str =
    "const kept = new Uint8Array(600000), list = Array.from({ length: 3000 }, () => ({ n: 0 }));
    export default async ({ event }) => {
        const found = [kept.reduce((a, b) => a + b, 0), list.reduce((a, b) => a + b.n, 0)];
        kept.fill(event.n);
        for (const entry of list) entry.n = event.n;
        return found;
    }";
const DENIES: &str = "const rules = Array.from({ length: 500 }, (_, n) => ({ n, text: 'rule ' + n }));
    export default async ({ api }) => { for (const rule of rules) if (rule.text !== 'rule ' + rule.n) throw new Error('changed'); api.access.deny('no', 'never') }";

/// Asks the kernel to page out everything that this process has written.
fn page_out() {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    for map in maps.lines() {
        let mut words = map.split_whitespace();
        let (range, rights) = (words.next().unwrap(), words.next().unwrap());
        if !rights.starts_with("rw-p") {
            continue;
        }
        let (start, end) = range.split_once('-').unwrap();
        let (start, end) =
            (usize::from_str_radix(start, 16).unwrap(), usize::from_str_radix(end, 16).unwrap());
        // SAFETY: paging out changes the content of no page; a range that is gone by now is refused.
        unsafe { libc::madvise(start as *mut _, end - start, libc::MADV_PAGEOUT) };
    }
}

async fn check(config: SandboxConfig) {
    let sandbox = Sandbox::new(config).unwrap();
    let (keeps, denies) = (load(KEEPS).await, load(DENIES).await);
    let limits = Limits { cpu: std::time::Duration::from_secs(5), ..Limits::default() };
    for round in 1..=8 {
        let event = json!({ "n": round });
        let of = async |tenant: &str, program| {
            let call = call("default", vec![Argument::Bag], event.clone());
            sandbox.run(program, tenant, &call, &limits, Arc::new(TestHost)).await
        };
        for tenant in ["a", "b"] {
            let run = of(tenant, &keeps).await;
            page_out();
            assert_eq!(run.outcome, Outcome::Returned, "round {round}");
            assert_eq!(run.value.to_value(), json!([0, 0]), "round {round} of {tenant}");
            let denied = of(tenant, &denies).await;
            page_out();
            assert_eq!(denied.outcome, Outcome::Returned, "round {round}");
            assert_eq!(denied.recorded.len(), 1, "round {round}");
        }
    }
}

#[tokio::test]
async fn n24_nothing_is_left_in_memory_that_was_paged_out() {
    // One slot, so that every run follows another's.
    check(SandboxConfig { slots: 1, instances: 1, ..SandboxConfig::default() }).await;
}

#[tokio::test]
async fn n24_nothing_is_left_where_the_kernel_is_not_asked_for_written_pages() {
    check(SandboxConfig { slots: 1, instances: 1, scan: false, ..SandboxConfig::default() }).await;
}
