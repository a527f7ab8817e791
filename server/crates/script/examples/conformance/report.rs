//! Counts per folder, and what was not expected.

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::expected::Expected;

/// What became of one subtest.
#[derive(Clone, Debug)]
pub struct Subtest {
    /// Its name; empty for the file as a whole.
    pub name: String,
    /// What went wrong; `None` when it passed.
    pub failure: Option<String>,
}

#[derive(Default)]
struct Counts {
    files: usize,
    skipped: usize,
    passed: usize,
    failed: usize,
    unexpected: usize,
}

/// Collects results and compares them with the list.
pub struct Report {
    expected: Expected,
    folders: BTreeMap<String, Counts>,
    unexpected: Vec<String>,
    all: Vec<String>,
}

impl Report {
    /// An empty report.
    pub fn new(expected: Expected) -> Self {
        Self { expected, folders: BTreeMap::new(), unexpected: Vec::new(), all: Vec::new() }
    }

    /// Whether the list leaves the file out; counts it then.
    pub fn skips(&mut self, folder: &str, path: &str) -> bool {
        let skipped = self.expected.skips(path);
        if skipped {
            self.folders.entry(folder.to_owned()).or_default().skipped += 1;
        }
        skipped
    }

    /// Adds the results of one file.
    pub fn add(&mut self, folder: &str, path: &str, subtests: &[Subtest]) {
        let counts = self.folders.entry(folder.to_owned()).or_default();
        counts.files += 1;
        for subtest in subtests {
            let Some(failure) = &subtest.failure else {
                counts.passed += 1;
                continue;
            };
            counts.failed += 1;
            let line = format!("{path} | {} -- {}", subtest.name, failure.replace('\n', " "));
            if !self.expected.fails(path, &subtest.name) {
                counts.unexpected += 1;
                self.unexpected.push(line.clone());
            }
            self.all.push(line);
        }
    }

    /// Prints a table with a line for each folder, then what differs from the list. Returns whether nothing does.
    pub fn print(&self, complete: bool, every_failure: bool) -> io::Result<bool> {
        let mut out = io::stdout().lock();
        let failures = if every_failure { &self.all } else { &self.unexpected };
        for line in failures {
            writeln!(out, "failed: {line}")?;
        }
        let unused: Vec<_> = if complete { self.expected.unused().collect() } else { Vec::new() };
        for line in &unused {
            writeln!(out, "no longer needed: {line}")?;
        }
        writeln!(out, "\n| folder | files | left out | tests | pass | rate | unexpected |")?;
        writeln!(out, "|---|---:|---:|---:|---:|---:|---:|")?;
        let mut total = Counts::default();
        for (folder, counts) in &self.folders {
            row(&mut out, folder, counts)?;
            total.files += counts.files;
            total.skipped += counts.skipped;
            total.passed += counts.passed;
            total.failed += counts.failed;
            total.unexpected += counts.unexpected;
        }
        row(&mut out, "**all**", &total)?;
        Ok(self.unexpected.is_empty() && unused.is_empty())
    }
}

fn row(out: &mut impl Write, folder: &str, counts: &Counts) -> io::Result<()> {
    let tests = counts.passed + counts.failed;
    let rate = if tests == 0 { 0.0 } else { counts.passed as f64 * 100.0 / tests as f64 };
    let Counts { files, skipped, passed, unexpected, .. } = counts;
    writeln!(out, "| {folder} | {files} | {skipped} | {tests} | {passed} | {rate:.1} % | {unexpected} |")
}
