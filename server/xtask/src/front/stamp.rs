//! Content hashes: they name a build and say whether work can be skipped.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;
use sha2::{Digest, Sha256};

/// Every file below `folder`, sorted by path.
pub fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    Ok(found)
}

/// Sixteen hexadecimal digits that change with any file below `folder`, its name or its content.
/// Compressed siblings do not count: they follow from the files they stand beside.
pub fn of_tree(folder: &Path) -> Result<String> {
    let files = files(folder)?;
    let plain = files.iter().filter(|file| !is_compressed(file));
    of_files(folder, plain)
}

/// The same for some files, whose names count relative to `folder`.
pub fn of_files<'a>(folder: &Path, files: impl IntoIterator<Item = &'a PathBuf>) -> Result<String> {
    let mut hash = Sha256::new();
    for file in files {
        let name = file.strip_prefix(folder).unwrap_or(file);
        let content = fs::read(file)?;
        hash.update(name.to_string_lossy().as_bytes());
        hash.update([0]);
        hash.update((content.len() as u64).to_le_bytes());
        hash.update(content);
    }
    Ok(hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect())
}

/// Whether `file` is a compressed sibling.
pub fn is_compressed(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "br" || extension == "gz")
}
