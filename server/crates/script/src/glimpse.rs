//! What a record keeps of values and texts that may be long.

use serde_json::Value;

use crate::json::Json;

/// Text that is kept of one value, in bytes.
pub const MOST: usize = 4 << 10;
/// Text that is kept of one text within a longer value, in bytes.
const PART: usize = 1 << 10;
/// What a value may take in memory for each byte of text that is kept of it.
const PER_BYTE: usize = 4;
/// What a value may take in memory to be parsed only so that its long texts can be cut, in bytes.
const PARSED: usize = 4 << 20;
/// Stands where text was cut.
const MARK: char = '…';

/// The value itself when it is short; else with its long texts cut; else the beginning of its text.
pub fn glimpse(json: &Json, most: usize) -> Value {
    let weight = json.weight();
    if json.as_str().len() <= most && weight <= most * PER_BYTE {
        return json.to_value();
    }
    let mut room = Room { text: most, memory: most * PER_BYTE };
    let cut = if weight <= PARSED { with_short_texts(&json.to_value(), &mut room) } else { None };
    cut.unwrap_or_else(|| Value::String(beginning(json.as_str(), most)))
}

/// Shortens text to at most so many bytes, the mark at its end included.
pub fn cut(text: &mut String, most: usize) {
    if text.len() > most {
        text.truncate(text.floor_char_boundary(most.saturating_sub(MARK.len_utf8())));
        if text.len() + MARK.len_utf8() <= most {
            text.push(MARK);
        }
    }
}

/// A copy of at most so many bytes, the mark included.
fn beginning(text: &str, most: usize) -> String {
    // One character more than there is room for, so that longer text is seen to be cut.
    let mut copy = text.get(..text.floor_char_boundary(most + 4)).unwrap_or_default().to_owned();
    cut(&mut copy, most);
    copy
}

/// What is left for a value.
struct Room {
    text: usize,
    memory: usize,
}

impl Room {
    fn take(&mut self, text: usize, memory: usize) -> Option<()> {
        self.text = self.text.checked_sub(text)?;
        self.memory = self.memory.checked_sub(memory)?;
        Some(())
    }
}

/// A copy in which no text is long; none when that does not fit into `room` either.
fn with_short_texts(value: &Value, room: &mut Room) -> Option<Value> {
    Some(match value {
        Value::String(text) => {
            let text = beginning(text, PART);
            room.take(text.len() + 2, text.len() + 32)?;
            Value::String(text)
        }
        Value::Array(items) => {
            room.take(2, 32)?;
            Value::Array(items.iter().map(|item| with_short_texts(item, room)).collect::<Option<_>>()?)
        }
        Value::Object(fields) => {
            room.take(2, 640)?;
            let short = |(name, field): (&String, &Value)| {
                room.take(name.len() + 4, name.len() + 64)?;
                Some((name.clone(), with_short_texts(field, room)?))
            };
            Value::Object(fields.iter().map(short).collect::<Option<_>>()?)
        }
        other => {
            room.take(8, 32)?;
            other.clone()
        }
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::json::weight;

    fn shown(value: Value) -> Value {
        glimpse(&Json::of(&value).unwrap(), MOST)
    }

    #[test]
    fn long_texts_are_cut_and_what_is_around_them_is_kept() {
        let short = json!([{"url": "https://a.b", "body": "ä"}]);
        assert_eq!(shown(short.clone()), short);
        let long = shown(json!([{"url": "https://a.b", "body": "ä".repeat(5000)}]));
        assert_eq!(long[0]["url"], "https://a.b");
        let body = long[0]["body"].as_str().unwrap();
        assert!(body.len() <= PART && body.ends_with("ä…"), "{body}");
    }

    #[test]
    fn a_value_with_too_many_parts_is_the_beginning_of_its_text() {
        let text = shown(json!(vec!["x"; 5000]));
        let text = text.as_str().unwrap();
        assert!(text.len() <= MOST && text.starts_with("[\"x\",") && text.ends_with('…'));
    }

    #[test]
    fn short_text_that_takes_much_memory_stays_text() {
        for count in [100, 149_000] {
            let shown = shown(json!(vec![json!({"": 0}); count]));
            assert!(shown.as_str().unwrap().starts_with("[{\"\":0},"), "{count}");
            assert!(weight(&shown) <= MOST * PER_BYTE);
        }
    }
}
