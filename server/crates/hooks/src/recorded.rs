//! What the record of a run keeps of what the sandbox tells.

use contract::manage::{ApiCall, HostCallRecord, Run, RunError, RunLog};
use script::{HostCall, Json, LogLine, Recorded, Thrown};
use serde_json::{Map, Value};

use crate::{
    nesting::{MAX_EVENT_NESTING, flatten},
    redact::HIDDEN,
};

/// Text that is kept of what a run returned, and of all its recorded calls together, in bytes.
const MOST: usize = 16 << 10;
/// Text that is kept of a recorded call when that is used up, in bytes.
const LITTLE: usize = 64;
/// Headers whose values open something.
const CREDENTIALS: [&str; 5] = ["authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key"];

pub(crate) fn logs(lines: Vec<LogLine>) -> Vec<RunLog> {
    let logs = lines.into_iter().map(|line| RunLog {
        level: serde_json::to_value(line.level)
            .ok()
            .and_then(|v| v.as_str().map(str::to_owned))
            .unwrap_or_default(),
        message: line.message,
        at_us: line.at_us,
        line: line.line,
    });
    logs.collect()
}

pub(crate) fn api_calls(recorded: Vec<Recorded>) -> Vec<ApiCall> {
    let mut room = MOST;
    let calls = recorded.into_iter().map(|call| {
        let args = call.args.glimpse(room.max(LITTLE));
        // What is kept may take four times its text.
        room = room.saturating_sub(call.args.as_str().len().max(script::weight(&args) / 4));
        ApiCall {
            method: call.method,
            args: match args {
                Value::Array(args) => args,
                beginning => vec![beginning],
            },
            line: call.line,
            column: call.column,
        }
    });
    calls.collect()
}

/// What was returned.
pub(crate) fn output(value: &Json) -> Value {
    value.glimpse(MOST)
}

/// The calls to the server. Of what `live` traffic fetches no bodies are kept: they may hold anything, tokens that the
/// server never saw before included.
pub(crate) fn host_calls(calls: Vec<HostCall>, live: bool) -> Vec<HostCallRecord> {
    let records = calls.into_iter().map(|mut call| {
        if call.operation == "fetch" {
            if let Some(request) = call.args.get_mut(0) {
                reduce(request, live);
            }
            reduce(&mut call.result, live);
            // Longer than what is kept of a call even without its long texts.
            for part in [&mut call.args, &mut call.result] {
                if part.as_str().is_some_and(|text| text.starts_with(['[', '{'])) {
                    *part = Value::from("(too long to be kept)");
                }
            }
        }
        HostCallRecord {
            operation: call.operation,
            args: call.args,
            ok: call.ok,
            result: call.result,
            start_us: call.start_us,
            duration_us: call.duration_us,
        }
    });
    records.collect()
}

/// Takes credentials, and perhaps the body, out of a request or an answer.
fn reduce(message: &mut Value, without_body: bool) {
    if let Some(headers) = message.get_mut("headers") {
        *headers = readable_headers(headers.take());
    }
    if let Some(body) = message.get_mut("body") {
        if let Some(size) = body.get("size").and_then(Value::as_u64) {
            *body = Value::from(format!("(binary, {size} bytes)"));
        } else if body.is_object() || (without_body && body.as_str().is_some_and(|text| !text.is_empty())) {
            *body = Value::from("(not kept)");
        }
    }
}

/// Header lines as fields of an object, several of one name as a list, without credentials.
fn readable_headers(lines: Value) -> Value {
    let Value::Array(lines) = lines else { return Value::from(HIDDEN) };
    let mut headers = Map::new();
    for line in lines {
        let (Some(name), Some(value)) = (line[0].as_str(), line[1].as_str()) else { continue };
        let hidden = CREDENTIALS.iter().any(|hidden| name.eq_ignore_ascii_case(hidden));
        let value = if hidden { HIDDEN } else { value };
        match headers.get_mut(name) {
            None => drop(headers.insert(name.to_owned(), Value::from(value))),
            Some(Value::Array(values)) => values.push(Value::from(value)),
            Some(first) => *first = Value::from(vec![first.take(), Value::from(value)]),
        }
    }
    Value::Object(headers)
}

/// Cuts what is nested so deep that the record, once written, could not be read again.
pub(crate) fn readable(run: &mut Run) {
    let args = run.api_calls.iter_mut().flat_map(|call| &mut call.args);
    let of_calls = run.host_calls.iter_mut().flat_map(|call| [&mut call.args, &mut call.result]);
    for value in [&mut run.input, &mut run.output].into_iter().chain(args).chain(of_calls) {
        flatten(value, MAX_EVENT_NESTING);
    }
}

pub(crate) fn error(thrown: Thrown) -> RunError {
    RunError {
        name: thrown.name,
        message: thrown.message,
        stack: thrown.stack,
        line: thrown.line,
        column: thrown.column,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn of_many_recorded_calls_little_is_kept() {
        let call = |args: &Value| Recorded {
            method: "user.setUserMetadata".into(),
            args: Json::of(args).unwrap(),
            line: Some(1),
            column: None,
        };
        let mut calls = vec![call(&json!(["k", {"a": [1]}]))];
        calls.extend(vec![call(&json!(["k", vec![json!({"": 0}); 30]])); 999]);
        let kept = api_calls(calls);
        assert_eq!(kept[0].args, [json!("k"), json!({"a": [1]})]);
        assert_eq!(kept.len(), 1000);
        let weight: usize = kept.iter().flat_map(|call| &call.args).map(script::weight).sum();
        assert!(weight < 256 << 10, "{weight}");
    }

    fn fetch(live: bool) -> HostCallRecord {
        let call = HostCall {
            operation: "fetch".into(),
            args: json!([{
                "url": "https://a.b",
                "headers": [["Authorization", "Bearer x"], ["accept", "*/*"], ["x-a", "1"], ["x-a", "2"]],
                "body": "b",
            }]),
            ok: true,
            result: json!({
                "status": 200,
                "headers": [["set-cookie", "s=1"], ["location", "https://a.b/c"]],
                "body": "{\"access_token\":\"x\"}",
            }),
            start_us: 0,
            duration_us: 0,
        };
        host_calls(vec![call], live).remove(0)
    }

    #[test]
    fn credentials_and_bodies_of_fetches_are_not_kept() {
        let call = fetch(true);
        let headers = json!({"Authorization": HIDDEN, "accept": "*/*", "x-a": ["1", "2"]});
        assert_eq!(call.args, json!([{"url": "https://a.b", "headers": headers, "body": "(not kept)"}]));
        let headers = json!({"set-cookie": HIDDEN, "location": "https://a.b/c"});
        assert_eq!(call.result, json!({"status": 200, "headers": headers, "body": "(not kept)"}));
    }

    #[test]
    fn a_test_shows_the_bodies() {
        let call = fetch(false);
        assert_eq!(
            (&call.args[0]["body"], &call.args[0]["headers"]["Authorization"]),
            (&json!("b"), &json!(HIDDEN))
        );
    }

    #[test]
    fn a_binary_body_is_a_note() {
        for live in [true, false] {
            let mut request = json!({"url": "https://a.b", "body": {"base64": "iVBORwA", "size": 5}});
            reduce(&mut request, live);
            assert_eq!(request["body"], "(binary, 5 bytes)");
        }
    }
}
