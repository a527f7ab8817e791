//! What runs inside the sandbox: QuickJS, compiled to WebAssembly.
//!
//! The host calls [`init`] once when the base image is made, [`load`] once for each deployed
//! program (whose memory it then keeps), and [`call`] once in every fresh copy of that memory.
//! Strings cross the border as pointer and length; a result is packed by [`reply`].

mod drive;
mod encodings;
mod engine;
mod heap;
mod hosts;
mod imports;
mod modules;
mod natives;

use engine::{Engine, Failed};

/// What the first byte of a reply says.
#[repr(u8)]
#[derive(Clone, Copy)]
enum Status {
    /// JSON text of the result follows.
    Done = 0,
    /// JSON text `{name, message, stack}` of what was thrown follows.
    Threw = 1,
    /// Plain text of a failure of the engine follows.
    Broken = 2,
}

/// Makes room for `size` bytes that the host writes.
#[unsafe(no_mangle)]
pub extern "C" fn alloc(size: usize) -> *mut u8 {
    Box::leak(vec![0u8; size].into_boxed_slice()).as_mut_ptr()
}

/// Creates the engine and evaluates the prelude; the result becomes the base image.
#[unsafe(no_mangle)]
pub extern "C" fn init() {
    if engine::exists() {
        return;
    }
    match Engine::new() {
        Ok(engine) => engine::set(engine),
        // Only the build tool sees this: a trap fails the build.
        Err(_) => std::process::abort(),
    }
    heap::plug_holes();
}

/// Evaluates a program's top level. The reply holds the names of its exported functions.
///
/// # Safety
/// `source` and `len` are a buffer from [`alloc`], which is given up.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn load(source: *mut u8, len: usize, commonjs: u32) -> u64 {
    // SAFETY: the caller hands over a buffer of `alloc`, which made it as a boxed slice of that size.
    let source = unsafe { Vec::from_raw_parts(source, len, len) };
    let result = engine::with(|engine| engine.load(source, commonjs != 0));
    heap::stop_wiping();
    reply(result)
}

/// Calls an exported function as the JSON text says. The buffer stays the host's.
///
/// # Safety
/// `call` and `len` are readable memory.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn call(call: *const u8, len: usize) -> u64 {
    // SAFETY: the host wrote this many bytes there.
    let call = unsafe { std::slice::from_raw_parts(call, len) };
    reply(engine::with(|engine| engine.call(call)))
}

/// Packs status and text into a buffer that is never freed: pointer in the high half, length in the low.
fn reply(result: Result<String, Failed>) -> u64 {
    let (status, text) = match result {
        Ok(text) => (Status::Done, text),
        Err(Failed::Threw(text)) => (Status::Threw, text),
        Err(Failed::Broken(text)) => (Status::Broken, text),
    };
    let mut bytes = Vec::with_capacity(text.len() + 1);
    bytes.push(status as u8);
    bytes.extend_from_slice(text.as_bytes());
    let bytes = Box::leak(bytes.into_boxed_slice());
    ((bytes.as_ptr() as u64) << 32) | bytes.len() as u64
}
