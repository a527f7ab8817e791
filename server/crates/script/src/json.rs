//! JSON text between the code and the server. It is kept as text and only parsed by whoever needs the value: in memory
//! a value can take ninety times the room of its text.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::clean;
use crate::glimpse::glimpse;

/// Levels that text of the code may be nested. `serde_json` parses 127, and whoever keeps a value puts it into others.
const MOST_DEEP: usize = 120;

/// What parts of a value take in memory beside their text, about: an object with up to eleven fields, each field, and
/// each part of a list.
const OBJECT: usize = 640;
const FIELD: usize = 64;
const PART: usize = 32;

/// Well-formed JSON text that is not nested too deep to be parsed. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Json(Arc<str>);

/// Why text is not taken.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Malformed {
    /// It is no JSON: the engine that made it is broken.
    NoJson,
    /// It is nested too deep.
    TooDeep,
}

impl Json {
    /// `null`.
    pub fn null() -> Self {
        Self("null".into())
    }

    /// The text of a value.
    ///
    /// # Errors
    /// When the value has no JSON form.
    pub fn of(value: &(impl Serialize + ?Sized)) -> serde_json::Result<Self> {
        Ok(Self(serde_json::to_string(value)?.into()))
    }

    /// What `JSON.stringify` made. Unlike JSON text of other origin it may hold what no database can keep, which becomes
    /// U+FFFD.
    pub(crate) fn of_code(text: String) -> Result<Self, Malformed> {
        let text = clean::json(text);
        // Before it is parsed, which fails on what is nested deeper still.
        if depth(&text) > MOST_DEEP {
            return Err(Malformed::TooDeep);
        }
        serde_json::from_str::<&RawValue>(&text).map_err(|_| Malformed::NoJson)?;
        Ok(Self(text.into()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The value, as far as its shape fits.
    ///
    /// # Errors
    /// When it does not.
    pub fn parse<'a, T: Deserialize<'a>>(&'a self) -> serde_json::Result<T> {
        serde_json::from_str(&self.0)
    }

    /// The value. Only for text that is known to be short, or to be wanted whole.
    pub fn to_value(&self) -> Value {
        self.parse().unwrap_or_default()
    }

    /// What a record keeps: the value, when it has at most so many bytes of text and takes no more than four times as
    /// many in memory; else the value with its long texts cut, or the beginning of its text.
    pub fn glimpse(&self, most: usize) -> Value {
        glimpse(self, most)
    }

    /// About how many bytes the value takes in memory.
    pub(crate) fn weight(&self) -> usize {
        let (mut weight, mut structure) = (self.0.len(), Structure::of(&self.0));
        while let Some(byte) = structure.next() {
            weight += match byte {
                b'{' => OBJECT,
                b':' => FIELD,
                b'[' | b',' => PART,
                _ => 0,
            };
        }
        weight
    }
}

/// About how many bytes a value takes in memory.
pub fn weight(value: &Value) -> usize {
    match value {
        Value::String(text) => PART + text.len(),
        Value::Array(items) => PART + items.iter().map(weight).sum::<usize>(),
        Value::Object(fields) => {
            let inner = fields.iter().map(|(name, field)| FIELD + name.len() + weight(field));
            OBJECT + inner.sum::<usize>()
        }
        _ => PART,
    }
}

/// How deep text is nested.
fn depth(text: &str) -> usize {
    let (mut now, mut most) = (0_usize, 0);
    let mut structure = Structure::of(text);
    while let Some(byte) = structure.next() {
        match byte {
            b'{' | b'[' => now += 1,
            b'}' | b']' => now = now.saturating_sub(1),
            _ => {}
        }
        most = most.max(now);
    }
    most
}

/// The bytes of JSON text that stand outside of its strings.
struct Structure<'a> {
    rest: std::slice::Iter<'a, u8>,
}

impl<'a> Structure<'a> {
    fn of(text: &'a str) -> Self {
        Self { rest: text.as_bytes().iter() }
    }

    fn next(&mut self) -> Option<u8> {
        let byte = *self.rest.next()?;
        if byte == b'"' {
            loop {
                match self.rest.next()? {
                    b'\\' => drop(self.rest.next()?),
                    b'"' => break,
                    _ => {}
                }
            }
        }
        Some(byte)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of_code(text: &str) -> Result<Json, Malformed> {
        Json::of_code(text.to_owned())
    }

    #[test]
    fn what_passes_can_be_parsed() {
        for text in ["", "[", "{]", "nul", "[1,]", "\"\n\"", "1 2"] {
            assert_eq!(of_code(text).err(), Some(Malformed::NoJson), "{text}");
        }
        let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(of_code(&nested(MOST_DEEP)).unwrap().to_value().is_array());
        for levels in [MOST_DEEP + 1, 1000] {
            assert_eq!(of_code(&nested(levels)).err(), Some(Malformed::TooDeep));
        }
        assert!(of_code(&format!("[{:?}]", "[".repeat(1000))).is_ok(), "brackets in a string nest nothing");
    }

    #[test]
    fn the_weight_of_text_is_about_that_of_its_value() {
        for value in [
            json!(vec![json!({"": 0}); 1000]),
            json!({"a": ["{[\"", null, {"b": "c".repeat(100)}]}),
            json!("x".repeat(1000)),
        ] {
            let (text, parsed) = (Json::of(&value).unwrap().weight(), weight(&value));
            assert!(text.abs_diff(parsed) <= parsed / 10 + 50, "{text} {parsed}");
        }
    }
}
