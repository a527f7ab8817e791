//! The code editor: Monaco and its two workers, each one file.

use std::fs;
use std::path::Path;

use anyhow::Result;

use super::{compress, npm, stamp};
use crate::root;

/// Where Monaco keeps its modules, below `app`.
const MODULES: &str = "node_modules/monaco-editor/esm/vs";

/// Puts the editor's files into `out`. Bundling and compressing take long and their input hardly ever
/// changes, so the result is kept in `cache`.
pub fn build(cache: &Path, out: &Path) -> Result<String> {
    let app = root().join("app");
    let mut inputs = stamp::files(&app.join("monaco-bindings/js"))?;
    // What the checker says of the platform.
    inputs.extend(stamp::files(&root().join("server/crates/script/platform"))?);
    inputs.push(app.join("package-lock.json"));
    let wanted = stamp::of_files(&app, &inputs)?;
    let mark = cache.join("stamp.txt");
    let current = fs::read_to_string(&mark).is_ok_and(|found| found == wanted);
    if !current {
        if cache.exists() {
            fs::remove_dir_all(cache)?;
        }
        bundle(&cache.join("files"))?;
        compress::tree(&cache.join("files"))?;
        fs::write(&mark, wanted)?;
    }
    fs::create_dir_all(out)?;
    for file in stamp::files(&cache.join("files"))? {
        let target = out.join(file.file_name().unwrap_or_default());
        // A link costs nothing; another file system needs a copy.
        if fs::hard_link(&file, &target).is_err() {
            fs::copy(&file, &target)?;
        }
    }
    Ok(if current { "kept" } else { "bundled and compressed" }.into())
}

fn bundle(out: &Path) -> Result<()> {
    npm::run(
        npm::tool("esbuild")
            .arg("host=monaco-bindings/js/host.js")
            .arg(format!("editor.worker={MODULES}/editor/editor.worker.js"))
            .arg("ts.worker=monaco-bindings/js/ts.worker.js")
            .args(["--bundle", "--minify", "--format=esm", "--target=es2022", "--log-level=error"])
            .args(["--loader:.ttf=copy", "--asset-names=[name]", "--legal-comments=linked"])
            .arg(format!("--outdir={}", out.display())),
    )
}
