//! What the top level of a module may not ask for, because every call would get the same.

use script::{Argument, Failure, Language, Limits, Outcome, Thrown};
use serde_json::json;

use crate::harness::*;

async fn refusal(source: &str, language: Language) -> Thrown {
    let compiled = compile(source, language).await;
    match SANDBOX.load(&compiled, &Limits::default(), "tests").await {
        Err(Failure::Threw(thrown)) => thrown,
        Err(other) => panic!("{other}: {source}"),
        Ok(_) => panic!("was loaded: {source}"),
    }
}

#[tokio::test]
async fn n24_random_values_and_the_time_are_refused_at_the_top_level_with_the_line() {
    for expression in [
        "Math.random()",
        "[1].map(Math.random)",
        "Date.now()",
        "new Date()",
        "new Date",
        "Date()",
        "String(Date())",
        "Reflect.construct(Date, [])",
        "new (class Later extends Date {})()",
        "new (new Date(0).constructor as any)()",
        "performance.now()",
        "performance.timeOrigin",
        "JSON.stringify(performance)",
        "crypto.randomUUID()",
        "crypto.getRandomValues(new Uint8Array(8))",
        "crypto.randomBytes(8)",
        "await Promise.resolve().then(() => Date.now())",
        "await Promise.resolve(0).then(Date.now)",
        "Promise.resolve().then(() => Math.random())",
        "(async () => crypto.randomUUID())()",
        "setTimeout(() => {}, 1)",
        "fetch('https://a.b/')",
        "globalThis.eval('Date.now()')",
    ] {
        let source = format!(
            "interface Unused {{ a: string }}\n\nconst x = {expression};\nexport default async () => x;\n"
        );
        let thrown = refusal(&source, Language::TypeScript).await;
        let told = format!("{expression}: {thrown:?}");
        assert!(thrown.message.contains("call it inside the handler"), "{told}");
        assert!(!thrown.message.contains('$'), "{told}");
        assert_eq!(thrown.name, "TypeError", "{told}");
        assert_eq!(thrown.line, Some(3), "{told}");
        assert!(thrown.column.is_some(), "{told}");
    }
}

#[tokio::test]
async fn n24_they_are_refused_in_every_form_of_module() {
    for (source, line) in [
        ("exports.at = Date.now();\nexports.go = () => 1", 1),
        ("module.exports = { go() {} };\nPromise.resolve().then(() => { exports.n = Math.random() })", 2),
        ("const { randomUUID } = require('crypto');\nconst id = randomUUID();\nexports.go = () => id", 2),
        (
            "import { randomBytes } from 'node:crypto';\nconst id = randomBytes(4);\nexport default () => id",
            2,
        ),
        ("class Nonce {\n  static value = Math.random();\n}\nexport default () => Nonce.value", 2),
        (
            "export let n;\nfor (const x of [1]) n = make();\nfunction make() {\n  return Date.now() }\nexport default () => n",
            4,
        ),
    ] {
        let thrown = refusal(source, Language::JavaScript).await;
        assert!(thrown.message.contains("call it inside the handler"), "{source}: {thrown:?}");
        assert_eq!(thrown.line, Some(line), "{source}: {thrown:?}");
    }
}

#[tokio::test]
async fn what_is_rejected_at_the_top_level_and_never_handled_is_told_at_once() {
    let source = "const p = (async () => { throw new RangeError('early') })();\nexport default () => p";
    let thrown = refusal(source, Language::JavaScript).await;
    assert_eq!(
        (thrown.name.as_str(), thrown.message.as_str(), thrown.line),
        ("RangeError", "early", Some(1))
    );
    // What is handled is not.
    load("const p = Promise.reject(1).catch(() => 2); export default () => p").await;
    load("let n; try { n = Math.random() } catch { n = 4 } export default () => n").await;
}

#[tokio::test]
async fn everything_else_about_dates_stays_what_it_is() {
    let source = "const fixed = new Date(0), text = new Date('2026-12-01T00:00:00Z'), parts = new Date(2026, 11, 1);
        const parsed = Date.parse('1970-01-01T00:00:01Z'), utc = Date.UTC(1970, 0, 2), copy = structuredClone(fixed);
        class Day extends Date { day() { return this.getUTCDate() } }
        const day = new Day(86400000), { now } = Date, { random } = Math, uuid = () => crypto.randomUUID();
        const invalid = new Date(undefined), applied = Reflect.construct(Date, [5], Day);
        export default async () => ({
            values: [fixed.getTime(), text.getTime(), parts.getTime(), parsed, utc, copy.getTime(), day.day(), applied.getTime()],
            is: [fixed instanceof Date, day instanceof Day, day instanceof Date, applied instanceof Day, copy instanceof Date,
                Date.prototype.constructor === Date, fixed.constructor === Date, Object.getPrototypeOf(Day) === Date,
                Object.getPrototypeOf(day) === Day.prototype, Object.prototype.toString.call(new Date()) === '[object Date]'],
            shape: [typeof Date, Date.length, Date.name, Date.now.name, Date.now.length, Math.random.name, Math.random.length,
                Object.keys(Date).length, Object.keys(Math).length, String(invalid), Object.getOwnPropertyNames(Date).sort().join()],
            inside: [Number.isInteger(now()), random() < 1, uuid().length, new Date() instanceof Date, new Day().day() > 0,
                typeof Date(), new Date().getTime() >= text.getTime(), Math.abs(new Date() - Date.now()) < 1000],
        })";
    let run = run(source).await;
    assert_eq!(run.outcome, Outcome::Returned);
    let value = run.value.to_value();
    assert_eq!(value["values"], json!([0, 1796083200000_i64, 1796083200000_i64, 1000, 86400000, 0, 2, 5]));
    assert_eq!(value["is"], json!(vec![true; 10]));
    let shape = json!([
        "function",
        7,
        "Date",
        "now",
        0,
        "random",
        0,
        0,
        0,
        "Invalid Date",
        "UTC,length,name,now,parse,prototype"
    ]);
    assert_eq!(value["shape"], shape);
    assert_eq!(value["inside"], json!([true, true, 36, true, true, "string", true, true]));
}

#[tokio::test]
async fn jobs_of_a_commonjs_top_level_have_run_before_the_first_call() {
    let source = "exports.log = []; Promise.resolve().then(() => exports.log.push('job')); exports.go = () => exports.log";
    let run = run_with(source, call("go", vec![Argument::Auto], json!({})), &Limits::default()).await;
    assert_eq!(run.value.to_value(), json!(["job"]));
}
