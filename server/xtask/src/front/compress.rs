//! Compressed siblings, which the server hands out instead of compressing again and again.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Result;
use brotli::enc::BrotliEncoderParams;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::stamp;

/// What is worth compressing; fonts and pictures already are.
const KINDS: [&str; 5] = ["css", "js", "svg", "ttf", "wasm"];

/// Writes `.br` and `.gz` beside every file below `folder` that gains from it and has none.
pub fn tree(folder: &Path) -> Result<String> {
    let mut before = 0;
    let mut after = 0;
    for file in stamp::files(folder)? {
        let kind = file.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        if !KINDS.contains(&kind) {
            continue;
        }
        let small = sibling(&file, "br");
        let content = fs::read(&file)?;
        if !small.exists() {
            brotli(&content, &small)?;
            gzip(&content, &sibling(&file, "gz"))?;
        }
        before += content.len() as u64;
        after += fs::metadata(&small)?.len();
    }
    Ok(format!("{} KB become {} KB", before / 1024, after / 1024))
}

fn sibling(file: &Path, extension: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    name.into()
}

fn brotli(content: &[u8], to: &Path) -> Result<()> {
    // The largest files take minutes at the best setting and gain a few per cent.
    let quality = if content.len() > 2_000_000 { 9 } else { 11 };
    let parameters = BrotliEncoderParams { quality, lgwin: 22, ..Default::default() };
    let mut out = File::create(to)?;
    brotli::BrotliCompress(&mut &content[..], &mut out, &parameters)?;
    Ok(())
}

fn gzip(content: &[u8], to: &Path) -> Result<()> {
    let mut out = GzEncoder::new(File::create(to)?, Compression::best());
    out.write_all(content)?;
    out.finish()?;
    Ok(())
}
