//! The request's body as hooks and logs may see it.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// Parts of names whose values nobody but the flow may see.
const SECRET: &[&str] = &["password", "passwd", "token", "secret"];

/// The body without passwords, tokens and secrets, at any depth. Empty when it is not an object.
pub fn redacted_body(body: &Value) -> BTreeMap<String, Value> {
    body.as_object().map(|fields| visible(fields).collect()).unwrap_or_default()
}

fn visible(fields: &Map<String, Value>) -> impl Iterator<Item = (String, Value)> {
    fields.iter().filter(|(name, _)| !is_secret(name)).map(|(name, value)| (name.clone(), redact(value)))
}

fn redact(value: &Value) -> Value {
    match value {
        Value::Object(fields) => Value::Object(visible(fields).collect()),
        Value::Array(items) => Value::Array(items.iter().map(redact).collect()),
        other => other.clone(),
    }
}

fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SECRET.iter().any(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn secrets_are_gone_at_any_depth() {
        let body = json!({
            "email": "dana@example.com", "password": "x", "newPassword": "x", "refresh_token": "x",
            "user_metadata": {"plan": "pro", "api_token": "x", "list": [{"client_secret": "x", "a": 1}]},
        });
        let expected = json!({
            "email": "dana@example.com", "user_metadata": {"plan": "pro", "list": [{"a": 1}]},
        });
        assert_eq!(serde_json::to_value(redacted_body(&body)).unwrap(), expected);
        assert!(redacted_body(&json!("text")).is_empty());
    }
}
