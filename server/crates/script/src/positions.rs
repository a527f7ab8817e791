//! Positions of the engine's stacks back to the author's source.

use std::fmt::Write;

use crate::compiled::{Compiled, Format};
use crate::source_map::SourceMap;

/// What the engine calls the program.
const PROGRAM: &str = "hook.js:";
/// What the engine calls the guest's own prelude, whose frames are nobody's business.
const PRELUDE: &str = "hookwright:prelude";

/// How the engine begins a frame of a stack.
const FRAME: &str = "    at ";

/// How positions in what runs relate to the author's source.
#[derive(Debug, Default)]
pub struct Positions {
    /// Lines before the program's first.
    lines_before: u32,
    /// None where the source runs as it is written.
    map: Option<SourceMap>,
}

impl Positions {
    /// Of a compiled program.
    pub fn of(compiled: &Compiled) -> Self {
        let map = (!compiled.source_map.is_empty()).then(|| SourceMap::read(&compiled.source_map));
        Self { lines_before: u32::from(compiled.format == Format::CommonJs), map }
    }

    /// Memory that they take.
    pub fn bytes(&self) -> usize {
        self.map.as_ref().map_or(0, SourceMap::bytes)
    }

    /// Line and column, from 1, of the innermost frame of the program in a stack.
    pub fn innermost(&self, stack: &str) -> Option<(u32, u32)> {
        stack.lines().find_map(|frame| self.frame(frame).map(|found| found.position))
    }

    /// Line and column, from 1, of what lies at an offset of the compiled text.
    pub fn of_offset(&self, javascript: &str, offset: usize) -> Option<(u32, u32)> {
        let before = javascript.get(..offset)?;
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Some(self.map(u32::try_from(line).ok()? + self.lines_before, u32::try_from(column).ok()?))
    }

    /// The stack as the author knows it.
    pub fn stack(&self, stack: &str) -> String {
        let mut text = String::new();
        for frame in stack.lines().filter(|frame| !frame.contains(PRELUDE)) {
            let frame = frame.trim();
            match self.frame(frame) {
                Some(found) => {
                    // Writing to a String does not fail.
                    let _ = writeln!(text, "{}", self.written(&found));
                }
                None if frame.is_empty() => {}
                None => {
                    let _ = writeln!(text, "{frame}");
                }
            }
        }
        text.truncate(text.trim_end().len());
        text
    }

    /// Text that may show stacks, as they are or within JSON, with the positions that the author knows.
    pub fn text(&self, text: String) -> String {
        if !text.contains(PROGRAM) && !text.contains(PRELUDE) {
            return text;
        }
        let mut parts = text.split(FRAME);
        let mut shown = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let breaks = ["\n", "\\n"].map(|end| Some((part.find(end)?, end.len())));
            let (end, next) = breaks
                .into_iter()
                .flatten()
                .min()
                .map_or((part.len(), part.len()), |(at, len)| (at, at + len));
            let (frame, rest) = part.split_at(end);
            if frame.contains(PRELUDE) {
                shown.push_str(part.get(next..).unwrap_or_default());
                continue;
            }
            shown.push_str(FRAME);
            match self.frame(frame) {
                Some(found) => shown.push_str(&self.written(&found)),
                None => shown.push_str(frame),
            }
            shown.push_str(rest);
        }
        shown
    }

    /// A frame as it is shown.
    fn written(&self, Frame { before, position: (line, column), after }: &Frame<'_>) -> String {
        let file = if self.map.is_some() { "hook.ts" } else { "hook.js" };
        format!("{before}{file}:{line}:{column}{after}")
    }

    fn frame<'f>(&self, frame: &'f str) -> Option<Frame<'f>> {
        let (before, rest) = frame.split_once(PROGRAM)?;
        let (line, rest) = number(rest)?;
        let (column, after) = rest.strip_prefix(':').and_then(number).unwrap_or((1, rest));
        Some(Frame { before, position: self.map(line, column), after })
    }

    fn map(&self, line: u32, column: u32) -> (u32, u32) {
        let line = line.saturating_sub(self.lines_before).max(1);
        let Some(map) = &self.map else { return (line, column) };
        match map.source_of(line - 1, column.saturating_sub(1)) {
            Some((line, column)) => (line + 1, column + 1),
            None => (line, column.max(1)),
        }
    }
}

struct Frame<'f> {
    before: &'f str,
    position: (u32, u32),
    after: &'f str,
}

fn number(text: &str) -> Option<(u32, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at_checked(end)?;
    Some((digits.parse().ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stacks_lose_the_prelude_and_the_wrapper_line() {
        let positions = Positions { lines_before: 1, map: None };
        let stack =
            "    at check (hook.js:8:23)\n    at invoke (hookwright:prelude:1:99)\n    at apply (native)\n";
        assert_eq!(positions.stack(stack), "at check (hook.js:7:23)\nat apply (native)");
        assert_eq!(positions.innermost(stack), Some((7, 23)));
        let logged = format!("Error: x at hook.js:8:23\n{stack}");
        assert_eq!(
            positions.text(logged),
            "Error: x at hook.js:8:23\n    at check (hook.js:7:23)\n    at apply (native)\n"
        );
        let within = format!("{{\"error\":{}}}", serde_json::json!(format!("x\n{}", stack.trim_end())));
        assert_eq!(
            positions.text(within),
            r#"{"error":"x\n    at check (hook.js:7:23)\n    at apply (native)"}"#
        );
    }
}
