//! The look: one stylesheet, the fonts it names, the icon of the page.

use std::fs;
use std::path::Path;

use anyhow::Result;

use super::npm;
use crate::root;

/// Bundles `style/main.css` and what it imports into `out`.
pub fn build(release: bool, out: &Path) -> Result<String> {
    let root = root();
    let style = root.join("style");
    let mut bundler = npm::tool("esbuild");
    bundler
        .arg(style.join("main.css"))
        .args(["--bundle", "--log-level=warning", "--loader:.woff2=copy", "--asset-names=fonts/[name]"])
        .arg(format!("--outdir={}", out.display()))
        // The stylesheets name the fonts by package; the packages are the application's.
        .env("NODE_PATH", root.join("app/node_modules"));
    if release {
        bundler.arg("--minify");
    }
    npm::run(&mut bundler)?;
    fs::copy(style.join("favicon.svg"), out.join("favicon.svg"))?;
    Ok(format!("{} KB of styles", fs::metadata(out.join("main.css"))?.len() / 1024))
}
