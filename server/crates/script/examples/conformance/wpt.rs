//! The web platform tests: which files, and what of a page or worker they are given.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::json;
use tokio::task::JoinSet;

use crate::files::under;
use crate::report::{Report, Subtest};
use crate::sandbox::Driver;

/// The folders whose tests say something about hooks.
const FOLDERS: [&str; 21] = [
    "FileAPI",
    "WebCryptoAPI",
    "compression",
    "console",
    "dom/abort",
    "dom/events",
    "encoding",
    "fetch/api/abort",
    "fetch/api/basic",
    "fetch/api/body",
    "fetch/api/headers",
    "fetch/api/redirect",
    "fetch/api/request",
    "fetch/api/response",
    "hr-time",
    "html/webappapis",
    "streams",
    "url",
    "urlpattern",
    "webidl",
    "xhr/formdata",
];
/// Time of one file, in seconds.
pub const SECONDS: u64 = 60;
const AT_ONCE: usize = 4;

/// One file with one variant.
struct Test {
    folder: &'static str,
    /// Path below the checkout, with the variant.
    id: String,
    path: PathBuf,
    variant: String,
}

#[derive(Deserialize)]
struct Answer {
    harness: String,
    tests: Vec<(String, u32, String)>,
}

/// Runs all files whose path contains `filter`.
pub async fn run(checkout: &Path, filter: &str, report: &mut Report) -> Result<()> {
    let driver = Driver::new(checkout, SECONDS).await?;
    let mut tests = Vec::new();
    for folder in FOLDERS {
        for path in under(&checkout.join(folder))? {
            tests.extend(variants(checkout, folder, &path)?);
        }
    }
    tests.retain(|test| test.id.contains(filter) && !report.skips(test.folder, &test.id));
    let mut running = JoinSet::new();
    let mut tests = tests.into_iter();
    loop {
        while running.len() < AT_ONCE
            && let Some(test) = tests.next()
        {
            let scripts = match scripts(checkout, &test) {
                Ok(scripts) => scripts,
                Err(error) => {
                    report.add(test.folder, &test.id, &[whole(format!("{error:#}"))]);
                    continue;
                }
            };
            let driver = driver.clone();
            running.spawn(async move {
                let subtests = one(&driver, &test, scripts).await;
                (test, subtests)
            });
        }
        let Some(done) = running.join_next().await else { return Ok(()) };
        let (test, subtests) = done?;
        report.add(test.folder, &test.id, &subtests);
    }
}

/// The tests in a file: none if it is not a script that runs without a document, one for each variant.
fn variants(checkout: &Path, folder: &'static str, path: &Path) -> Result<Vec<Test>> {
    let name = path.to_string_lossy();
    if !name.ends_with(".any.js") && !name.ends_with(".window.js") {
        return Ok(Vec::new());
    }
    let text = std::fs::read_to_string(path)?;
    let id = path.strip_prefix(checkout)?.to_string_lossy().into_owned();
    let mut variants: Vec<_> = metas(&text, "variant").map(str::to_owned).collect();
    if variants.is_empty() {
        variants.push(String::new());
    }
    let test =
        |variant: String| Test { folder, id: format!("{id}{variant}"), path: path.to_owned(), variant };
    Ok(variants.into_iter().map(test).collect())
}

/// Values of `// META: key=value` lines.
fn metas<'t>(text: &'t str, key: &'t str) -> impl Iterator<Item = &'t str> {
    text.lines()
        .filter_map(|line| line.strip_prefix("// META:"))
        .filter_map(move |line| line.trim().strip_prefix(key)?.strip_prefix('='))
}

/// The harness, the scripts that the file asks for, and the file.
fn scripts(checkout: &Path, test: &Test) -> Result<Vec<String>> {
    let text = std::fs::read_to_string(&test.path)?;
    let folder = test.path.parent().unwrap_or(checkout);
    let mut paths = vec![checkout.join("resources/testharness.js")];
    for script in metas(&text, "script") {
        paths.push(match script.strip_prefix('/') {
            Some("resources/WebIDLParser.js") => checkout.join("resources/webidl2/lib/webidl2.js"),
            Some(absolute) => checkout.join(absolute),
            None => folder.join(script),
        });
    }
    let mut scripts = Vec::new();
    for path in paths {
        scripts.push(std::fs::read_to_string(&path).with_context(|| path.display().to_string())?);
    }
    scripts.push(text);
    Ok(scripts)
}

/// A failure of the file as a whole.
fn whole(failure: String) -> Subtest {
    Subtest { name: String::new(), failure: Some(failure) }
}

async fn one(driver: &Driver, test: &Test, scripts: Vec<String>) -> Vec<Subtest> {
    let scheme = if test.id.contains(".https.") { "https" } else { "http" };
    let path = test.id.strip_suffix(&test.variant).unwrap_or(&test.id);
    let address = format!("{scheme}://web-platform.test/{path}{}", test.variant);
    let event = json!({ "address": address, "scripts": scripts, "seconds": SECONDS / 3 });
    let answer = match driver.call("wpt", event).await {
        Ok(value) => serde_json::from_value::<Answer>(value).map_err(|error| error.to_string()),
        Err(message) => Err(message),
    };
    match answer {
        Ok(Answer { harness, tests }) => {
            let mut subtests: Vec<_> = tests
                .into_iter()
                // 3: a precondition of the test does not hold here.
                .filter(|(_, status, _)| *status != 3)
                .map(|(name, status, message)| Subtest { name, failure: (status != 0).then_some(message) })
                .collect();
            if !harness.is_empty() {
                subtests.push(whole(harness));
            }
            subtests
        }
        Err(message) => vec![whole(message)],
    }
}
