//! What a program's top level changed in memory, to be written into fresh instances.

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

/// The difference between a loaded instance and the base image.
pub struct Snapshot {
    /// Where each range begins and how long it is, in order.
    ranges: Box<[(u32, u32)]>,
    /// The ranges' bytes, one after the other.
    bytes: Box<[u8]>,
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
        Self { ranges: ranges.into(), bytes: bytes.into(), size: memory.len(), stack_pointer }
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
        sp.set(&mut *store, Val::I32(self.stack_pointer))
    }

    /// Size of the memory that it restores, in bytes.
    pub fn memory(&self) -> usize {
        self.size
    }

    /// Memory that the snapshot itself takes, in bytes.
    pub fn len(&self) -> usize {
        self.bytes.len() + size_of_val(&*self.ranges)
    }
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
    fn the_dead_stack_is_left_out() {
        let base = vec![0u8; 2 * PAGE];
        let memory = vec![1u8; 2 * PAGE];
        assert_eq!(Snapshot::take(&memory, &base, PAGE as i32).bytes.len(), PAGE);
    }
}
