//! Keeps secrets out of what is recorded of a run.

use std::collections::BTreeMap;

use serde_json::Value;

/// Shorter values are too common to be replaced everywhere.
const SHORTEST: usize = 6;

/// Replaces every secret's value by `•••` in all text of `value`.
pub(crate) fn redact(value: &mut Value, secrets: &BTreeMap<String, String>) {
    match value {
        Value::String(text) => redact_text(text, secrets),
        Value::Array(items) => items.iter_mut().for_each(|item| redact(item, secrets)),
        Value::Object(fields) => fields.values_mut().for_each(|field| redact(field, secrets)),
        _ => {}
    }
}

/// Replaces every secret's value by `•••`.
pub(crate) fn redact_text(text: &mut String, secrets: &BTreeMap<String, String>) {
    for secret in secrets.values().filter(|secret| secret.len() >= SHORTEST) {
        if text.contains(secret.as_str()) {
            *text = text.replace(secret.as_str(), "•••");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaces_secrets_wherever_they_stand() {
        let secrets = BTreeMap::from([("KEY".into(), "sk_live_123".into()), ("PIN".into(), "1".into())]);
        let mut value = serde_json::json!({"a": ["Bearer sk_live_123"], "n": 1});
        redact(&mut value, &secrets);
        assert_eq!(value, serde_json::json!({"a": ["Bearer •••"], "n": 1}));
    }
}
