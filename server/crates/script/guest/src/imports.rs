//! What the host provides, as safe functions.

#[link(wasm_import_module = "env")]
unsafe extern "C" {
    fn host_start(op: *const u8, op_len: usize, args: *const u8, args_len: usize) -> u32;
    fn host_poll() -> u64;
    fn host_wait(ticket: u32) -> u64;
    fn host_take(ticket: u32, into: *mut u8) -> u32;
    fn host_cancel(ticket: u32);
    fn host_log(level: u32, text: *const u8, len: usize, stack: *const u8, stack_len: usize);
    fn host_record(
        method: *const u8,
        len: usize,
        args: *const u8,
        args_len: usize,
        at: *const u8,
        at_len: usize,
    ) -> u32;
    fn host_random(into: *mut u8, len: usize);
    fn host_hash(algorithm: u32, data: *const u8, len: usize, into: *mut u8) -> u32;
    fn host_hmac(
        algorithm: u32,
        key: *const u8,
        key_len: usize,
        data: *const u8,
        len: usize,
        into: *mut u8,
    ) -> u32;
    fn host_loading() -> u32;
    fn host_begin();
}

/// Longest digest, SHA-512.
const LONGEST_DIGEST: usize = 64;

/// Starts an operation and returns its ticket; `None` when too many are waiting.
pub fn start(operation: &str, args: &str) -> Option<u32> {
    // SAFETY: pointers and lengths of live strings.
    let ticket = unsafe { host_start(operation.as_ptr(), operation.len(), args.as_ptr(), args.len()) };
    (ticket != 0).then_some(ticket)
}

/// Waits until any operation has finished: its ticket, whether it succeeded, its JSON text or
/// error message. `None` when there is nothing to wait for.
pub fn poll() -> Option<(u32, bool, String)> {
    // SAFETY: no arguments.
    let packed = unsafe { host_poll() };
    take(packed)
}

/// Waits for one operation.
pub fn wait(ticket: u32) -> Option<(u32, bool, String)> {
    // SAFETY: the host checks the ticket.
    let packed = unsafe { host_wait(ticket) };
    take(packed)
}

fn take(packed: u64) -> Option<(u32, bool, String)> {
    let (ticket, len) = ((packed >> 32) as u32, packed as u32 as usize);
    if ticket == 0 {
        return None;
    }
    let mut text = vec![0u8; len];
    // SAFETY: the host writes exactly the length that it announced.
    let ok = unsafe { host_take(ticket, text.as_mut_ptr()) } == 1;
    Some((ticket, ok, String::from_utf8_lossy(&text).into_owned()))
}

/// Gives an operation up.
pub fn cancel(ticket: u32) {
    // SAFETY: the host checks the ticket.
    unsafe { host_cancel(ticket) }
}

/// Logs a line with the stack that leads to it.
pub fn log(level: u32, text: &str, stack: &str) {
    // SAFETY: pointers and lengths of live strings.
    unsafe { host_log(level, text.as_ptr(), text.len(), stack.as_ptr(), stack.len()) }
}

/// Notes the call of a recording method; false when its arguments cannot be passed on.
pub fn record(method: &str, args: &str, at: &str) -> bool {
    // SAFETY: pointers and lengths of live strings.
    unsafe {
        host_record(method.as_ptr(), method.len(), args.as_ptr(), args.len(), at.as_ptr(), at.len()) == 1
    }
}

/// Fills the buffer from the operating system's generator.
pub fn random(into: &mut [u8]) {
    // SAFETY: a live, writable slice.
    unsafe { host_random(into.as_mut_ptr(), into.len()) }
}

/// SHA-1, SHA-256, SHA-384 or SHA-512 by number; `None` when the data are too long.
pub fn hash(algorithm: u32, data: &[u8]) -> Option<Vec<u8>> {
    let mut digest = [0u8; LONGEST_DIGEST];
    // SAFETY: the host writes at most the longest digest.
    let len = unsafe { host_hash(algorithm, data.as_ptr(), data.len(), digest.as_mut_ptr()) };
    (len != 0).then(|| digest.iter().take(len as usize).copied().collect())
}

/// HMAC with the hash function of that number; `None` when key or data are too long.
pub fn hmac(algorithm: u32, key: &[u8], data: &[u8]) -> Option<Vec<u8>> {
    let mut tag = [0u8; LONGEST_DIGEST];
    // SAFETY: the host writes at most the longest digest.
    let len =
        unsafe { host_hmac(algorithm, key.as_ptr(), key.len(), data.as_ptr(), data.len(), tag.as_mut_ptr()) };
    (len != 0).then(|| tag.iter().take(len as usize).copied().collect())
}

/// Whether a program is being loaded rather than called.
pub fn loading() -> bool {
    // SAFETY: no arguments.
    unsafe { host_loading() == 1 }
}

/// Tells the host that the hook's own code comes next.
pub fn begin() {
    // SAFETY: no arguments.
    unsafe { host_begin() }
}
