//! What a record keeps of values and texts that may be long.

use serde_json::Value;

/// Text that is kept of one value, in bytes.
pub const MOST: usize = 4 << 10;
/// Text that is kept of one text within a longer value, in bytes.
const PART: usize = 1 << 10;
/// Stands where text was cut.
const MARK: char = '…';

/// The value whose JSON text is `text`, when that is short; else with its long texts cut; else the beginning of `text`.
pub fn glimpse(value: &Value, text: &str) -> Value {
    if text.len() <= MOST {
        return value.clone();
    }
    let mut room = MOST;
    with_short_texts(value, &mut room).unwrap_or_else(|| Value::String(beginning(text, MOST)))
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

/// A copy in which no text is long; none when that does not fit into `room` either.
fn with_short_texts(value: &Value, room: &mut usize) -> Option<Value> {
    let mut take = |bytes: usize| room.checked_sub(bytes).map(|left| *room = left);
    Some(match value {
        Value::String(text) => {
            let text = beginning(text, PART);
            take(text.len() + 2)?;
            Value::String(text)
        }
        Value::Array(items) => {
            take(2)?;
            Value::Array(items.iter().map(|item| with_short_texts(item, room)).collect::<Option<_>>()?)
        }
        Value::Object(fields) => {
            take(2)?;
            let short = |(name, field): (&String, &Value)| {
                *room = room.checked_sub(name.len() + 4)?;
                Some((name.clone(), with_short_texts(field, room)?))
            };
            Value::Object(fields.iter().map(short).collect::<Option<_>>()?)
        }
        other => {
            take(8)?;
            other.clone()
        }
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shown(value: Value) -> Value {
        glimpse(&value, &value.to_string())
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
}
