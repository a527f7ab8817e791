//! Errors, logs and recorded calls point into the author's source.

use std::sync::Arc;

use script::{Argument, CompileError, Failure, Language, Level, Limits};
use serde_json::json;

use crate::harness::*;

#[tokio::test]
async fn a_throw_in_typescript_has_the_authors_line() {
    let source = "interface A {\n  x: number;\n}\n\ntype B = A;\n\nfunction check(a: B): void {\n  if (a.x > 1) throw new TypeError('too big');\n}\n\
        export default async (bag: any) => {\n  console.warn('at', 11);\n  check({ x: 2 } as A);\n};\n";
    let compiled = compile(source, Language::TypeScript).await;
    let program = SANDBOX.load(&compiled, &Limits::default(), "tests").await.unwrap();
    let call = call("default", vec![Argument::Bag], json!({}));
    let run = SANDBOX.run(&program, "tests", &call, &Limits::default(), Arc::new(TestHost)).await;
    let thrown = thrown(&run);
    assert_eq!((thrown.name.as_str(), thrown.message.as_str()), ("TypeError", "too big"));
    assert_eq!(thrown.line, Some(8));
    assert!(thrown.stack.starts_with("at check (hook.ts:8:"), "{}", thrown.stack);
    assert!(thrown.stack.contains("hook.ts:12:") && !thrown.stack.contains("prelude"), "{}", thrown.stack);
    let log = &run.logs[0];
    assert_eq!((log.level, log.message.as_str(), log.line), (Level::Warn, "at 11", Some(11)));
}

#[tokio::test]
async fn a_loaded_program_of_fifty_lines_takes_less_than_64_kib() {
    let steps: String = (0..46)
        .map(|n| format!("function step{n}(event: any): number {{ return event.user.email.includes('a{n}') ? {n} : step{}(event) }}\n", n + 1))
        .collect();
    let source = format!(
        "const list = ['a', 'b'];\n{steps}function step46(_: any) {{ return list.length }}\nexport default async (event: any) => step0(event);\nexport const n = 1;\n"
    );
    assert_eq!(source.lines().count(), 50);
    let compiled = compile(&source, Language::TypeScript).await;
    let program = SANDBOX.load(&compiled, &Limits::default(), "tests").await.unwrap();
    assert!(program.bytes() < 64 << 10, "{} bytes", program.bytes());
}

#[tokio::test]
async fn a_throw_in_commonjs_has_the_authors_line() {
    let run = run_with(
        "exports.go = async () => {\n  null.x;\n}",
        call("go", vec![], json!({})),
        &Limits::default(),
    )
    .await;
    let thrown = thrown(&run);
    assert_eq!((thrown.name.as_str(), thrown.line), ("TypeError", Some(2)));
    assert!(thrown.stack.contains("hook.js:2:"), "{}", thrown.stack);
}

#[tokio::test]
async fn a_throw_at_top_level_fails_the_load() {
    let compiled = compile("const a = 1;\nthrow new Error('no')", Language::JavaScript).await;
    let failure = SANDBOX.load(&compiled, &Limits::default(), "tests").await.err().unwrap();
    let Failure::Threw(thrown) = failure else { panic!("{failure}") };
    assert_eq!((thrown.message.as_str(), thrown.line), ("no", Some(2)));
}

#[tokio::test]
async fn syntax_errors_are_diagnostics() {
    for (source, language, line, column) in [
        ("const a = 1;\nconst b = ;\n", Language::TypeScript, 2, 11),
        ("function () {", Language::JavaScript, 1, 10),
        ("let x = 1;\nlet x = 2;", Language::JavaScript, 1, 5),
        ("export const é = 'é', b = 'b;", Language::TypeScript, 1, 27),
    ] {
        let error = SANDBOX.compile(source, language, "tests").await.unwrap_err();
        let CompileError::Source(diagnostics) = error else { panic!("{error}") };
        assert_eq!((diagnostics[0].line, diagnostics[0].column), (line, column), "{source}: {diagnostics:?}");
    }
}

#[tokio::test]
async fn thrown_values_that_are_no_errors_are_shown() {
    for (body, message) in
        [("throw 'plain'", "plain"), ("throw { a: 1 }", "{ a: 1 }"), ("throw undefined", "undefined")]
    {
        let run = run(&handler(body)).await;
        assert_eq!(thrown(&run).message, message);
    }
}

#[tokio::test]
async fn imports_of_packages_are_clear_errors_with_a_line() {
    let source = "\nimport axios from 'axios'; export default () => 1";
    let error = SANDBOX.compile(source, Language::JavaScript, "tests").await.unwrap_err();
    let CompileError::Source(found) = error else { panic!("{error}") };
    assert_eq!((found[0].message.as_str(), found[0].line), ("Cannot find module 'axios': use fetch", 2));

    let compiled = compile("\nconst a = require('axios'); exports.a = () => 1", Language::JavaScript).await;
    let failure = SANDBOX.load(&compiled, &Limits::default(), "tests").await.err().unwrap();
    let Failure::Threw(thrown) = failure else { panic!("{failure}") };
    assert_eq!((thrown.message.as_str(), thrown.line), ("Cannot find module 'axios': use fetch", Some(2)));
}

#[tokio::test]
async fn a_logged_error_has_the_authors_lines() {
    let source = "type A = number;\n\ninterface B { a: A }\n\nexport default async () => {\n  const error = new Error('oops');\n\
        console.error(error);\n  console.log({ error });\n  Promise.reject(error);\n};\n";
    let compiled = compile(source, Language::TypeScript).await;
    let program = SANDBOX.load(&compiled, &Limits::default(), "tests").await.unwrap();
    let call = call("default", vec![Argument::Bag], json!({}));
    let run = SANDBOX.run(&program, "tests", &call, &Limits::default(), Arc::new(TestHost)).await;
    assert_eq!(run.logs.len(), 3);
    for log in &run.logs {
        assert!(log.message.contains("hook.ts:6:"), "{}", log.message);
        assert!(!log.message.contains("hook.js") && !log.message.contains("prelude"), "{}", log.message);
    }
}

#[tokio::test]
async fn a_throw_of_the_authors_own_class_has_the_line_of_the_throw() {
    for class in [
        "class MyErr extends Error {}",
        "class MyErr extends Error { constructor(text) { super(text); } }",
        "class Base extends TypeError {} class MyErr extends Base {}",
    ] {
        let source = format!("{class}\nexport default () => {{\n  throw new MyErr('no');\n}};\n");
        let run = run(&source).await;
        let thrown = thrown(&run);
        assert_eq!((thrown.message.as_str(), thrown.line), ("no", Some(3)), "{class}: {}", thrown.stack);
    }
}
