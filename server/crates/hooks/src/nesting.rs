//! How deep values are nested. Whoever reads JSON again has an end, and a value is put into others on its way: a user's
//! metadata into an event, the event into the arguments of a call, those into the record of the run.

use serde_json::Value;

/// Levels that metadata, a claim or another value that callers and hooks choose may have.
pub const MAX_NESTING: usize = 32;
/// Levels that a whole event may have.
pub const MAX_EVENT_NESTING: usize = 2 * MAX_NESTING;

/// Stands in a record where the rest is nested too deep to be kept.
const TOO_DEEP: &str = "(nested too deep to be kept)";

/// How many levels of lists and objects a value has.
pub fn nesting(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(nesting).max().unwrap_or_default(),
        Value::Object(fields) => 1 + fields.values().map(nesting).max().unwrap_or_default(),
        _ => 0,
    }
}

/// Cuts what is below so many levels.
pub(crate) fn flatten(value: &mut Value, levels: usize) {
    match value {
        Value::Array(_) | Value::Object(_) if levels == 0 => *value = TOO_DEEP.into(),
        Value::Array(items) => items.iter_mut().for_each(|item| flatten(item, levels - 1)),
        Value::Object(fields) => fields.values_mut().for_each(|field| flatten(field, levels - 1)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn levels_are_counted_and_cut() {
        let mut value = json!({"a": [1, {"b": {}}], "c": 1});
        assert_eq!(nesting(&value), 4);
        flatten(&mut value, 4);
        assert_eq!(nesting(&value), 4);
        flatten(&mut value, 2);
        assert_eq!(value, json!({"a": [1, TOO_DEEP], "c": 1}));
        assert_eq!(nesting(&json!("[[")), 0);
    }
}
