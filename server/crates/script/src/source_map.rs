//! The positions of a source map, kept in little memory: a loaded program has them all the time, and needs one only when
//! it throws, logs or records a call.

use serde::Deserialize;

/// Positions between two marks: that many are read at most to find one.
const STRIDE: usize = 64;

/// Mapped positions in order, all from 0. Each is stored as its distance from the one before, in three bytes mostly.
#[derive(Debug, Default)]
pub struct SourceMap {
    steps: Box<[u8]>,
    marks: Box<[Mark]>,
}

/// One position of the program and where that is in the source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Mapped {
    line: u32,
    column: u32,
    source_line: u32,
    source_column: u32,
}

/// Where reading can begin.
#[derive(Debug)]
struct Mark {
    /// The position that the step there leads to.
    to: Mapped,
    /// Where the steps behind it begin.
    at: u32,
}

impl SourceMap {
    /// Reads a version 3 source map with one source; stops at what makes no sense.
    pub fn read(text: &str) -> Self {
        #[derive(Deserialize)]
        struct Map {
            mappings: String,
        }
        let mut writer = Writer::default();
        if let Ok(map) = serde_json::from_str::<Map>(text) {
            // Nothing comes back when it stops early: what has been read is kept.
            let _ = segments(&map.mappings, |mapped| writer.add(mapped));
        }
        Self { steps: writer.steps.into(), marks: writer.marks.into() }
    }

    /// Memory that it takes.
    pub fn bytes(&self) -> usize {
        size_of_val(&*self.steps) + size_of_val(&*self.marks)
    }

    /// Line and column in the source of what is at a line and column of the program: of the last mapped position that is not
    /// behind it. All from 0.
    pub fn source_of(&self, line: u32, column: u32) -> Option<(u32, u32)> {
        let behind = |at: &Mapped| (at.line, at.column) > (line, column);
        let after = self.marks.partition_point(|mark| !behind(&mark.to));
        let mark = self.marks.get(after.checked_sub(1)?)?;
        let mut found = mark.to;
        let mut steps = self.steps.get(mark.at as usize..).unwrap_or_default();
        while let Some(next) = step(&mut steps, found).filter(|next| !behind(next)) {
            found = next;
        }
        Some((found.source_line, found.source_column))
    }
}

/// Stores positions.
#[derive(Default)]
struct Writer {
    last: Mapped,
    count: usize,
    steps: Vec<u8>,
    marks: Vec<Mark>,
}

impl Writer {
    /// False when it is before the last one, or too far away.
    fn add(&mut self, mapped: Mapped) -> Option<()> {
        let last = std::mem::replace(&mut self.last, mapped);
        let lines = mapped.line.checked_sub(last.line)?;
        if lines == 0 {
            let columns = mapped.column.checked_sub(last.column)?;
            put(&mut self.steps, u64::from(columns) << 1);
        } else {
            put(&mut self.steps, u64::from(lines) << 1 | 1);
            put(&mut self.steps, u64::from(mapped.column));
        }
        for (to, from) in [(mapped.source_line, last.source_line), (mapped.source_column, last.source_column)]
        {
            let distance = i64::from(to) - i64::from(from);
            put(&mut self.steps, ((distance << 1) ^ (distance >> 63)) as u64);
        }
        if self.count.is_multiple_of(STRIDE) {
            self.marks.push(Mark { to: mapped, at: u32::try_from(self.steps.len()).ok()? });
        }
        self.count += 1;
        Some(())
    }
}

/// Seven bits a byte, least first; the highest bit says that there is more.
fn put(bytes: &mut Vec<u8>, mut number: u64) {
    while number > 127 {
        bytes.push(number as u8 | 128);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn take(bytes: &mut &[u8]) -> Option<u64> {
    let (mut number, mut shift) = (0, 0);
    loop {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 127).checked_shl(shift)?;
        if byte < 128 {
            return Some(number);
        }
        shift += 7;
    }
}

/// The position behind `from`.
fn step(steps: &mut &[u8], from: Mapped) -> Option<Mapped> {
    let first = take(steps)?;
    let (lines, column) = match first & 1 {
        0 => (0, u64::from(from.column) + (first >> 1)),
        _ => (first >> 1, take(steps)?),
    };
    let mut near = |from: u32| {
        let number = take(steps)?;
        let distance = (number >> 1) as i64 ^ -((number & 1) as i64);
        u32::try_from(i64::from(from) + distance).ok()
    };
    Some(Mapped {
        line: from.line + lines as u32,
        column: column as u32,
        source_line: near(from.source_line)?,
        source_column: near(from.source_column)?,
    })
}

/// Hands on the positions of `mappings` until one makes no sense or is not taken.
fn segments(mappings: &str, mut take: impl FnMut(Mapped) -> Option<()>) -> Option<()> {
    let (mut source_line, mut source_column) = (0i64, 0i64);
    for (line, segments) in (0u32..).zip(mappings.split(';')) {
        let mut column = 0i64;
        for segment in segments.split(',').filter(|segment| !segment.is_empty()) {
            let fields = numbers(segment)?;
            let &[column_step, ref rest @ ..] = &*fields else { return None };
            column += column_step;
            // A segment of one field is text that no source has.
            if let &[_, line_step, source_column_step, ..] = rest {
                source_line += line_step;
                source_column += source_column_step;
                let whole = |value: i64| u32::try_from(value).ok();
                take(Mapped {
                    line,
                    column: whole(column)?,
                    source_line: whole(source_line)?,
                    source_column: whole(source_column)?,
                })?;
            }
        }
    }
    Some(())
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

    fn of(mappings: &str) -> SourceMap {
        SourceMap::read(&format!(r#"{{"version":3,"mappings":"{mappings}"}}"#))
    }

    #[test]
    fn mappings_are_read() {
        let map = of("AAAA,IAAIA;AACJ,CADA;;D");
        for (at, source) in [
            ((0, 0), (0, 0)),
            ((0, 3), (0, 0)),
            ((0, 4), (0, 4)),
            ((0, 99), (0, 4)),
            ((1, 0), (1, 0)),
            ((1, 1), (0, 0)),
            ((7, 0), (0, 0)),
        ] {
            assert_eq!(map.source_of(at.0, at.1), Some(source), "{at:?}");
        }
        assert_eq!(of("IAAA").source_of(0, 3), None);
        assert_eq!(of("").source_of(0, 0), None);
        assert_eq!(SourceMap::read("{}").source_of(0, 0), None);
    }

    #[test]
    fn what_makes_no_sense_ends_the_map() {
        // Out of order, before the source's first line, and no digit.
        for rest in ["DAAA", "IADA", "!"] {
            let map = of(&format!("IAAI,{rest},IAAI"));
            assert_eq!(map.source_of(0, 100), Some((0, 4)), "{rest}");
        }
    }

    #[test]
    fn every_position_of_a_long_map_is_found_and_few_bytes_are_kept() {
        let mut writer = Writer::default();
        let all: Vec<Mapped> = (0..10_000u32)
            .map(|n| Mapped {
                line: n / 20 * 3,
                column: n % 20 * 7,
                source_line: 5_000 - n / 20,
                source_column: (n * 31) % 150,
            })
            .collect();
        for mapped in &all {
            writer.add(*mapped).unwrap();
        }
        let map = SourceMap { steps: writer.steps.into(), marks: writer.marks.into() };
        for mapped in &all {
            let source = Some((mapped.source_line, mapped.source_column));
            assert_eq!(map.source_of(mapped.line, mapped.column), source);
            assert_eq!(map.source_of(mapped.line, mapped.column + 6), source);
        }
        assert!(map.bytes() < 5 * all.len(), "{}", map.bytes());
    }
}
