//! `console`, and errors in logs and records.

use script::Level;
use serde_json::json;

use crate::harness::*;

/// The lines that a body logs; it must return.
async fn logged(body: &str) -> Vec<(Level, String)> {
    let run = run(&handler(body)).await;
    assert_eq!(run.outcome, script::Outcome::Returned, "{body}");
    run.logs.into_iter().map(|line| (line.level, line.message)).collect()
}

async fn texts(body: &str) -> Vec<String> {
    logged(body).await.into_iter().map(|(_, text)| text).collect()
}

#[tokio::test]
async fn values_are_shown_readably() {
    let lines = texts(
        "class Point { #secret = 1; constructor() { this.x = 1 } get y() { return 2 } }\n\
         const circular = { name: 'c' }; circular.self = circular;\n\
         console.log('a', 1, { b: [1n, undefined, () => 1, -0], 'c-d': \"it's\", [Symbol('s')]: null }, 'plain');\n\
         console.log(new Map([[{ k: 1 }, new Set(['v'])]]), new Date(0), /a+/g, new Point(), new Uint8Array([1, 2]), [1, , 3]);\n\
         console.log(circular, { get got() { throw new Error('not asked') } }, Object.create(null), new (class extends Map {})(), class A {}, Object(1));\n\
         console.log(new URL('https://a.b/c').href, new AbortController().signal, new ArrayBuffer(3), Promise.resolve(1), new WeakMap());\n\
         console.log(null, undefined, Symbol('s'), true, 'x'.repeat(3), new Date(NaN), { deep: { deep: { deep: { deep: { deep: { deep: { deep: 1 } } } } } } });\n\
         console.log(Array.from({ length: 200 }, (_, n) => n).slice(0, 3), Array(200).fill(7))",
    )
    .await;
    assert_eq!(
        lines[0],
        "a 1 {\n  b: [ 1n, undefined, [Function (anonymous)], -0 ],\n  'c-d': \"it's\",\n  [Symbol(s)]: null\n} plain"
    );
    assert_eq!(
        lines[1],
        "Map(1) { { k: 1 } => Set(1) { 'v' } } 1970-01-01T00:00:00.000Z /a+/g Point { x: 1 } Uint8Array(2) [ 1, 2 ] [ 1, <1 empty item>, 3 ]"
    );
    assert!(
        lines[2]
            .starts_with("{ name: 'c', self: [Circular] } { got: [Getter] } [Object: null prototype] {} "),
        "{}",
        lines[2]
    );
    assert!(lines[2].ends_with("[class A] [Number: 1]"), "{}", lines[2]);
    assert!(lines[3].starts_with("https://a.b/c AbortSignal { aborted: false"), "{}", lines[3]);
    assert!(lines[3].ends_with("ArrayBuffer { byteLength: 3 } Promise {} WeakMap {}"), "{}", lines[3]);
    assert!(lines[4].starts_with("null undefined Symbol(s) true xxx Invalid Date"), "{}", lines[4]);
    assert!(lines[4].contains("[Object]") && !lines[4].contains('1'), "{}", lines[4]);
    assert!(lines[5].contains("… 100 more"), "{}", lines[5]);
}

#[tokio::test]
async fn a_first_text_says_how_the_others_are_shown() {
    let lines = texts(
        "console.log('%s is %d years and %i, %f%%, %o %O %j%c', 'Ann', '42', 3.9, '1.5', [1], { a: 1 }, { b: 2 }, 'color: red', 'more', { c: 3 });\n\
         console.log('%s', Symbol('s')); console.log('%d', {}); console.log('100%', 1); console.log('%s'); console.log('%x %s', 1)",
    )
    .await;
    assert_eq!(lines[0], "Ann is 42 years and 3, 1.5%, [ 1 ] { a: 1 } {\"b\":2} more { c: 3 }");
    assert_eq!(lines[1..], ["Symbol(s)", "NaN", "100% 1", "%s", "%x 1"]);
}

#[tokio::test]
async fn every_method_of_the_standard_is_there() {
    let lines = logged(
        "console.group('outer'); console.info('in\\ntwo'); console.groupCollapsed(); console.log('deeper'); console.groupEnd(); console.groupEnd(); console.groupEnd();\n\
         console.assert(true, 'no'); console.assert(false, 'because %s', 'x'); console.assert(0);\n\
         console.count(); console.count(); console.countReset(); console.count(); console.count('n'); console.countReset('nope');\n\
         console.time('t'); console.time('t'); console.timeLog('t', 1); console.timeEnd('t'); console.timeEnd('t');\n\
         console.table([{ a: 1, b: 'x' }, { a: 2 }]); console.table(5); console.dir({ a: 1 }); console.dirxml('x'); console.trace('here'); console.clear();\n\
         const { warn } = console; warn('alone')",
    )
    .await;
    let texts: Vec<_> = lines.iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(
        texts[..5],
        ["outer", "  in\n  two", "    deeper", "Assertion failed: because x", "Assertion failed"]
    );
    assert_eq!(
        texts[5..10],
        ["default: 1", "default: 2", "default: 1", "n: 1", "Count for 'nope' does not exist"]
    );
    assert_eq!(texts[10], "Timer 't' already exists");
    assert!(texts[11].starts_with("t: ") && texts[11].ends_with(" ms 1"), "{}", texts[11]);
    assert_eq!(texts[13], "Timer 't' does not exist");
    assert_eq!(
        texts[14],
        "┌─────────┬───┬─────┐\n│ (index) │ a │ b   │\n├─────────┼───┼─────┤\n│ 0       │ 1 │ 'x' │\n│ 1       │ 2 │     │\n└─────────┴───┴─────┘"
    );
    assert_eq!(texts[15..18], ["5", "{ a: 1 }", "x"]);
    assert!(texts[18].starts_with("Trace: here\n"), "{}", texts[18]);
    assert_eq!(lines[19], (Level::Warn, "alone".to_owned()));
    assert_eq!((lines[3].0, lines[4].0, lines[9].0), (Level::Error, Level::Error, Level::Warn));
}

#[tokio::test]
async fn a_method_that_only_other_platforms_have_refuses_nothing() {
    let lines = logged(
        "console.profile('p'); console.timeStamp(); console.exception?.('e'); return typeof console.then",
    )
    .await;
    assert_eq!(lines.len(), 3);
    assert_eq!(
        lines[0],
        (Level::Warn, "console.profile is not available in hooks; it was called with p".to_owned())
    );
    assert_eq!(
        value_of("return `${console} ${typeof console.then}`").await,
        json!("[object console] undefined")
    );
}

#[tokio::test]
async fn causes_and_gathered_errors_stay_in_logs_and_records() {
    let body = "const inner = new RangeError('inner'); inner.code = 'E1';\n\
                const outer = new Error('outer', { cause: new TypeError('middle', { cause: inner }) });\n";
    let lines = texts(&format!("{body} console.error(outer); console.log({{ outer }})")).await;
    for line in &lines {
        let at = |text: &str| line.find(text).unwrap_or_else(|| panic!("{text} is not in {line}"));
        assert!(at("Error: outer") < at("[cause]: TypeError: middle"), "{line}");
        assert!(at("TypeError: middle") < at("[cause]: RangeError: inner"), "{line}");
        assert!(at("RangeError: inner") < at("code: 'E1'"), "{line}");
    }
    let failed =
        run(&handler(&format!("{body} throw new AggregateError([outer, 7, {{ a: 1 }}], 'all')"))).await;
    let thrown = thrown(&failed);
    assert_eq!(
        (thrown.name.as_str(), thrown.message.as_str(), thrown.line),
        ("AggregateError", "all", Some(4))
    );
    for text in [
        "[errors]: [",
        "Error: outer",
        "[cause]: TypeError: middle",
        "[cause]: RangeError: inner",
        "{ a: 1 }",
    ] {
        assert!(thrown.stack.contains(text), "{text} is not in {}", thrown.stack);
    }
}

#[tokio::test]
async fn an_error_that_is_its_own_cause_ends() {
    let failed = run(&handler("const e = new Error('round'); e.cause = e; console.log(e); throw e")).await;
    assert!(failed.logs[0].message.contains("[cause]: [Circular]"), "{}", failed.logs[0].message);
    assert!(thrown(&failed).stack.contains("[cause]: [Circular]"));
}

#[tokio::test]
async fn hook_code_that_replaces_builtins_is_still_shown() {
    let lines = texts(
        "Map.prototype.entries = Array.prototype.map = null; Object.getOwnPropertyDescriptor = null; JSON.stringify = () => 'mine';\n\
         console.log(new Map([[1, 2]]), { a: 1 })",
    )
    .await;
    assert_eq!(lines.len(), 1);
}
