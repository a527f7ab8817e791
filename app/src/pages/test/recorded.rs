//! Inputs made of what is there already: of a recorded run, and of an example without its values.

use serde_json::{Map, Value};

/// What stands in a record in the place of a secret.
pub(super) const MASK: &str = "•••";

/// The event of a hook, as it was recorded. None when it was too long to be kept.
pub(super) fn event(input: &Value, _: &Value) -> Option<Value> {
    input.is_object().then(|| input.clone())
}

/// The body of the request that a hook ran in. Passwords and tokens are never recorded: those of the example stand in
/// their places.
pub(super) fn body(input: &Value, example: &Value) -> Option<Value> {
    let mut body = input.get("request")?.get("body")?.as_object()?.clone();
    for (name, value) in example.as_object().into_iter().flatten() {
        if name.contains("password") || name.contains("token") {
            body.entry(name.clone()).or_insert_with(|| value.clone());
        }
    }
    Some(Value::Object(body))
}

/// The same fields with nothing in them, so that code finds what it reads.
pub(super) fn blank(value: &Value) -> Value {
    match value {
        Value::Null => Value::Null,
        Value::Bool(_) => Value::Bool(false),
        Value::Number(_) => Value::from(0),
        Value::String(_) => Value::from(""),
        Value::Array(_) => Value::Array(Vec::new()),
        Value::Object(fields) => Value::Object(
            fields.iter().map(|(name, field)| (name.clone(), blank(field))).collect::<Map<_, _>>(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{blank, body, event};

    #[test]
    fn a_recorded_body_gets_the_password_of_the_example_and_nothing_else_of_it() {
        let example = json!({"email": "dana@example.com", "password": "correct horse battery"});
        let input = json!({"user": {}, "request": {"body": {"username": "mira"}}});
        let expected = json!({"username": "mira", "password": "correct horse battery"});
        assert_eq!(body(&input, &example), Some(expected));
        assert_eq!(body(&json!({"user": {}}), &example), None);
        assert_eq!(body(&json!("(too long)"), &example), None);
    }

    #[test]
    fn an_event_is_an_object_or_was_not_kept() {
        assert_eq!(event(&json!({"a": 1}), &Value::Null), Some(json!({"a": 1})));
        assert_eq!(event(&json!("(too long)"), &Value::Null), None);
    }

    #[test]
    fn a_blank_input_has_every_field_and_no_value() {
        let example =
            json!({"user": {"email": "a@b.c", "verified": true, "roles": ["x"]}, "n": 3, "o": null});
        let expected = json!({"user": {"email": "", "verified": false, "roles": []}, "n": 0, "o": null});
        assert_eq!(blank(&example), expected);
    }
}
