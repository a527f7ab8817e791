//! The part of wasmtime's configuration that compiled code depends on.
//!
//! Both this crate, which loads the guests, and the build tool, which compiles them, include this
//! file: a module fits only an engine of the same settings.

use wasmtime::{Config, WasmFeatures};

/// The machine stack of an instance, in bytes; JavaScript's own limit is lower.
pub const WASM_STACK: usize = 2 << 20;

/// What wasmtime would otherwise enable wherever it is built with support for it.
const UNUSED: WasmFeatures = WasmFeatures::GC_TYPES
    .union(WasmFeatures::EXCEPTIONS)
    .union(WasmFeatures::THREADS)
    .union(WasmFeatures::COMPONENT_MODEL);

/// Settings that must be the same where a guest is compiled and where it runs.
pub fn engine_config() -> Config {
    let mut config = Config::new();
    config
        .epoch_interruption(true)
        // The guests use none of these, and this crate does not link what supports them.
        .wasm_features(UNUSED, false)
        .memory_init_cow(true)
        // 4 GiB of address space for each memory, so that bounds checks cost nothing.
        .memory_reservation(4 << 30)
        .memory_guard_size(32 << 20)
        .memory_reservation_for_growth(0)
        .max_wasm_stack(WASM_STACK)
        .async_stack_size(WASM_STACK + (1 << 20))
        .wasm_backtrace_max_frames(None);
    config
}
