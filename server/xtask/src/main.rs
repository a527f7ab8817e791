//! Builds what Cargo alone cannot: the sandbox guests (wasm → snapshot → native code) and the
//! browser bundle (hydrate wasm, Monaco, styles, fonts).
//!
//! `xtask guests` and `xtask front [--release]` write below `.build/` in the checkout, or below
//! `HOOKWRIGHT_ARTIFACTS`.

mod front;
mod guests;

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

/// The checkout this tool was built from.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the checkout exists")
}

/// Where finished artifacts go: `guests/` and `site/` below it.
fn artifacts() -> PathBuf {
    std::env::var_os("HOOKWRIGHT_ARTIFACTS").map_or_else(|| root().join(".build"), PathBuf::from)
}

/// Cargo's target directory for intermediate builds, shared with the rest of the checkout.
fn target_dir() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let release = args.iter().any(|a| a == "--release");
    match args.first().map(String::as_str) {
        Some("guests") => guests::build(),
        Some("front") => front::build(release),
        _ => bail!("usage: xtask guests | xtask front [--release]"),
    }
}
