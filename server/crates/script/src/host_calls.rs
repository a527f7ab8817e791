//! The record of what an instance asked of the host.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;

use crate::glimpse::MOST;
use crate::json::{Json, weight};
use crate::outcome::HostCall;
use crate::state::micros;

/// What the arguments and results of a run take in memory before less is kept of each, in bytes.
const ROOM: usize = 512 << 10;
/// Text that is then kept of each, in bytes.
const LITTLE: usize = 256;

/// The calls of one run, in the order they began. Shared with the operations.
#[derive(Clone, Default)]
pub struct HostCalls(Arc<Mutex<Calls>>);

#[derive(Default)]
struct Calls {
    list: Vec<HostCall>,
    weight: usize,
}

impl HostCalls {
    /// How many there were.
    pub fn len(&self) -> usize {
        self.lock().list.len()
    }

    /// Notes a call, with its arguments unless they were refused; returns its place.
    pub fn begin(&self, operation: &str, args: Option<&Json>, at: Duration) -> usize {
        let mut calls = self.lock();
        let args = args.map_or(Value::Null, |args| calls.glimpse(args));
        calls.list.push(HostCall {
            operation: operation.to_owned(),
            args,
            ok: false,
            result: Value::String("the run ended before this call did".to_owned()),
            start_us: micros(at),
            duration_us: 0,
        });
        calls.list.len() - 1
    }

    /// Notes how a call ended.
    pub fn end(&self, index: usize, answer: &Result<Json, String>, took: Duration) {
        let mut calls = self.lock();
        let result = match answer {
            Ok(json) => calls.glimpse(json),
            Err(message) => calls.told(message),
        };
        if let Some(call) = calls.list.get_mut(index) {
            call.ok = answer.is_ok();
            call.duration_us = micros(took);
            call.result = result;
        }
    }

    /// The calls; none are left.
    pub fn take(&self) -> Vec<HostCall> {
        std::mem::take(&mut self.lock().list)
    }

    fn lock(&self) -> MutexGuard<'_, Calls> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Calls {
    fn told(&mut self, message: &str) -> Value {
        let most = if self.weight < ROOM { message.len() } else { LITTLE.min(message.len()) };
        let shown = Value::String(message[..message.floor_char_boundary(most)].to_owned());
        self.weight += weight(&shown);
        shown
    }

    fn glimpse(&mut self, json: &Json) -> Value {
        let shown = json.glimpse(if self.weight < ROOM { MOST } else { LITTLE });
        self.weight += weight(&shown);
        shown
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn many_large_calls_are_kept_in_little_memory() {
        let calls = HostCalls::default();
        let large = Json::of(&vec![json!({"a": "x".repeat(200)}); 16]).unwrap();
        for _ in 0..1000 {
            let index = calls.begin("Aerocall.cache.get", Some(&large), Duration::ZERO);
            calls.end(index, &Ok(large.clone()), Duration::ZERO);
        }
        let kept = calls.take();
        assert_eq!(kept[0].args, large.to_value());
        assert!(kept.iter().all(|call| call.ok));
        let weight: usize = kept.iter().map(|call| weight(&call.args) + weight(&call.result)).sum();
        assert!(weight < ROOM + 2000 * 2 * LITTLE, "{weight}");
    }
}
