//! The browser bundle: everything a page loads, in one folder named after its content.
//!
//! ```text
//! <artifacts>/site/build.txt                     the hash
//! <artifacts>/site/assets/<hash>/
//!     hookwright.js  hookwright_bg.wasm          the application, as far as every page needs it
//!     __wasm_split.js  *_*.wasm                  the pages' own code
//!     start.js                                   loads it and marks the page as hydrated
//!     main.css  fonts/*.woff2  favicon.svg       the look
//!     monaco/host.js  host.css  *.worker.js      the code editor
//! ```
//!
//! Text files have `.br` and `.gz` siblings: all of them in a release, only the editor's (which hardly
//! ever change) while developing. Files refer to each other by relative addresses.

mod compress;
mod monaco;
mod npm;
mod stamp;
mod style;
mod unreached;
mod wasm;

use std::fs;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, ensure};

use crate::{artifacts, root};

/// Loads the application; a file and not an inline script, so that a content security policy can
/// forbid those. It stands behind the list of files that each part needs and asks for those of this page at once,
/// beside the application itself, which would only find out later.
const START: &str = r#"import init, { hydrate } from "./hookwright.js";

const script = document.querySelector("script[data-part]");
for (const file of parts[script?.dataset.part] ?? []) {
    const link = document.createElement("link");
    link.rel = "preload";
    link.as = "fetch";
    link.crossOrigin = "anonymous";
    link.href = new URL(`./${file}.wasm`, import.meta.url).href;
    script.before(link);
}
try {
    await init({ module_or_path: new URL("./hookwright_bg.wasm", import.meta.url) });
    await hydrate();
    document.documentElement.dataset.hydrated = "true";
} catch (error) {
    const notice = document.createElement("p");
    notice.className = "notice notice--warn";
    notice.setAttribute("role", "alert");
    notice.textContent = "The console did not start: a part of it did not load. Reload the page.";
    document.body.prepend(notice);
    throw error;
}
"#;

/// Builds the site below `<artifacts>/site`.
pub fn build(release: bool) -> Result<()> {
    let started = Instant::now();
    let artifacts = artifacts();
    let site = artifacts.join("site");
    let staging = artifacts.join("site.staging");
    if staging.exists() {
        fs::remove_dir_all(&staging)?;
    }
    fs::create_dir_all(&staging)?;

    step("npm packages", || npm::install(&root().join("app")))?;
    let mut parts = wasm::Parts::new();
    step("application", || {
        let (note, found) = wasm::build(release, &staging)?;
        parts = found;
        Ok(note)
    })?;
    step("code editor", || monaco::build(&artifacts.join("monaco"), &staging.join("monaco")))?;
    step("styles and fonts", || style::build(release, &staging))?;
    fs::write(staging.join("start.js"), start(&parts))?;
    let hash = stamp::of_tree(&staging)?;
    if release {
        step("compression", || compress::tree(&staging))?;
        step("size", || budget(&staging, &parts))?;
    }
    publish(&staging, &site, &hash).context("publishing the site")?;
    println!("front: site {hash} in {:.1} s", started.elapsed().as_secs_f32());
    Ok(())
}

/// The start script of a build.
fn start(parts: &wasm::Parts) -> String {
    // Names of functions and files are letters, digits and underscores; their debug form is JavaScript too.
    format!("const parts = {parts:?};\n{START}")
}

/// How much wasm a page loads at most, the code editor's own files aside: compressed bytes.
const PAGE_BUDGET: u64 = 500_000;

/// Says how much wasm each part of the application brings with it, the common part included, and refuses a release in
/// which that has become too much.
fn budget(folder: &Path, parts: &wasm::Parts) -> Result<String> {
    let size = |file: &str| -> Result<u64> {
        let file = folder.join(format!("{file}.wasm.br"));
        Ok(fs::metadata(&file).with_context(|| file.display().to_string())?.len())
    };
    let common = size("hookwright_bg")?;
    let mut told = Vec::new();
    for (part, files) in parts {
        let mut bytes = common;
        for file in files {
            bytes += size(file)?;
        }
        ensure!(
            bytes <= PAGE_BUDGET,
            "a page of the part `{part}` loads {bytes} bytes, more than {PAGE_BUDGET}"
        );
        told.push(format!("{part} {} KB", bytes / 1000));
    }
    Ok(told.join(", "))
}

/// Runs one step and says how long it took.
fn step(name: &str, run: impl FnOnce() -> Result<String>) -> Result<()> {
    let started = Instant::now();
    let note = run().with_context(|| format!("{name} failed"))?;
    println!("front: {name}: {note} ({:.1} s)", started.elapsed().as_secs_f32());
    Ok(())
}

/// Moves the staged files into place. A running server sees either the old build or the new one:
/// `build.txt` changes after the new files are there and before the old ones go.
fn publish(staging: &Path, site: &Path, hash: &str) -> Result<()> {
    let assets = site.join("assets");
    fs::create_dir_all(&assets)?;
    let target = assets.join(hash);
    if target.exists() {
        fs::remove_dir_all(&target)?;
    }
    fs::rename(staging, &target)?;
    fs::write(site.join("build.txt"), hash)?;
    for entry in fs::read_dir(&assets)? {
        let entry = entry?;
        if entry.file_name() != hash {
            fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}
