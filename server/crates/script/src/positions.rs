//! Positions of the engine's stacks back to the author's source.

use std::fmt::Write;

use serde::Deserialize;

use crate::compiled::{Compiled, Format};

/// What the engine calls the program.
const PROGRAM: &str = "hook.js:";
/// What the engine calls the guest's own prelude, whose frames are nobody's business.
const PRELUDE: &str = "hookwright:prelude";

/// How positions in what runs relate to the author's source.
#[derive(Debug, Default)]
pub struct Positions {
    /// Lines before the program's first.
    lines_before: u32,
    /// Mapped positions in order; none where the source runs as it is written.
    mapped: Option<Box<[Mapped]>>,
}

/// One position of the source map, all from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Mapped {
    line: u32,
    column: u32,
    source_line: u32,
    source_column: u32,
}

impl Positions {
    /// Of a compiled program.
    pub fn of(compiled: &Compiled) -> Self {
        let mapped = (!compiled.source_map.is_empty()).then(|| decode(&compiled.source_map).into());
        Self { lines_before: u32::from(compiled.format == Format::CommonJs), mapped }
    }

    /// Memory that they take.
    pub fn bytes(&self) -> usize {
        self.mapped.as_deref().map_or(0, size_of_val)
    }

    /// Line and column, from 1, of the innermost frame of the program in a stack.
    pub fn innermost(&self, stack: &str) -> Option<(u32, u32)> {
        stack.lines().find_map(|frame| self.frame(frame).map(|found| found.position))
    }

    /// The stack as the author knows it.
    pub fn stack(&self, stack: &str) -> String {
        let file = if self.mapped.is_some() { "hook.ts" } else { "hook.js" };
        let mut text = String::new();
        for frame in stack.lines().filter(|frame| !frame.contains(PRELUDE)) {
            let frame = frame.trim();
            match self.frame(frame) {
                Some(Frame { before, position: (line, column), after }) => {
                    // Writing to a String does not fail.
                    let _ = writeln!(text, "{before}{file}:{line}:{column}{after}");
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

    fn frame<'f>(&self, frame: &'f str) -> Option<Frame<'f>> {
        let (before, rest) = frame.split_once(PROGRAM)?;
        let (line, rest) = number(rest)?;
        let (column, after) = rest.strip_prefix(':').and_then(number).unwrap_or((1, rest));
        Some(Frame { before, position: self.map(line, column), after })
    }

    fn map(&self, line: u32, column: u32) -> (u32, u32) {
        let line = line.saturating_sub(self.lines_before).max(1);
        let Some(mapped) = &self.mapped else { return (line, column) };
        let (line, column) = (line - 1, column.saturating_sub(1));
        let after = mapped.partition_point(|at| (at.line, at.column) <= (line, column));
        match after.checked_sub(1).and_then(|index| mapped.get(index)) {
            Some(found) => (found.source_line + 1, found.source_column + 1),
            None => (line + 1, column + 1),
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

/// Reads the mappings of a version 3 source map with one source; stops at what makes no sense.
fn decode(source_map: &str) -> Vec<Mapped> {
    #[derive(Deserialize)]
    struct Map {
        mappings: String,
    }
    let Ok(map) = serde_json::from_str::<Map>(source_map) else { return Vec::new() };
    let mut mapped = Vec::new();
    let (mut source_line, mut source_column) = (0i64, 0i64);
    for (line, segments) in map.mappings.split(';').enumerate() {
        let mut column = 0i64;
        for segment in segments.split(',').filter(|segment| !segment.is_empty()) {
            let Some(fields) = numbers(segment) else { return mapped };
            let &[column_step, ref rest @ ..] = &*fields else { return mapped };
            column += column_step;
            // A segment of one field is text that no source has.
            if let &[_, line_step, source_column_step, ..] = rest {
                source_line += line_step;
                source_column += source_column_step;
                let values = [column, source_line, source_column].map(u32::try_from);
                let [Ok(column), Ok(source_line), Ok(source_column)] = values else { return mapped };
                mapped.push(Mapped { line: line as u32, column, source_line, source_column });
            }
        }
    }
    mapped
}

/// The numbers of one segment: base 64, five bits a digit, least first, the sign in the lowest bit.
fn numbers(segment: &str) -> Option<Vec<i64>> {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut numbers = Vec::new();
    let (mut value, mut shift) = (0i64, 0u32);
    for byte in segment.bytes() {
        let digit = DIGITS.iter().position(|digit| *digit == byte)? as i64;
        value |= (digit & 31).checked_shl(shift).filter(|_| shift < 40)?;
        shift += 5;
        if digit & 32 == 0 {
            numbers.push(if value & 1 == 1 { -(value >> 1) } else { value >> 1 });
            (value, shift) = (0, 0);
        }
    }
    Some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mappings_are_read() {
        let map = r#"{"version":3,"mappings":"AAAA,IAAIA;AACJ,CADA;;D"}"#;
        let found: Vec<_> =
            decode(map).iter().map(|m| (m.line, m.column, m.source_line, m.source_column)).collect();
        assert_eq!(found, [(0, 0, 0, 0), (0, 4, 0, 4), (1, 0, 1, 0), (1, 1, 0, 0)]);
    }

    #[test]
    fn stacks_lose_the_prelude_and_the_wrapper_line() {
        let positions = Positions { lines_before: 1, mapped: None };
        let stack =
            "    at check (hook.js:8:23)\n    at invoke (hookwright:prelude:1:99)\n    at apply (native)\n";
        assert_eq!(positions.stack(stack), "at check (hook.js:7:23)\nat apply (native)");
        assert_eq!(positions.innermost(stack), Some((7, 23)));
    }
}
