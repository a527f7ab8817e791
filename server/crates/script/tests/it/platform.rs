//! The description of the platform and the platform itself, compared in both directions.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use script::{Argument, Language, Limits, Outcome};
use serde::Deserialize;
use serde_json::json;

use crate::checker;
use crate::harness::*;

/// A global value, declared or found at run time.
#[derive(Debug, Deserialize)]
struct Global {
    /// `class`, `function` or `value`.
    kind: String,
    /// Its own members; statics of a class.
    members: BTreeMap<String, Member>,
    /// Members of a class's objects.
    prototype: BTreeMap<String, Member>,
}

/// One member.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Member {
    /// `method`, `property`, `value` or `accessor`; with `?` when it may be missing.
    Simple(String),
    /// An object with members of its own.
    Object(Global),
}

impl Member {
    fn is_method(&self) -> bool {
        matches!(self, Self::Simple(kind) if kind.starts_with("method"))
    }

    fn is_optional(&self) -> bool {
        matches!(self, Self::Simple(kind) if kind.ends_with('?'))
    }
}

/// What exists at run time and is not declared, and why.
const UNDECLARED: &[(&str, &str)] = &[
    ("Aerocall", "declared with the trigger, since its methods are the catalogue's"),
    ("exports.default", "the export of the test's own hook"),
    ("*.constructor", "every object has it"),
    ("*.prototype", "every class has it"),
    ("*.length", "every function has it"),
    ("*.name", "every function has it"),
    ("*.toString", "every object has it"),
    ("*.@@toStringTag", "every object of the platform has it, for toString alone"),
    ("@@toStringTag", "the global object has it too"),
    ("*.@@species", "for subclasses of the language's classes"),
    ("*.prepareStackTrace", "the engine's own; the records of runs need stacks as they are"),
    ("AggregateError.captureStackTrace", "inherited from Error, where it is declared"),
    ("AggregateError.isError", "inherited from Error, where it is declared"),
    ("AggregateError.stackTraceLimit", "inherited from Error, where it is declared"),
    ("SuppressedError.captureStackTrace", "inherited from Error, where it is declared"),
    ("SuppressedError.isError", "inherited from Error, where it is declared"),
    ("SuppressedError.stackTraceLimit", "inherited from Error, where it is declared"),
    ("ArrayBuffer.prototype.immutable", "a draft of the language"),
    ("ArrayBuffer.prototype.sliceToImmutable", "a draft of the language"),
    ("ArrayBuffer.prototype.transferToImmutable", "a draft of the language"),
    ("Iterator.zip", "a draft of the language"),
    ("Iterator.zipKeyed", "a draft of the language"),
    ("Iterator.prototype.chunks", "a draft of the language"),
    ("Iterator.prototype.includes", "a draft of the language"),
    ("Iterator.prototype.join", "a draft of the language"),
    ("Iterator.prototype.windows", "a draft of the language"),
    ("Date.prototype.getYear", "the language keeps it for old pages"),
    ("Date.prototype.setYear", "the language keeps it for old pages"),
    ("Date.prototype.toGMTString", "the language keeps it for old pages"),
    ("Object.prototype.__defineGetter__", "the language keeps it for old pages"),
    ("Object.prototype.__defineSetter__", "the language keeps it for old pages"),
    ("Object.prototype.__lookupGetter__", "the language keeps it for old pages"),
    ("Object.prototype.__lookupSetter__", "the language keeps it for old pages"),
    ("Object.prototype.__proto__", "the language keeps it for old pages"),
    ("Function.prototype.columnNumber", "the engine's own"),
    ("Function.prototype.fileName", "the engine's own"),
    ("Function.prototype.lineNumber", "the engine's own"),
    ("InternalError", "the engine's own"),
    ("ByteLengthQueuingStrategy", "for making streams; hooks read bodies"),
    ("CountQueuingStrategy", "for making streams; hooks read bodies"),
    ("ReadableByteStreamController", "for making streams; hooks read bodies"),
    ("ReadableStreamBYOBReader", "for making streams; hooks read bodies"),
    ("ReadableStreamBYOBRequest", "for making streams; hooks read bodies"),
    ("ReadableStreamDefaultController", "for making streams; hooks read bodies"),
    ("TextDecoderStream", "for making streams; hooks read bodies"),
    ("TextEncoderStream", "for making streams; hooks read bodies"),
    ("TransformStream", "for making streams; hooks read bodies"),
    ("TransformStreamDefaultController", "for making streams; hooks read bodies"),
    ("WritableStream", "for making streams; hooks read bodies"),
    ("WritableStreamDefaultController", "for making streams; hooks read bodies"),
    ("WritableStreamDefaultWriter", "for making streams; hooks read bodies"),
    ("Request.prototype.cache", "for browsers: a constant here"),
    ("Request.prototype.credentials", "for browsers: a constant here"),
    ("Request.prototype.destination", "for browsers: a constant here"),
    ("Request.prototype.duplex", "for browsers: a constant here"),
    ("Request.prototype.integrity", "for browsers: a constant here"),
    ("Request.prototype.isHistoryNavigation", "for browsers: a constant here"),
    ("Request.prototype.isReloadNavigation", "for browsers: a constant here"),
    ("Request.prototype.keepalive", "for browsers: a constant here"),
    ("Request.prototype.mode", "for browsers: a constant here"),
    ("Request.prototype.referrer", "for browsers: a constant here"),
    ("Request.prototype.referrerPolicy", "for browsers: a constant here"),
    ("Headers.prototype.toJSON", "for console.log and returned answers"),
    ("Response.prototype.toJSON", "for console.log and returned answers"),
    ("*.decrypt", "throws, and names the way around"),
    ("*.deriveBits", "throws, and names the way around"),
    ("*.deriveKey", "throws, and names the way around"),
    ("*.encrypt", "throws, and names the way around"),
    ("*.unwrapKey", "throws, and names the way around"),
    ("*.wrapKey", "throws, and names the way around"),
    ("String.prototype.0", "a character of the string that the test looks at"),
];

/// What is declared and does not exist, and why.
const ABSTRACT: &[(&str, &str)] =
    &[("Iterator.prototype.next", "subclasses of Iterator must have it; Iterator itself has not")];

static DECLARED: LazyLock<BTreeMap<String, Global>> = LazyLock::new(|| {
    let surface = checker::ask(&json!({ "surface": true }), "surface");
    serde_json::from_value(surface).unwrap()
});

/// What a hook finds.
async fn found() -> BTreeMap<String, Global> {
    let source = include_str!("../types/reflect.js");
    let compiled = compile(source, Language::JavaScript).await;
    let limits = Limits { cpu: Duration::from_secs(5), ..Limits::default() };
    let program = SANDBOX.load(&compiled, &limits, "tests").await.unwrap();
    let call = call("default", vec![Argument::Bag], json!({}));
    let run = SANDBOX.run(&program, "tests", &call, &limits, Arc::new(TestHost)).await;
    assert_eq!(run.outcome, Outcome::Returned);
    run.value.parse().unwrap()
}

#[tokio::test]
async fn n23_what_is_declared_exists_and_is_what_it_is_declared_to_be() {
    let found = found().await;
    let mut wrong = Vec::new();
    for (name, declared) in &*DECLARED {
        match found.get(name) {
            None => wrong.push(format!("{name} does not exist")),
            Some(real) => differences(name, declared, real, &mut wrong),
        }
    }
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
}

fn differences(name: &str, declared: &Global, real: &Global, wrong: &mut Vec<String>) {
    // A class that cannot be constructed is declared as a value with a prototype.
    let class = declared.kind == "class" || !declared.prototype.is_empty();
    let fits = match real.kind.as_str() {
        // Every function that is written with `function` could be a class.
        "class" => class || declared.kind == "function",
        kind => kind == declared.kind && !class,
    };
    if !fits {
        wrong.push(format!("{name} is declared as a {} and is a {}", declared.kind, real.kind));
    }
    let parts =
        [("", &declared.members, &real.members), (".prototype", &declared.prototype, &real.prototype)];
    for (part, declared, real) in parts {
        for (member, declared) in declared {
            let place = format!("{name}{part}.{member}");
            match (declared, real.get(member)) {
                (_, None) if declared.is_optional() => {}
                // Inherited by everything.
                (_, None) if is_common(member) => {}
                (_, None) if ABSTRACT.iter().any(|(listed, _)| *listed == place) => {}
                (_, None) => wrong.push(format!("{place} does not exist")),
                (Member::Object(declared), Some(Member::Object(real))) => {
                    differences(&place, declared, real, wrong);
                }
                (declared, Some(real)) if declared.is_method() && !real.is_method() => {
                    wrong.push(format!("{place} is declared as a method and is {real:?}"));
                }
                _ => {}
            }
        }
    }
}

/// Members of the language's two roots, which the sandbox does not list again for every object.
fn is_common(member: &str) -> bool {
    const COMMON: [&str; 10] = [
        "apply",
        "bind",
        "call",
        "constructor",
        "hasOwnProperty",
        "isPrototypeOf",
        "propertyIsEnumerable",
        "toLocaleString",
        "toString",
        "valueOf",
    ];
    COMMON.contains(&member)
}

#[tokio::test]
async fn n23_what_exists_is_declared_or_listed_with_a_reason() {
    let mut missing = Vec::new();
    for (name, real) in found().await {
        match DECLARED.get(&name) {
            Some(declared) => undeclared(&name, declared, &real, &mut missing),
            None if is_listed(&name) => {}
            None => missing.push(name),
        }
    }
    assert!(missing.is_empty(), "{} are not declared:\n{}", missing.len(), missing.join("\n"));
}

fn undeclared(name: &str, declared: &Global, real: &Global, missing: &mut Vec<String>) {
    let parts =
        [("", &declared.members, &real.members), (".prototype", &declared.prototype, &real.prototype)];
    for (part, declared, real) in parts {
        for (member, real) in real {
            let place = format!("{name}{part}.{member}");
            match (declared.get(member), real) {
                (Some(Member::Object(declared)), Member::Object(real)) => {
                    undeclared(&place, declared, real, missing);
                }
                (Some(_), _) => {}
                (None, _) if is_listed(&place) => {}
                (None, _) => missing.push(place),
            }
        }
    }
}

/// Whether a place such as `Array.prototype.at` is one that is not declared on purpose.
fn is_listed(place: &str) -> bool {
    let member = place.rsplit_once('.').map(|(_, member)| member);
    UNDECLARED.iter().any(|(listed, _)| match listed.strip_prefix("*.") {
        Some(everywhere) => member == Some(everywhere),
        None => place == *listed,
    })
}

/// What is said to be missing must be missing, for both.
#[tokio::test]
async fn what_hooks_are_told_to_do_without_does_not_exist() {
    let absent: serde_json::Value = serde_json::from_str(include_str!("../../platform/absent.json")).unwrap();
    let found = found().await;
    for name in absent["globals"].as_object().unwrap().keys() {
        let commonjs = ["exports", "module", "require"].contains(&name.as_str());
        assert!(commonjs || !found.contains_key(name), "{name} exists");
        assert!(commonjs || !DECLARED.contains_key(name), "{name} is declared");
    }
}
