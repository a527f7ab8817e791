//! One heap for Rust and the engine, arranged so that snapshots are small and fresh copies cheap.
//!
//! While a snapshot is in the making freed memory is zeroed, so that garbage does not become part
//! of it. When the base image is done every hole in it is plugged, so that what a program
//! allocates later lies together on few pages.

use std::alloc::{GlobalAlloc, Layout};
use std::hint::black_box;
use std::ptr::{copy_nonoverlapping, write_bytes};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use rquickjs::allocator::Allocator;

mod c {
    unsafe extern "C" {
        pub fn malloc(size: usize) -> *mut u8;
        pub fn free(block: *mut u8);
        pub fn realloc(block: *mut u8, size: usize) -> *mut u8;
        pub fn calloc(count: usize, size: usize) -> *mut u8;
        pub fn malloc_usable_size(block: *mut u8) -> usize;
        pub fn aligned_alloc(align: usize, size: usize) -> *mut u8;
    }
}

/// What `malloc` aligns to.
const ALIGN: usize = 8;
/// Free memory kept at the top of the base image, so that a usual call never grows memory.
const HEADROOM: usize = 1 << 20;

static WIPING: AtomicBool = AtomicBool::new(true);

/// The allocator of the Rust half.
struct Heap;

#[global_allocator]
static HEAP: Heap = Heap;

// SAFETY: every method forwards to the C heap, which keeps the contract for its alignment;
// larger alignments go through aligned_alloc, and free accepts both.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: plain calls of the C heap.
        unsafe {
            if layout.align() <= ALIGN {
                c::malloc(layout.size())
            } else {
                c::aligned_alloc(layout.align(), layout.size().next_multiple_of(layout.align()))
            }
        }
    }

    unsafe fn dealloc(&self, block: *mut u8, _: Layout) {
        // SAFETY: the block came from this heap.
        unsafe { wipe_and_free(block) }
    }
}

/// The allocator of the JavaScript engine.
pub struct EngineHeap;

// SAFETY: every method forwards to the C heap, which keeps the contract.
unsafe impl Allocator for EngineHeap {
    fn alloc(&mut self, size: usize) -> *mut u8 {
        // SAFETY: plain call of the C heap.
        unsafe { c::malloc(size) }
    }

    fn calloc(&mut self, count: usize, size: usize) -> *mut u8 {
        // SAFETY: plain call of the C heap.
        unsafe { c::calloc(count, size) }
    }

    unsafe fn dealloc(&mut self, block: *mut u8) {
        // SAFETY: the block came from this heap.
        unsafe { wipe_and_free(block) }
    }

    unsafe fn realloc(&mut self, block: *mut u8, size: usize) -> *mut u8 {
        // SAFETY: the block came from this heap, and the copy stays inside both blocks.
        unsafe {
            if !WIPING.load(Relaxed) || block.is_null() {
                return c::realloc(block, size);
            }
            let moved = c::malloc(size);
            if !moved.is_null() {
                copy_nonoverlapping(block, moved, c::malloc_usable_size(block).min(size));
                wipe_and_free(block);
            }
            moved
        }
    }

    unsafe fn usable_size(block: *mut u8) -> usize {
        // SAFETY: the block came from this heap.
        unsafe { c::malloc_usable_size(block) }
    }
}

unsafe fn wipe_and_free(block: *mut u8) {
    // SAFETY: the block came from the C heap; its usable size is writable.
    unsafe {
        if !block.is_null() && WIPING.load(Relaxed) {
            write_bytes(block, 0, c::malloc_usable_size(block));
        }
        // The compiler knows `free` and would leave out writes before it.
        c::free(black_box(block));
    }
}

/// Freed memory no longer becomes part of a snapshot: calls need not pay for wiping it.
pub fn stop_wiping() {
    WIPING.store(false, Relaxed);
}

/// Makes clean headroom at the top of the heap and fills every hole below it for good.
pub fn plug_holes() {
    // SAFETY: plain calls of the C heap; `black_box` keeps the compiler from removing the pairs.
    unsafe {
        let top = black_box(c::malloc(HEADROOM));
        // What was freed there before wiping could see it would differ from a program's memory.
        write_bytes(top, 0, HEADROOM);
        c::free(black_box(top));
        let mut size = 32 << 10;
        while size >= 8 {
            loop {
                let plug = black_box(c::malloc(black_box(size)));
                if plug.is_null() || plug >= top {
                    c::free(plug);
                    break;
                }
            }
            size = if size > 512 { size / 2 } else { size - 8 };
        }
    }
}
