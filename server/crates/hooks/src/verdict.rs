//! Warns the author about a returned verdict, which has no effect.

use contract::catalogue::{methods::Method, triggers::Trigger};
use serde_json::Value;

/// The note for a run that returned `output` where hooks refuse through `api`. None where there is nothing to tell.
pub(crate) fn ignored(trigger: Trigger, output: &Value) -> Option<String> {
    if output.is_null() || trigger.takes_a_value() || !trigger.spec().phase.blocking() {
        return None;
    }
    let refuse = trigger.api().find(|method| method.effect.refuses()).map(call)?;
    Some(format!("the handler returned {}, which is ignored: call {refuse} to refuse", described(output)))
}

/// A call of a method, as an author writes it: `api.access.deny(code, userMessage)`.
fn call(method: &Method) -> String {
    let names = method.params.split(", ").map(|param| {
        let name = param.split(':').next().unwrap_or_default();
        name.trim_end_matches('?')
    });
    format!("api.{}({})", method.path, names.collect::<Vec<_>>().join(", "))
}

fn described(output: &Value) -> String {
    match output {
        Value::Bool(truth) => truth.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(_) => "a text".into(),
        Value::Array(_) => "a list".into(),
        Value::Object(fields) => match fields.keys().next() {
            Some(name) => format!("an object with `{}`", name.chars().take(40).collect::<String>()),
            None => "an object".into(),
        },
        Value::Null => "null".into(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_returned_verdict_is_told_with_the_call_that_refuses() {
        let note = ignored(Trigger::PostUserLogin, &json!(false)).unwrap();
        assert_eq!(
            note,
            "the handler returned false, which is ignored: call api.access.deny(reason) to refuse"
        );
        let note = ignored(Trigger::PreUserDeletion, &json!({"allow": false})).unwrap();
        assert!(note.contains("an object with `allow`") && note.contains("api.cancel()"), "{note}");
    }

    #[test]
    fn nothing_is_told_where_nothing_is_returned_or_values_count() {
        assert_eq!(ignored(Trigger::PostUserLogin, &Value::Null), None);
        assert_eq!(ignored(Trigger::PostUserRegistration, &json!(false)), None);
        assert_eq!(ignored(Trigger::RoleBeforeCreate, &json!({"name": "x"})), None);
    }
}
