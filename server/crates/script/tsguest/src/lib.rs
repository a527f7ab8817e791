//! The TypeScript compiler inside the sandbox.
//!
//! It runs there because source text is other people's: nesting deep enough overflows any
//! compiler's stack, which here ends one instance and not the server.

mod calls;
mod compile;
mod exports;
mod position;
mod reply;
mod unsupported;

pub use compile::LANGUAGE_TYPESCRIPT;

/// Makes room for `size` bytes that the host writes.
#[unsafe(no_mangle)]
pub extern "C" fn alloc(size: usize) -> *mut u8 {
    Box::leak(vec![0u8; size].into_boxed_slice()).as_mut_ptr()
}

/// Compiles the UTF-8 text; returns pointer (high half) and length of a JSON text, see [`reply::Reply`].
///
/// # Safety
/// `source` and `len` are a buffer from [`alloc`] that holds valid UTF-8.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn compile(source: *const u8, len: usize, language: u32) -> u64 {
    // SAFETY: the host wrote this many bytes there.
    let source = String::from_utf8_lossy(unsafe { std::slice::from_raw_parts(source, len) });
    let reply = compile::compile(&source, language == LANGUAGE_TYPESCRIPT);
    let text = serde_json::to_vec(&reply).unwrap_or_default().leak();
    ((text.as_ptr() as u64) << 32) | text.len() as u64
}
