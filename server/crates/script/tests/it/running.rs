//! Signatures, module formats, recording, values.

use std::sync::Arc;

use script::{Argument, Language, Limits, Outcome};
use serde_json::json;

use crate::harness::*;

#[tokio::test]
async fn a_module_returns_a_value_and_gets_the_bag() {
    let value =
        value_of("return [event, context, payload, typeof api.access.deny, Object.keys(Aerocall)]").await;
    assert_eq!(
        value,
        json!([{}, { "project": "p1" }, { "email": "a@b.c" }, "function", ["cache", "slow", "echo", "large", "fail", "panic"]])
    );
}

#[tokio::test]
async fn auto_tells_the_two_signatures_apart() {
    let two = "exports.go = async (event, api) => [event.id, typeof api.access.deny]";
    let one = "exports.go = async ({ event, Aerocall }) => [event.id, typeof Aerocall.cache.get]";
    let event = "module.exports = { go: async (event) => [event.id, typeof event.Aerocall.cache.get] }";
    for source in [two, one, event] {
        let run =
            run_with(source, call("go", vec![Argument::Auto], json!({ "id": 7 })), &Limits::default()).await;
        assert_eq!(
            (run.outcome, run.value.to_value()),
            (Outcome::Returned, json!([7, "function"])),
            "{source}"
        );
    }
}

#[tokio::test]
async fn arguments_can_be_paths_into_the_event() {
    let source =
        "export function after_register(user, missing) { return [user.email, missing === undefined] }";
    let arguments = vec![Argument::Path("user".into()), Argument::Path("a.b.c".into())];
    let run = run_with(
        source,
        call("after_register", arguments, json!({ "user": { "email": "x@y.z" } })),
        &Limits::default(),
    )
    .await;
    assert_eq!(run.value.to_value(), json!(["x@y.z", true]));
}

#[tokio::test]
async fn commonjs_in_its_three_forms() {
    for (source, expected) in [
        ("exports.a = () => 1; exports.b = () => 2; exports.n = 3", vec!["a", "b"]),
        ("module.exports = { a() {}, roles: { beforeCreate() {} } }", vec!["a", "roles.beforeCreate"]),
        ("module.exports = async (event, api) => 1", vec!["default"]),
    ] {
        assert_eq!(load(source).await.exports(), expected, "{source}");
    }
}

#[tokio::test]
async fn typescript_is_compiled_and_runs() {
    let source = "import type { X } from './types';\ninterface Event { user: { email: string } }\nenum Kind { A = 1, B }\n\
        export const onExecutePostLogin = async (event: Event, api: any): Promise<unknown> => {\n\
        \x20 if (event.user!.email.endsWith('@example.com' as string)) api.access.deny('no', `x`);\n  await fetch('https://a.b/');\n  return Kind.B satisfies number;\n};\n";
    let compiled = compile(source, Language::TypeScript).await;
    assert_eq!(compiled.exports, ["onExecutePostLogin"]);
    let calls: Vec<_> = compiled
        .calls
        .iter()
        .map(|call| (call.callee.as_str(), call.literals.join("|"), call.line))
        .collect();
    assert_eq!(
        calls,
        [
            ("event.user.email.endsWith", String::new(), 5),
            ("api.access.deny", "no|x".to_owned(), 5),
            ("fetch", "https://a.b/".to_owned(), 6),
        ]
    );
    let program = SANDBOX.load(&compiled, &Limits::default(), "tests").await.unwrap();
    let call = call(
        "onExecutePostLogin",
        vec![Argument::Event, Argument::Api],
        json!({ "user": { "email": "a@example.com" } }),
    );
    let run = SANDBOX.run(&program, "tests", &call, &Limits::default(), Arc::new(TestHost)).await;
    assert_eq!((run.outcome, run.value.to_value()), (Outcome::Returned, json!(2)));
    let deny = &run.recorded[0];
    assert_eq!(
        (deny.method.as_str(), deny.args.to_value(), deny.line),
        ("access.deny", json!(["no", "x"]), Some(5))
    );
}

#[tokio::test]
async fn the_export_of_typescript_is_that_of_commonjs() {
    for source in [
        "export = { beforeSignup: async (event: unknown): Promise<number> => 1 };",
        "async function beforeSignup(event: unknown): Promise<number> { return 1 }\nexport = { beforeSignup };",
        "import type { X } from './types';\ntype Y = X;\nexport = { beforeSignup: (event: Y): number => 1 };",
    ] {
        let compiled = compile(source, Language::TypeScript).await;
        assert_eq!(compiled.exports, ["beforeSignup"], "{source}");
        let program = SANDBOX
            .load(&compiled, &Limits::default(), "tests")
            .await
            .unwrap_or_else(|failure| panic!("{failure}"));
        assert_eq!(program.exports(), ["beforeSignup"], "{source}");
    }
}

#[tokio::test]
async fn n24_what_no_database_can_hold_is_replaced_once_for_every_reader() {
    let run = run(&handler(
        "console.log('l\\0g', { k: '\\0' }); console.log('half \\ud800');\n\
         api.access.deny('no\\0', 'm\\0\\udc00'); await api.user.setUserMetadata('k\\0', { 'a\\0': 1, 'a\\ud800': 2, b: ['\\0'] });\n\
         const echoed = await Aerocall.echo('e\\0', { '\\0': '\\udfff' }); await Aerocall.fail('f\\0').catch(() => {});\n\
         return { echoed, 'v\\0': 'w\\0', 'v\\ud801': 0 }",
    ))
    .await;
    assert_eq!(run.outcome, Outcome::Returned);
    assert_eq!(run.value.to_value(), json!({ "echoed": ["e�", { "�": "�" }], "v�": "w�" }));
    let logs: Vec<_> = run.logs.iter().map(|line| line.message.as_str()).collect();
    assert_eq!(logs, ["l�g { k: '\\u0000' }", "half �"]);
    let recorded: Vec<_> = run.recorded.iter().map(|call| call.args.to_value()).collect();
    assert_eq!(recorded, [json!(["no�", "m��"]), json!(["k�", { "a�": 1, "b": ["�"] }])]);
    assert_eq!(run.host_calls[0].args, json!(["e�", { "�": "�" }]));
    let thrown = run_with(
        "exports.go = () => { const e = new Error('t\\0\\ud800'); e.name = 'N\\0'; throw e }",
        call("go", vec![Argument::Auto], json!({})),
        &Limits::default(),
    )
    .await;
    let thrown = crate::harness::thrown(&thrown);
    assert_eq!((thrown.name.as_str(), thrown.message.as_str()), ("N�", "t��"));
}
