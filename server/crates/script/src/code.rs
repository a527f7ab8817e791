//! Compiled guests, as the build tool made them.
//!
//! The bytes lie in the program, from where wasmtime would copy them for every engine. They are put into
//! a file in memory once instead, which engines map: they share its pages, and only those count that are
//! used.

use std::fs::File;
use std::io::Write;
use std::sync::OnceLock;

use memfd::{FileSeal, MemfdOptions};
use wasmtime::{Engine, Module, Result};

/// The JavaScript engine.
pub static JAVASCRIPT: Code = Code::new(include_bytes!(env!("HOOKWRIGHT_JS_GUEST")));
/// The TypeScript compiler.
pub static TYPESCRIPT: Code = Code::new(include_bytes!(env!("HOOKWRIGHT_TS_GUEST")));

/// A compiled guest.
pub struct Code {
    bytes: &'static [u8],
    /// None when the system does not give files in memory.
    file: OnceLock<Option<File>>,
}

impl Code {
    const fn new(bytes: &'static [u8]) -> Self {
        Self { bytes, file: OnceLock::new() }
    }

    /// Loads it into an engine.
    pub fn load(&self, engine: &Engine) -> Result<Module> {
        let file = self.file.get_or_init(|| in_memory(self.bytes).ok());
        let module = file.as_ref().and_then(|file| file.try_clone().ok()).map(|file| {
            #[expect(unsafe_code, reason = "compiled code can only be loaded on trust")]
            // SAFETY: the bytes were embedded when this crate was built, and the file is sealed against changes.
            unsafe {
                Module::deserialize_open_file(engine, file)
            }
        });
        if let Some(Ok(module)) = module {
            return Ok(module);
        }
        // A system may forbid to run what lies in such files.
        #[expect(unsafe_code, reason = "compiled code can only be loaded on trust")]
        // SAFETY: the bytes were embedded when this crate was built; nothing else can pass here.
        unsafe {
            Module::deserialize(engine, self.bytes)
        }
    }
}

fn in_memory(bytes: &'static [u8]) -> std::result::Result<File, memfd::Error> {
    let file = MemfdOptions::default().allow_sealing(true).create("hookwright-guest")?;
    file.as_file().write_all(bytes).map_err(memfd::Error::Create)?;
    forget(bytes);
    file.add_seals(&[FileSeal::SealShrink, FileSeal::SealGrow, FileSeal::SealWrite, FileSeal::SealSeal])?;
    Ok(file.into_file())
}

/// Gives back the pages that reading the bytes has brought in.
fn forget(bytes: &'static [u8]) {
    const PAGE: usize = 4096;
    let skipped = bytes.as_ptr().align_offset(PAGE);
    let Some(whole) = bytes.get(skipped..) else { return };
    #[expect(unsafe_code, reason = "the standard library does not offer this")]
    // SAFETY: the pages belong to the program's file and were never written: whoever reads them again gets the same.
    // That the call may fail, where pages are larger, changes nothing.
    unsafe {
        libc::madvise(whole.as_ptr().cast_mut().cast(), whole.len() / PAGE * PAGE, libc::MADV_DONTNEED);
    }
}
