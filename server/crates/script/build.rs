//! Finds the compiled guests that `make setup` builds, so that the crate can embed them.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

fn main() -> ExitCode {
    println!("cargo:rerun-if-env-changed=HOOKWRIGHT_ARTIFACTS");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
    let artifacts =
        std::env::var_os("HOOKWRIGHT_ARTIFACTS").map_or_else(|| root.join(".build"), PathBuf::from);
    for (variable, file) in [("HOOKWRIGHT_JS_GUEST", "js.cwasm"), ("HOOKWRIGHT_TS_GUEST", "ts.cwasm")] {
        let path = artifacts.join("guests").join(file);
        println!("cargo:rerun-if-changed={}", path.display());
        let Ok(path) = path.canonicalize() else {
            println!(
                "cargo:error=the sandbox guests are not built ({} is missing): run `make setup`",
                path.display()
            );
            return ExitCode::FAILURE;
        };
        println!("cargo:rustc-env={variable}={}", path.display());
    }
    ExitCode::SUCCESS
}
