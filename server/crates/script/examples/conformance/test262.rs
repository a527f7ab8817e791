//! test262: the language and its built-ins.

use std::collections::HashMap;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::files::under;
use crate::report::{Report, Subtest};
use crate::sandbox::Driver;

const FOLDERS: [&str; 2] = ["built-ins", "language"];
/// Harness files that every test has.
const ALWAYS: [&str; 2] = ["assert.js", "sta.js"];
const SECONDS: u64 = 20;
const AT_ONCE: usize = 4;

/// What the comment at the head of a test says.
#[derive(Debug, Default)]
struct Head {
    flags: Vec<String>,
    includes: Vec<String>,
    features: Vec<String>,
    /// Name of the error that must be thrown.
    negative: Option<String>,
}

/// Runs every `sample`-th file whose path contains `filter`.
pub async fn run(checkout: &Path, filter: &str, sample: usize, report: &mut Report) -> Result<()> {
    let driver = Driver::new(checkout, SECONDS).await?;
    let tests = checkout.join("test");
    let mut harness = HashMap::new();
    let mut paths = Vec::new();
    for folder in FOLDERS {
        paths.extend(under(&tests.join(folder))?);
    }
    paths.retain(|path| {
        let name = path.to_string_lossy();
        name.ends_with(".js") && !name.contains("_FIXTURE") && name.contains(filter)
    });
    let mut running = JoinSet::new();
    let mut paths = paths.into_iter().step_by(sample.max(1));
    loop {
        while running.len() < AT_ONCE
            && let Some(path) = paths.next()
        {
            let id = path.strip_prefix(&tests)?.to_string_lossy().into_owned();
            let folder = id.split('/').take(2).collect::<Vec<_>>().join("/");
            let source = std::fs::read_to_string(&path)?;
            let head = Head::of(&source);
            let named = |kind: &str, names: &[String]| {
                names.iter().map(|name| format!("{kind}:{name}")).collect::<Vec<_>>()
            };
            let mut left_out = named("feature", &head.features);
            left_out.extend(named("flag", &head.flags));
            left_out.push(id.clone());
            if left_out.iter().any(|name| report.skips(&folder, name)) {
                continue;
            }
            let mut scripts = Vec::new();
            if !head.has("raw") {
                let asynchronous = head.has("async").then_some("doneprintHandle.js");
                let names =
                    ALWAYS.into_iter().chain(asynchronous).chain(head.includes.iter().map(String::as_str));
                for name in names {
                    if !harness.contains_key(name) {
                        let path = checkout.join("harness").join(name);
                        let text =
                            std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
                        harness.insert(name.to_owned(), text);
                    }
                    scripts.extend(harness.get(name).cloned());
                }
            }
            let driver = driver.clone();
            running.spawn(async move {
                let mut results = Vec::new();
                for strict in head.modes() {
                    results.push(one(&driver, &head, &scripts, &source, strict).await);
                }
                (folder, id, results)
            });
        }
        let Some(done) = running.join_next().await else { return Ok(()) };
        let (folder, id, results) = done?;
        report.add(&folder, &id, &results);
    }
}

async fn one(driver: &Driver, head: &Head, harness: &[String], source: &str, strict: bool) -> Subtest {
    let name = if strict { "strict" } else { "sloppy" }.to_owned();
    let source = if strict { format!("\"use strict\";\n{source}") } else { source.to_owned() };
    let event = json!({ "harness": harness, "source": source, "isAsync": head.has("async") });
    let answer = driver.call("test262", event).await;
    let failure = match (answer, &head.negative) {
        (Err(message), _) => Some(message),
        (Ok(Value::String(_)), None) => None,
        (Ok(Value::String(_)), Some(wanted)) => Some(format!("no {wanted} was thrown")),
        (Ok(thrown), Some(wanted)) if thrown.get(0).and_then(Value::as_str) == Some(wanted) => None,
        (Ok(thrown), _) => Some(thrown.to_string()),
    };
    Subtest { name, failure }
}

impl Head {
    fn of(source: &str) -> Self {
        let mut head = Self::default();
        let comment = source.split_once("/*---").and_then(|(_, rest)| rest.split_once("---*/"));
        let mut list = "";
        for line in comment.map_or("", |(comment, _)| comment).lines() {
            let (key, value) = match line.split_once(':') {
                Some((key, value)) if !key.starts_with([' ', '\t', '-']) => (key.trim(), value.trim()),
                _ => ("", line.trim()),
            };
            if !key.is_empty() {
                list = match key {
                    "flags" | "includes" | "features" | "negative" => key,
                    _ => "",
                };
            }
            if list == "negative" {
                if let Some(name) = value.strip_prefix("type:") {
                    head.negative = Some(name.trim().to_owned());
                }
                continue;
            }
            let target = match list {
                "flags" => &mut head.flags,
                "includes" => &mut head.includes,
                "features" => &mut head.features,
                _ => continue,
            };
            let names = value.trim_start_matches('-').trim_matches(['[', ']', ' ']);
            target
                .extend(names.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()));
        }
        head
    }

    fn has(&self, flag: &str) -> bool {
        self.flags.iter().any(|found| found == flag)
    }

    /// The modes in which a test runs: strict or not.
    fn modes(&self) -> Vec<bool> {
        match (self.has("onlyStrict"), self.has("noStrict") || self.has("raw")) {
            (true, _) => vec![true],
            (_, true) => vec![false],
            _ => vec![false, true],
        }
    }
}
