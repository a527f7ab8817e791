//! The application: Rust to wasm, its JavaScript side, and in a release a pass for size.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, anyhow, ensure};
use wasm_bindgen_cli_support::Bindgen;

use super::{npm, stamp, unreached};
use crate::{root, target_dir};

/// The files that a part of the application is in, without `.wasm`, by the name of its lazy function.
pub type Parts = BTreeMap<String, Vec<String>>;

const TARGET: &str = "wasm32-unknown-unknown";

/// Builds `hookwright.js` and its wasm files into `out`: `hookwright_bg.wasm` with what every page needs, and the
/// pages' own code in `split_*.wasm` and `chunk_*.wasm`, which `__wasm_split.js` loads. Returns also which of these
/// files each part of the application needs.
pub fn build(release: bool, out: &Path) -> Result<(String, Parts)> {
    let profile = if release { "wasm-release" } else { "wasm-dev" };
    let target_dir = target_dir().join("front");
    let status = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["rustc", "--quiet", "--package", "hydrate", "--target", TARGET, "--profile", profile])
        .arg("--target-dir")
        .arg(&target_dir)
        // Where the code may be cut is read from its relocations.
        .args(["--", "-Clink-arg=--emit-relocs"])
        .current_dir(root())
        .status()
        .context("cargo cannot be started")?;
    ensure!(status.success(), "the application does not build for {TARGET}");

    let whole = target_dir.join(TARGET).join(profile).join("hydrate.wasm");
    let main = whole.with_file_name("hydrate.main.wasm");
    let (code, emptied) = unreached::empty(&fs::read(&whole)?).context("finding unreached functions")?;
    let parts = split(&code, &main, out)?;
    Bindgen::new()
        .input_path(main)
        .out_name("hookwright")
        .web(true)?
        .typescript(false)
        .keep_debug(false)
        .keep_lld_exports(true)
        .demangle(false)
        .remove_name_section(release)
        .remove_producers_section(true)
        .generate(out)?;
    let mut size = 0;
    for file in stamp::files(out)? {
        match file.extension().and_then(|extension| extension.to_str()) {
            Some("wasm") => {
                if release {
                    optimise(&file)?;
                }
                size += fs::metadata(&file)?.len();
            }
            Some("js") if release => minify(&file)?,
            _ => {}
        }
    }
    let note = format!(
        "{} KB of wasm in {} parts, {emptied} functions left out, {profile}",
        size / 1024,
        parts.len()
    );
    Ok((note, parts))
}

/// Cuts the lazy functions out of `code`, which leaves `main` for wasm-bindgen.
fn split(code: &[u8], main: &Path, out: &Path) -> Result<Parts> {
    let mut options = wasm_split_cli_support::Options::new(code);
    options.output_dir = out;
    options.main_out_path = main;
    options.main_module = "./hookwright.js";
    let split = wasm_split_cli_support::transform(options)
        .map_err(|error| anyhow!("{error:?}"))
        .context("the application cannot be split")?;
    // A part is called after its function and a number: `editor_1234`.
    let name = |part: &str| part.rsplit_once('_').map_or(part, |(name, _)| name).to_owned();
    Ok(split.prefetch_map.iter().map(|(part, files)| (name(part), files.clone())).collect())
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
