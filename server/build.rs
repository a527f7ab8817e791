//! Lists the console's static files for the release build, which carries them inside the program. A development build
//! reads them from disk at run time, so that a changed style needs no new server.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-env-changed=HOOKWRIGHT_ARTIFACTS");
    let artifacts = env::var_os("HOOKWRIGHT_ARTIFACTS").map_or_else(
        || PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("../.build"),
        PathBuf::from,
    );
    let site = artifacts.join("site");
    // Not one of the HOOKWRIGHT_ variables: `cargo run` passes it on to the server, which reads those as settings.
    println!("cargo::rustc-env=CONSOLE_SITE={}", site.display());

    let embed = env::var("PROFILE").as_deref() == Ok("release");
    let mut entries = String::new();
    if embed {
        println!("cargo::rerun-if-changed={}", site.join("build.txt").display());
        if !site.join("build.txt").exists() {
            println!(
                "cargo::error=the console's files are missing; run `make setup` or `cargo xtask front --release`"
            );
        }
        let site = site.canonicalize()?;
        let mut files = Vec::new();
        collect(&site, &mut files)?;
        for file in files {
            let name = file.strip_prefix(&site)?.to_string_lossy().replace('\\', "/");
            entries.push_str(&format!("    ({name:?}, include_bytes!({:?})),\n", file.display().to_string()));
        }
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?);
    fs::write(out.join("site.rs"), format!("&[\n{entries}]\n"))?;
    Ok(())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    let mut entries: Vec<_> = fs::read_dir(folder)?.collect::<Result<_, _>>()?;
    entries.sort_by_key(fs::DirEntry::path);
    for entry in entries {
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), files)?;
        } else {
            files.push(entry.path());
        }
    }
    Ok(())
}
