//! Makes an instance's memory what it was before the instance wrote to it.
//!
//! The pool keeps the memory of instances that are gone for those that come, and looks up which pages were written so
//! that it need not give all of them back. wasmtime 48 looks for *present* pages only: one that the kernel has swapped
//! out, or is moving just then, is written but not present, keeps what it holds, and the next instance reads it. So
//! every page that was written is restored here first, whether it is present or not; what wasmtime finds afterwards,
//! and what it misses, is clean.

use std::fs::File;
use std::hint::black_box;
use std::io;
use std::os::fd::AsRawFd;
use std::sync::Arc;

/// Memory that is restored by copying, in bytes; where more is written, all is given back to the system.
pub const MOST_COPIED: usize = 2 << 20;
/// The smallest page that a kernel has, in bytes.
const PAGE: usize = 4096;
/// Runs of written pages that are looked up at a time.
const RUNS: usize = 64;
/// Runs of written pages that are left. wasmtime looks up 32, and gives back every page that lies behind them, which costs
/// each later instance a page fault for it and all threads of the server an interruption.
const MOST_RUNS: usize = 30;

/// Offset and length of a run of written pages.
type Run = (usize, usize);

/// What memory has to look like, and the way to get it there.
#[derive(Clone)]
pub struct Reset {
    /// Memory of an instance that has loaded nothing; zeros follow.
    base: Arc<[u8]>,
    /// None: the pool gives all memory back after every instance.
    pages: Option<Arc<PageMap>>,
}

impl Reset {
    /// A reset to this memory. `scan`: looks up which pages were written, where the kernel can tell.
    pub fn new(base: Arc<[u8]>, scan: bool) -> Self {
        let pages = if scan { PageMap::open().ok().map(Arc::new) } else { None };
        Self { base, pages }
    }

    /// Whether written pages are looked up, rather than all given back.
    pub fn scans(&self) -> bool {
        self.pages.is_some()
    }

    /// The bytes from `at` on as they have to be; shorter where memory has grown.
    pub fn base(&self, at: usize) -> &[u8] {
        self.base.get(at..).unwrap_or_default()
    }

    /// Whether these bytes from `at` on are as they have to be.
    pub fn is_clean(&self, at: usize, bytes: &[u8]) -> bool {
        let base = self.base(at);
        let (image, grown) = bytes.split_at(base.len().min(bytes.len()));
        base.starts_with(image) && grown.iter().all(|byte| *byte == 0)
    }

    /// Restores all of an instance's memory, unless the pool gives it back as a whole.
    pub fn wipe(&self, memory: &mut [u8]) {
        let Some(pages) = &self.pages else { return };
        let Some(runs) = pages.all_written(memory, MOST_COPIED) else { return self.discard(memory) };
        let between = between(&runs);
        // A page that was written once stays the slot's, and is copied after every later run as well. Where that has
        // become too much, the next runs begin again with what they need themselves.
        if runs.iter().map(|(_, len)| len).sum::<usize>() + between.len() * PAGE > MOST_COPIED {
            return self.discard(memory);
        }
        for (at, len) in runs {
            if let Some(run) = memory.get_mut(at..at + len) {
                self.restore(at, run);
            }
        }
        for at in between {
            if let Some(byte) = memory.get_mut(at) {
                // Stays what it is; the compiler must not see that.
                *byte = black_box(*byte);
            }
        }
    }

    fn restore(&self, at: usize, target: &mut [u8]) {
        let base = self.base(at);
        let (image, grown) = target.split_at_mut(base.len().min(target.len()));
        image.copy_from_slice(base.get(..image.len()).unwrap_or_default());
        grown.fill(0);
    }

    /// Gives the pages of a slot back: the next read finds its image, or zeros.
    pub fn discard(&self, memory: &mut [u8]) {
        #[expect(unsafe_code, reason = "the standard library does not offer this")]
        // SAFETY: the range is a whole number of pages of memory that is borrowed for writing. wasmtime maps it as a
        // private copy of the image, followed by anonymous memory, and resets it in the same way.
        let failed =
            unsafe { libc::madvise(memory.as_mut_ptr().cast(), memory.len(), libc::MADV_DONTNEED) } != 0;
        if failed {
            self.restore(0, memory);
        }
    }
}

/// The pages that close the shortest gaps between these runs, until few enough runs remain.
fn between(runs: &[Run]) -> Vec<usize> {
    let too_many = runs.len().saturating_sub(MOST_RUNS);
    if too_many == 0 {
        return Vec::new();
    }
    let ends = runs.iter().map(|(at, len)| at + len);
    let mut gaps: Vec<_> = ends.zip(runs.iter().skip(1)).map(|(end, (start, _))| end..*start).collect();
    gaps.sort_by_key(ExactSizeIterator::len);
    gaps.into_iter().take(too_many).flat_map(|gap| gap.step_by(PAGE)).collect()
}

/// The kernel's account of this process's pages.
pub struct PageMap(File);

/// What one look found.
pub struct Written {
    regions: [Region; RUNS],
    count: usize,
    start: u64,
    /// How far it got, in bytes.
    pub scanned: usize,
}

/// `struct page_region` of the kernel.
#[repr(C)]
#[derive(Clone, Copy, Default)]
struct Region {
    start: u64,
    end: u64,
    categories: u64,
}

/// `struct pm_scan_arg` of the kernel.
#[repr(C)]
#[derive(Default)]
struct Scan {
    size: u64,
    flags: u64,
    start: u64,
    end: u64,
    walk_end: u64,
    vec: u64,
    vec_len: u64,
    max_pages: u64,
    category_inverted: u64,
    category_mask: u64,
    category_anyof_mask: u64,
    return_mask: u64,
}

/// `_IOWR('f', 16, struct pm_scan_arg)`
const PAGEMAP_SCAN: u64 = (3 << 30) | ((size_of::<Scan>() as u64) << 16) | ((b'f' as u64) << 8) | 16;
const WRITTEN: u64 = 1 << 1;
const FILE: u64 = 1 << 2;
const PRESENT: u64 = 1 << 3;
const SWAPPED: u64 = 1 << 4;
const ZERO: u64 = 1 << 5;

impl PageMap {
    /// Fails where the kernel is older than 6.7 or forbids it.
    pub fn open() -> io::Result<Self> {
        let map = Self(File::open("/proc/self/pagemap")?);
        map.written(&mut [], MOST_COPIED)?;
        Ok(map)
    }

    /// All runs of written pages; none where they are more than `most` bytes, or where the kernel does not tell.
    fn all_written(&self, memory: &mut [u8], most: usize) -> Option<Vec<Run>> {
        let (mut runs, mut from, mut room) = (Vec::with_capacity(RUNS), 0, most);
        while from < memory.len() {
            let rest = memory.get_mut(from..).filter(|_| room > 0)?;
            let found = self.written(rest, room).ok()?;
            for (at, len) in found.runs() {
                runs.push((from + at, len));
                room = room.saturating_sub(len);
            }
            from += found.scanned;
        }
        Some(runs)
    }

    /// Looks for pages that hold anything but the image and zeros: written ones, of which it is all the same whether
    /// they are present, swapped out or being moved. Stops at `most` bytes.
    fn written(&self, memory: &mut [u8], most: usize) -> io::Result<Written> {
        let start = memory.as_mut_ptr() as u64;
        let mut written = Written { regions: [Region::default(); RUNS], count: 0, start, scanned: 0 };
        let mut scan = Scan {
            size: size_of::<Scan>() as u64,
            start,
            end: start + memory.len() as u64,
            vec: written.regions.as_mut_ptr() as u64,
            vec_len: RUNS as u64,
            max_pages: (most / PAGE) as u64,
            // Pages of the file and the common page of zeros were only read.
            category_inverted: FILE | ZERO,
            category_mask: WRITTEN | FILE | ZERO,
            category_anyof_mask: PRESENT | SWAPPED,
            ..Scan::default()
        };
        if memory.is_empty() {
            // Only asks whether the call exists; it refuses addresses that are not at the beginning of a page.
            (scan.start, scan.end) = (0, 0);
        }
        #[expect(unsafe_code, reason = "the standard library does not offer this")]
        // SAFETY: the structure is the kernel's, and the list it names is alive and as long as it says. The call reads
        // the process's page tables and writes only to those two.
        let found = unsafe { libc::ioctl(self.0.as_raw_fd(), PAGEMAP_SCAN as _, &raw mut scan) };
        written.count = usize::try_from(found).map_err(|_| io::Error::last_os_error())?;
        written.scanned = usize::try_from(scan.walk_end.saturating_sub(scan.start)).unwrap_or(0);
        if written.scanned == 0 && !memory.is_empty() {
            return Err(io::Error::other("the kernel looked at nothing"));
        }
        Ok(written)
    }
}

impl Written {
    /// Offset and length of each run of written pages.
    fn runs(&self) -> impl Iterator<Item = Run> {
        let regions = self.regions.iter().take(self.count);
        regions.map(|region| ((region.start - self.start) as usize, (region.end - region.start) as usize))
    }
}

#[cfg(test)]
mod tests;
