//! Verifies at the start that an instance leaves nothing behind, even where the kernel has paged its memory out.

use wasmtime::{Result, Store, ensure};

use crate::guest::Guest;
use crate::limits::Limits;
use crate::reset::Reset;
use crate::state::State;

/// Size of the pieces that are written, in bytes.
const PAGE: usize = 4096;
/// Every so many pages one is written: more runs of pages than are looked up at a time, and pages between them that
/// were only read.
const STEP: usize = 5;

/// Few enough of those that the slot is cleaned by copying rather than given back.
const FEW: usize = 100;

/// Writes to a slot, asks the kernel to page it out, and compares what the next instance finds there.
///
/// # Errors
/// When that is not the base image.
pub async fn verify(guest: &Guest, reset: &Reset) -> Result<()> {
    verify_after(guest, reset, FEW).await?;
    verify_after(guest, reset, usize::MAX).await
}

/// The same after writing at most so many pages.
async fn verify_after(guest: &Guest, reset: &Reset, most: usize) -> Result<()> {
    let first = guest.limited(state(), async |store: &mut Store<State>| {
        let memory = guest.instantiate(store).await?.memory.data_mut(store);
        for page in memory.chunks_mut(PAGE).step_by(STEP).take(most) {
            page.fill(0xa5);
        }
        page_out(memory);
        Ok(memory.as_ptr() as usize)
    });
    let (store, used) = first.await;
    drop(store);
    let second = guest.limited(state(), async |store: &mut Store<State>| {
        let memory = guest.instantiate(store).await?.memory.data_mut(store);
        let found = (memory.as_ptr() as usize, reset.is_clean(0, memory));
        // This slot is the one that runs use most. Pages that none of them writes would stay in it.
        reset.discard(memory);
        Ok(found)
    });
    let (_, found) = second.await;
    let failed = |ended| wasmtime::format_err!("{ended:?}");
    let (used, (again, clean)) = (used.map_err(failed)?, found.map_err(failed)?);
    ensure!(used == again, "the pool did not use the same slot again");
    ensure!(clean, "an instance found what the one before it had written");
    Ok(())
}

fn state() -> State {
    State::new(&Limits::default(), None)
}

/// Asks the kernel to page memory out; it does what it can.
fn page_out(memory: &mut [u8]) {
    #[expect(unsafe_code, reason = "the standard library does not offer this")]
    // SAFETY: the content of the borrowed memory stays what it is.
    unsafe {
        libc::madvise(memory.as_mut_ptr().cast(), memory.len(), libc::MADV_PAGEOUT);
    }
}
