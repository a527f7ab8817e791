//! Keeps secrets out of records and of what tests show. Answers to users are never changed.

mod forms;
mod record;
mod urls;

use std::{
    collections::{BTreeSet, HashMap},
    ops::Range,
};

use aho_corasick::{AhoCorasick, MatchKind};
use serde_json::{Map, Value};

/// Shorter values are too common to be replaced everywhere.
pub(crate) const SHORTEST: usize = 6;
/// Shortest beginning of a secret that is replaced where text was cut.
const SHORTEST_BEGINNING: usize = 3;
/// Bytes of a text that the automaton knows; the rest is compared. It keeps the automaton of long secrets small.
const KNOWN: usize = 32;
/// What stands in place of a secret.
pub(crate) const HIDDEN: &str = "•••";
/// What text that was cut ends with.
const CUT: char = '…';

/// Shortest text of letters alone that is taken for a key and not for a word.
const SHORTEST_KEY: usize = 16;

/// How a secret's value is hidden in records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Masking {
    /// Everywhere.
    Full,
    /// Everywhere, although the value looks like an ordinary word or number.
    Ordinary,
    /// Not at all: it is too short.
    Never,
}

impl Masking {
    /// How a value is hidden.
    pub fn of(value: &str) -> Self {
        let value = value.trim();
        let word = |c: char| c.is_alphabetic() || c.is_whitespace() || matches!(c, '-' | '_' | '.' | ',');
        let ordinary = value.chars().all(word) || value.chars().all(|c| c.is_ascii_digit());
        match value.len() {
            ..SHORTEST => Self::Never,
            SHORTEST..SHORTEST_KEY if ordinary => Self::Ordinary,
            _ => Self::Full,
        }
    }
}

/// Finds secrets in all the forms in which code usually sends them.
#[derive(Clone, Default)]
pub(crate) struct Redactor {
    /// Texts to replace, sorted: those with the same beginning are neighbours.
    needles: Vec<String>,
    /// The needles of each pattern of the automaton.
    by_pattern: Vec<Range<usize>>,
    /// The needles of each shortest beginning.
    by_beginning: HashMap<[u8; SHORTEST_BEGINNING], Range<usize>>,
    /// None: there is nothing to find.
    beginnings: Option<AhoCorasick>,
}

impl Redactor {
    /// Knows these secrets.
    pub(crate) fn new<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        let secrets = secrets.into_iter().filter(|secret| secret.len() >= SHORTEST);
        let needles: BTreeSet<String> = secrets.flat_map(forms::of).collect();
        let needles: Vec<String> = needles.into_iter().collect();
        let known = |needle: &String| needle.as_bytes().get(..KNOWN).unwrap_or(needle.as_bytes()).to_vec();
        let (patterns, by_pattern): (Vec<_>, Vec<_>) = neighbours(&needles, known).unzip();
        let shortest = |needle: &String| needle.as_bytes().first_chunk().copied().unwrap_or_default();
        let by_beginning = neighbours(&needles, shortest).collect();
        let built = AhoCorasick::builder().match_kind(MatchKind::Standard).build(&patterns);
        let beginnings = match built {
            Ok(automaton) => Some(automaton).filter(|_| !needles.is_empty()),
            Err(error) => {
                // Only for gigabytes of patterns, which the limits on secrets do not allow.
                tracing::error!(%error, "secrets cannot be found in records");
                None
            }
        };
        Self { needles, by_pattern, by_beginning, beginnings }
    }

    /// Replaces every secret in all text of `value`, names of fields included.
    pub(crate) fn value(&self, value: &mut Value) {
        match value {
            Value::String(text) => self.text(text),
            Value::Array(items) => items.iter_mut().for_each(|item| self.value(item)),
            Value::Object(fields) => {
                fields.values_mut().for_each(|field| self.value(field));
                let shown = |name: &String| {
                    let mut shown = name.clone();
                    self.text(&mut shown);
                    shown
                };
                if fields.keys().any(|name| shown(name) != *name) {
                    let old = std::mem::take(fields).into_iter();
                    *fields = old.map(|(name, field)| (shown(&name), field)).collect::<Map<_, _>>();
                }
            }
            _ => {}
        }
    }

    /// Replaces every secret, the beginning of one at the end of text that was cut, and the credentials in URLs.
    pub(crate) fn text(&self, text: &mut String) {
        // First, as long as the whole beginning is there.
        if let Some(rest) = text.strip_suffix(CUT)
            && let Some(kept) = self.begun(rest)
        {
            text.truncate(kept);
            text.push_str(HIDDEN);
            text.push(CUT);
        }
        replace(text, &self.find(text));
        urls::hide_credentials(text);
    }

    /// Where the end of a text is the beginning of a needle: the first such place. At each, only the needles are looked
    /// at that begin in the same way, and of those as few as a binary search does.
    fn begun(&self, text: &str) -> Option<usize> {
        text.char_indices().map(|(at, _)| at).find(|at| {
            let end = text.get(*at..).unwrap_or_default();
            let needles = end.as_bytes().first_chunk().and_then(|chunk| self.by_beginning.get(chunk));
            needles.and_then(|needles| self.needles.get(needles.clone())).is_some_and(|needles| {
                let next = needles.partition_point(|needle| needle.as_str() < end);
                needles.get(next).is_some_and(|needle| needle.starts_with(end))
            })
        })
    }

    /// Where secrets stand, in order. Those that overlap are one.
    fn find(&self, text: &str) -> Vec<Range<usize>> {
        let mut found: Vec<Range<usize>> = Vec::new();
        let Some(beginnings) = &self.beginnings else { return found };
        for beginning in beginnings.find_overlapping_iter(text) {
            let start = beginning.start();
            let rest = text.get(start..).unwrap_or_default();
            let needles = self.by_pattern.get(beginning.pattern().as_usize()).cloned();
            let length = needles.and_then(|needles| longest(self.needles.get(needles)?, rest));
            found.extend(length.map(|length| start..start + length));
        }
        found.sort_by_key(|range| range.start);
        found.dedup_by(|next, last| {
            let overlap = next.start < last.end;
            if overlap {
                last.end = last.end.max(next.end);
            }
            overlap
        });
        found
    }
}

/// Puts [`HIDDEN`] in place of these parts, which are in order and do not overlap.
fn replace(text: &mut String, parts: &[Range<usize>]) {
    if parts.is_empty() {
        return;
    }
    let mut shown = String::with_capacity(text.len());
    let mut kept = 0;
    for part in parts {
        shown.push_str(text.get(kept..part.start).unwrap_or_default());
        shown.push_str(HIDDEN);
        kept = part.end;
    }
    shown.push_str(text.get(kept..).unwrap_or_default());
    *text = shown;
}

/// The ranges of neighbours that have the same key; `sorted` is sorted by it.
fn neighbours<K: PartialEq>(
    sorted: &[String],
    key: fn(&String) -> K,
) -> impl Iterator<Item = (K, Range<usize>)> {
    let mut start = 0;
    sorted.chunk_by(move |one, next| key(one) == key(next)).filter_map(move |chunk| {
        let range = start..start + chunk.len();
        start = range.end;
        Some((key(chunk.first()?), range))
    })
}

/// Length of the longest needle that `text` begins with. `needles` are sorted.
fn longest(needles: &[String], text: &str) -> Option<usize> {
    let mut text = text;
    loop {
        let after = needles.partition_point(|needle| needle.as_str() <= text);
        let needle = needles.get(after.checked_sub(1)?)?;
        if text.starts_with(needle.as_str()) {
            return Some(needle.len());
        }
        // A needle that the text begins with comes before this one, so this one begins with it as well.
        let same = text.chars().zip(needle.chars()).take_while(|(one, other)| one == other);
        let same: usize = same.map(|(char, _)| char.len_utf8()).sum();
        text = text.get(..same)?;
    }
}

#[cfg(test)]
mod tests;
