//! What a program's top level changed in memory, to be written into fresh instances.

use std::hint::black_box;

use wasmtime::{Result, Store, Val, ensure};

use crate::guest::Running;
use crate::reset::Reset;
use crate::state::State;

/// Memory is compared in pieces of this size, in bytes.
const PAGE: usize = 4096;
/// Size of a page that memory grows by, in bytes.
const WASM_PAGE: usize = 64 << 10;
/// Equal bytes between two differences that are kept rather than beginning another range.
const GAP: usize = 32;
/// Separate runs of written pages that an instance should have at most. wasmtime can clean 32 of them by copying, so
/// that the next instance finds its pages in place; of what lies behind it gives every page back, which costs that
/// instance a page fault each and all threads of the server an interruption. Some are left for what only the run writes.
const RUNS: usize = 12;
/// Pages that are written for no other reason than that; each is copied once for every call.
const MOST_BRIDGED: usize = 128;

/// The difference between a loaded instance and the base image.
pub struct Snapshot {
    /// Where each range begins and how long it is, in order.
    ranges: Box<[(u32, u32)]>,
    /// The ranges' bytes, one after the other.
    bytes: Box<[u8]>,
    /// Pages between two of these ranges that are written as well, so that there are fewer runs of written pages.
    bridges: Box<[u32]>,
    /// Size of the memory, in bytes.
    size: usize,
    /// The guest's stack pointer.
    stack_pointer: i32,
}

impl Snapshot {
    /// Compares memory with the base image; what is below the stack pointer is dead.
    pub fn take(memory: &[u8], base: &[u8], stack_pointer: i32) -> Self {
        let mut ranges = Vec::new();
        let mut bytes = Vec::new();
        let dead = usize::try_from(stack_pointer).unwrap_or(0) / PAGE * PAGE;
        for (index, page) in memory.chunks(PAGE).enumerate() {
            let at = index * PAGE;
            let before = base.get(at..at + PAGE).unwrap_or(&[0; PAGE]);
            if at >= dead && page != before {
                differences(page, before, |start, end| {
                    let part = page.get(start..end).unwrap_or_default();
                    ranges.push(((at + start) as u32, part.len() as u32));
                    bytes.extend_from_slice(part);
                });
            }
        }
        let bridges = bridges(&ranges).into();
        Self { ranges: ranges.into(), bytes: bytes.into(), bridges, size: memory.len(), stack_pointer }
    }

    /// Makes a fresh instance what the loaded one was. Fails if what it overwrites is not what the base image has there,
    /// as it would be if another instance had left it.
    pub async fn restore(
        &self,
        store: &mut Store<State>,
        running: &Running,
        sp: wasmtime::Global,
        reset: &Reset,
    ) -> Result<()> {
        let memory = running.memory;
        let missing = self.size.saturating_sub(memory.data_size(&*store));
        if missing > 0 {
            memory.grow_async(&mut *store, missing.div_ceil(WASM_PAGE) as u64).await?;
        }
        let data = memory.data_mut(&mut *store);
        let mut rest = &*self.bytes;
        for &(at, len) in &self.ranges {
            let (at, len) = (at as usize, len as usize);
            if let (Some(target), Some((part, after))) =
                (data.get_mut(at..at + len), rest.split_at_checked(len))
            {
                ensure!(reset.is_clean(at, target), "the memory of a fresh instance was not clean");
                target.copy_from_slice(part);
                rest = after;
            }
        }
        for at in &self.bridges {
            if let Some(byte) = data.get_mut(*at as usize) {
                // Stays what it is; the compiler must not see that.
                *byte = black_box(*byte);
            }
        }
        sp.set(&mut *store, Val::I32(self.stack_pointer))
    }

    /// Size of the memory that it restores, in bytes.
    pub fn memory(&self) -> usize {
        self.size
    }

    /// Memory that the snapshot itself takes, in bytes.
    pub fn len(&self) -> usize {
        self.bytes.len() + size_of_val(&*self.ranges) + size_of_val(&*self.bridges)
    }
}

/// The pages that close the shortest gaps between the pages of these ranges, until few enough runs remain.
fn bridges(ranges: &[(u32, u32)]) -> Vec<u32> {
    let page = |at: u32| at / PAGE as u32;
    let mut gaps: Vec<(u32, u32)> = Vec::new();
    for (before, after) in ranges.iter().zip(ranges.iter().skip(1)) {
        let (end, start) = (page(before.0 + before.1 - 1) + 1, page(after.0));
        if end < start {
            gaps.push((end, start));
        }
    }
    gaps.sort_by_key(|(end, start)| start - end);
    let too_many = (gaps.len() + 1).saturating_sub(RUNS);
    let pages = gaps.into_iter().take(too_many).flat_map(|(end, start)| end..start);
    pages.take(MOST_BRIDGED).map(|page| page * PAGE as u32).collect()
}

/// Calls `found` with each differing range of two pages; short equal stretches count as different.
fn differences(page: &[u8], before: &[u8], mut found: impl FnMut(usize, usize)) {
    let mut open: Option<(usize, usize)> = None;
    for (at, _) in page.iter().zip(before).enumerate().filter(|(_, (new, old))| new != old) {
        open = match open {
            Some((start, end)) if at - end < GAP => Some((start, at + 1)),
            Some((start, end)) => {
                found(start, end);
                Some((at, at + 1))
            }
            None => Some((at, at + 1)),
        };
    }
    if let Some((start, end)) = open {
        found(start, end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_differences_become_one_range() {
        let base = vec![0u8; 2 * PAGE];
        let mut memory = vec![0u8; 3 * PAGE];
        for at in [PAGE + 10, PAGE + 20, PAGE + 100, 2 * PAGE + 1] {
            memory[at] = 7;
        }
        let snapshot = Snapshot::take(&memory, &base, 0);
        let starts: Vec<_> = snapshot.ranges.iter().map(|(at, len)| (*at as usize, *len)).collect();
        assert_eq!(starts, [(PAGE + 10, 11), (PAGE + 100, 1), (2 * PAGE + 1, 1)]);
    }

    #[test]
    fn written_pages_far_apart_become_few_runs_by_closing_the_shortest_gaps() {
        let base = vec![0u8; 400 * PAGE];
        let mut memory = base.clone();
        // Gaps of 1, 2, 3 … pages.
        let mut written: Vec<usize> = (1..25).map(|n| n * (n + 1) / 2).collect();
        for page in &written {
            memory[page * PAGE] = 7;
        }
        let snapshot = Snapshot::take(&memory, &base, 0);
        written.extend(snapshot.bridges.iter().map(|at| *at as usize / PAGE));
        written.sort_unstable();
        let runs = 1 + written.windows(2).filter(|pair| pair[1] > pair[0] + 1).count();
        assert_eq!(runs, RUNS);
        assert_eq!(snapshot.bridges.len(), (1..=12).sum::<usize>());
        assert!(snapshot.bridges.len() <= MOST_BRIDGED);
    }

    #[test]
    fn the_dead_stack_is_left_out() {
        let base = vec![0u8; 2 * PAGE];
        let memory = vec![1u8; 2 * PAGE];
        assert_eq!(Snapshot::take(&memory, &base, PAGE as i32).bytes.len(), PAGE);
    }
}
