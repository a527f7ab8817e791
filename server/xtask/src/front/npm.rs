//! The npm packages of the front: the code editor, the fonts, the tools that bundle them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::stamp;

/// Installs what the lock file in `app` names, unless that is what is there.
pub fn install(app: &Path) -> Result<String> {
    let lock = app.join("package-lock.json");
    let wanted = stamp::of_files(app, [&lock])?;
    let mark = app.join("node_modules/.hookwright-lock");
    if fs::read_to_string(&mark).is_ok_and(|found| found == wanted) {
        return Ok("as locked".into());
    }
    // Install scripts are other people's programs; nothing here needs them.
    run(Command::new("npm").args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(app))?;
    fs::write(&mark, wanted)?;
    Ok("installed".into())
}

/// A tool that came with the packages, run in `app`.
pub fn tool(name: &str) -> Command {
    let app = crate::root().join("app");
    let path: PathBuf = app.join("node_modules/.bin").join(name);
    let mut command = Command::new(path);
    command.current_dir(&app);
    command
}

/// Runs a command to its end. Its output is shown only when it fails.
///
/// # Errors
/// When it cannot be started or ends with a failure.
pub fn run(command: &mut Command) -> Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command
        .output()
        .with_context(|| format!("{program} cannot be started (run `make setup` to see what is missing)"))?;
    ensure!(
        output.status.success(),
        "{program} ended with {}\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}
