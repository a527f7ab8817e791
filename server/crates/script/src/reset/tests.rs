#![expect(unsafe_code, reason = "memory whose pages can be paged out is mapped by hand")]

use super::*;

/// Anonymous memory of so many pages.
fn map(pages: usize) -> &'static mut [u8] {
    let (len, protection) = (pages * PAGE, libc::PROT_READ | libc::PROT_WRITE);
    // SAFETY: the kernel chooses a place of its own, which stays mapped.
    unsafe {
        let at =
            libc::mmap(std::ptr::null_mut(), len, protection, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS, -1, 0);
        assert_ne!(at, libc::MAP_FAILED);
        std::slice::from_raw_parts_mut(at.cast(), len)
    }
}

fn page_out(memory: &mut [u8]) {
    // SAFETY: a range of mapped memory, whose content stays.
    unsafe { libc::madvise(memory.as_mut_ptr().cast(), memory.len(), libc::MADV_PAGEOUT) };
}

/// Writes every `step`th page, pages the first half out, wipes, and compares.
fn check(reset: &Reset, pages: usize, step: usize) {
    let memory = map(pages);
    for at in (0..pages).step_by(step) {
        memory[at * PAGE..][..PAGE].fill(0xa5);
    }
    page_out(&mut memory[..pages / 2 * PAGE]);
    reset.wipe(memory);
    let base = reset.base(0);
    assert!(memory[..base.len()] == *base, "the image, every {step} of {pages}");
    assert!(memory[base.len()..].iter().all(|byte| *byte == 0), "behind it, every {step} of {pages}");
}

#[test]
fn every_written_page_is_restored_whether_it_is_present_or_not() {
    let reset = Reset::new(vec![0; PAGE / 2].into(), true);
    if !reset.scans() {
        return;
    }
    // Few, more runs than are looked up at a time, and more than are restored by copying.
    for (pages, step) in [(8, 3), (300, 2), (500, 1), (3000, 2)] {
        check(&reset, pages, step);
    }
    let image: Vec<u8> = (0..600 * PAGE + 100).map(|n| (n % 251) as u8).collect();
    let reset = Reset::new(image.into(), true);
    let memory = map(700);
    memory.fill(0xa5);
    page_out(memory);
    // All of these are copied: what lies behind an image in anonymous memory must not be given back instead.
    let (copied, rest) = memory.split_at_mut(MOST_COPIED);
    reset.wipe(copied);
    assert!(*copied == reset.base(0)[..MOST_COPIED]);
    assert!(rest.iter().all(|byte| *byte == 0xa5), "nothing behind it is touched");
}

#[test]
fn many_runs_become_few_by_closing_the_shortest_gaps() {
    // Gaps of 1, 2, 3 … pages.
    let runs = |count: usize| -> Vec<Run> { (1..=count).map(|n| (n * (n + 1) / 2 * PAGE, PAGE)).collect() };
    assert!(between(&runs(MOST_RUNS)).is_empty());
    let many = runs(MOST_RUNS + 8);
    let written = many.iter().map(|(at, _)| *at).chain(between(&many));
    let mut pages: Vec<usize> = written.map(|at| at / PAGE).collect();
    pages.sort_unstable();
    assert_eq!(1 + pages.windows(2).filter(|pair| pair[1] > pair[0] + 1).count(), MOST_RUNS);
    assert_eq!(pages.len(), many.len() + (1..=8).sum::<usize>());
}
