//! The application: Rust to wasm, its JavaScript side, and in a release a pass for size.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use wasm_bindgen_cli_support::Bindgen;

use super::npm;
use crate::{root, target_dir};

const TARGET: &str = "wasm32-unknown-unknown";

/// Builds `hookwright.js` and `hookwright_bg.wasm` into `out`.
pub fn build(release: bool, out: &Path) -> Result<String> {
    let profile = if release { "wasm-release" } else { "wasm-dev" };
    let target_dir = target_dir().join("front");
    let status = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["build", "--quiet", "--package", "hydrate", "--target", TARGET, "--profile", profile])
        .arg("--target-dir")
        .arg(&target_dir)
        .current_dir(root())
        .status()
        .context("cargo cannot be started")?;
    ensure!(status.success(), "the application does not build for {TARGET}");

    Bindgen::new()
        .input_path(target_dir.join(TARGET).join(profile).join("hydrate.wasm"))
        .out_name("hookwright")
        .web(true)?
        .typescript(false)
        .keep_debug(false)
        .remove_name_section(release)
        .remove_producers_section(true)
        .generate(out)?;
    let wasm = out.join("hookwright_bg.wasm");
    if release {
        optimise(&wasm)?;
        minify(&out.join("hookwright.js"))?;
    }
    Ok(format!("{} KB of wasm, {profile}", fs::metadata(&wasm)?.len() / 1024))
}

fn optimise(wasm: &Path) -> Result<()> {
    npm::run(
        npm::tool("wasm-opt")
            .args(["-Oz", "--enable-bulk-memory", "--enable-nontrapping-float-to-int", "--enable-sign-ext"])
            .args(["--enable-mutable-globals", "--enable-reference-types", "--enable-multivalue"])
            .arg(wasm)
            .arg("-o")
            .arg(wasm),
    )
}

fn minify(script: &Path) -> Result<()> {
    npm::run(
        npm::tool("esbuild")
            .arg(script)
            .args(["--minify", "--format=esm", "--target=es2022", "--allow-overwrite", "--log-level=warning"])
            .arg(format!("--outfile={}", script.display())),
    )
}
