//! The editor's type checker, run by Node as the console runs it.

use std::collections::BTreeMap;
use std::io::Write;
use std::process::{Command, Stdio};

use serde::Deserialize;
use serde_json::{Value, json};

/// One problem of a file.
#[derive(Debug, Deserialize)]
pub struct Problem {
    /// Line, from 1.
    pub line: u32,
    /// What is wrong.
    pub message: String,
}

/// Files of one hook, by name.
pub type Files = BTreeMap<String, String>;

/// The problems of hooks, each checked beside the platform's declarations alone: by hook and file.
pub fn problems(hooks: &BTreeMap<String, Files>) -> BTreeMap<String, BTreeMap<String, Vec<Problem>>> {
    serde_json::from_value(ask(&json!({ "projects": hooks }), "problems")).unwrap()
}

/// One part of the checker's answer.
pub fn ask(question: &Value, part: &str) -> Value {
    let program = concat!(env!("CARGO_MANIFEST_DIR"), "/../script/tests/types/check.mjs");
    let mut question = question.clone();
    question["libraries"] = json!({ "platform.d.ts": script::PLATFORM });
    let mut node = Command::new("node")
        .arg(program)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("node is needed (run `make setup`): {error}"));
    node.stdin.take().unwrap().write_all(question.to_string().as_bytes()).unwrap();
    let output = node.wait_with_output().unwrap();
    assert!(
        output.status.success(),
        "the checker failed (was `make front` run?): {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let mut answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    answer[part].take()
}
