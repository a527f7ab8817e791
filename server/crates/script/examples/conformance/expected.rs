//! The lists of what is left out and what is expected to fail, each with its reason.
//!
//! ```text
//! # comment
//! skip PATH -- reason
//! fail PATH | SUBTEST -- reason
//! ```
//! `*` in a path or subtest stands for any text.

use std::path::Path;

use anyhow::{Context, Result, bail};

/// One list.
#[derive(Debug, Default)]
pub struct Expected {
    skips: Vec<Line>,
    fails: Vec<Line>,
}

#[derive(Debug)]
struct Line {
    text: String,
    path: String,
    subtest: String,
    used: bool,
}

impl Expected {
    /// Reads a list.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
        Self::parse(&text).with_context(|| path.display().to_string())
    }

    fn parse(text: &str) -> Result<Self> {
        let mut list = Self::default();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let Some((rule, _reason)) = line.split_once(" -- ") else {
                bail!("a line without a reason: {line}")
            };
            let Some((kind, rest)) = rule.split_once(' ') else { bail!("a line without a path: {line}") };
            let (path, subtest) = rest.split_once(" | ").unwrap_or((rest, "*"));
            let parsed = Line {
                text: line.to_owned(),
                path: path.trim().to_owned(),
                subtest: subtest.trim().to_owned(),
                used: false,
            };
            match kind {
                "skip" => list.skips.push(parsed),
                "fail" => list.fails.push(parsed),
                _ => bail!("neither skip nor fail: {line}"),
            }
        }
        Ok(list)
    }

    /// Whether a file is left out.
    pub fn skips(&mut self, path: &str) -> bool {
        mark(&mut self.skips, |line| matches(&line.path, path))
    }

    /// Whether a failure is expected.
    pub fn fails(&mut self, path: &str, subtest: &str) -> bool {
        mark(&mut self.fails, |line| matches(&line.path, path) && matches(&line.subtest, subtest))
    }

    /// Lines of the list that described nothing in this run.
    pub fn unused(&self) -> impl Iterator<Item = &str> {
        self.skips.iter().chain(&self.fails).filter(|line| !line.used).map(|line| line.text.as_str())
    }
}

fn mark(lines: &mut [Line], mut fits: impl FnMut(&Line) -> bool) -> bool {
    let mut found = false;
    for line in lines {
        if fits(line) {
            line.used = true;
            found = true;
        }
    }
    found
}

/// Whether a text fits a pattern in which `*` stands for any text.
pub fn matches(pattern: &str, text: &str) -> bool {
    let Some((head, mut rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(head) else { return false };
    while let Some((part, after)) = rest.split_once('*') {
        let Some(at) = text.find(part) else { return false };
        text = text.get(at + part.len()..).unwrap_or_default();
        rest = after;
    }
    text.ends_with(rest)
}
