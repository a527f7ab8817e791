//! Keeps secrets out of records and of what tests show. Answers to users are never changed.

mod forms;
mod record;
mod urls;

use std::{collections::HashMap, ops::Range};

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
    /// Wherever it stands.
    Full,
    /// The same, though it looks like a word or a number that also stands for itself.
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
    /// Texts to replace, by the pattern of their beginning; longest first.
    needles: Vec<Vec<String>>,
    /// None: there is nothing to find.
    beginnings: Option<AhoCorasick>,
}

impl Redactor {
    /// Knows these secrets.
    pub(crate) fn new<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        let mut by_beginning: HashMap<Vec<u8>, Vec<String>> = HashMap::new();
        for needle in secrets.into_iter().filter(|secret| secret.len() >= SHORTEST).flat_map(forms::of) {
            let beginning = needle.as_bytes().iter().take(KNOWN).copied().collect();
            by_beginning.entry(beginning).or_default().push(needle);
        }
        let (beginnings, mut needles): (Vec<_>, Vec<_>) = by_beginning.into_iter().unzip();
        for needles in &mut needles {
            needles.sort_by_key(|needle| std::cmp::Reverse(needle.len()));
            needles.dedup();
        }
        let built = AhoCorasick::builder().match_kind(MatchKind::Standard).build(&beginnings);
        let beginnings = match built {
            Ok(automaton) => Some(automaton).filter(|_| !needles.is_empty()),
            Err(error) => {
                // Only for gigabytes of patterns, which the limits on secrets do not allow.
                tracing::error!(%error, "secrets cannot be found in records");
                None
            }
        };
        Self { needles, beginnings }
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
            && let Some(length) =
                self.needles.iter().flatten().filter_map(|needle| beginning(rest, needle)).max()
        {
            let kept = rest.len() - length;
            text.truncate(kept);
            text.push_str(HIDDEN);
            text.push(CUT);
        }
        replace(text, &self.find(text));
        urls::hide_credentials(text);
    }

    /// Where secrets stand, in order. Those that overlap are one.
    fn find(&self, text: &str) -> Vec<Range<usize>> {
        let mut found: Vec<Range<usize>> = Vec::new();
        let Some(beginnings) = &self.beginnings else { return found };
        for beginning in beginnings.find_overlapping_iter(text) {
            let start = beginning.start();
            let rest = text.get(start..).unwrap_or_default();
            let needles = self.needles.get(beginning.pattern().as_usize());
            let needle = needles.into_iter().flatten().find(|needle| rest.starts_with(needle.as_str()));
            found.extend(needle.map(|needle| start..start + needle.len()));
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

/// Length of the longest beginning of `needle` that `text` ends with.
fn beginning(text: &str, needle: &str) -> Option<usize> {
    let longest = needle.len().min(text.len());
    (SHORTEST_BEGINNING..=longest)
        .rev()
        .find(|length| needle.get(..*length).is_some_and(|part| text.ends_with(part)))
}

#[cfg(test)]
mod tests;
