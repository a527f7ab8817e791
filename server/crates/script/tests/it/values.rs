//! Arguments of `api`: what JSON would lose is an error at the call, and a refusal is never lost.

use std::sync::Arc;

use script::{Argument, Behaviour, Call, Language, Limits, Method, Run};
use serde_json::{Value, json};

use crate::harness::*;

fn api_call() -> Call {
    let method = |path: &'static str, behaviour, params: &'static str| Method {
        path: path.into(),
        behaviour,
        params: params.into(),
    };
    Call {
        api: vec![
            method("access.deny", Behaviour::RecordAlways, "code: string, userMessage?: string"),
            method("accessToken.setCustomClaim", Behaviour::Record, "name: string, value: any"),
            method("user.setUserMetadata", Behaviour::RecordAsync, "key: string, value: any"),
            method("cancel", Behaviour::RecordAlways, ""),
        ],
        ..call("default", vec![Argument::Bag], json!({}))
    }
}

async fn run_api(body: &str) -> Run {
    run_with(&handler(body), api_call(), &Limits::default()).await
}

fn recorded(run: &Run) -> Vec<(&str, Value)> {
    run.recorded.iter().map(|call| (call.method.as_str(), call.args.to_value())).collect()
}

#[tokio::test]
async fn values_that_json_would_lose_are_errors_that_name_key_and_path() {
    for (value, says) in [
        ("undefined", "value is undefined: pass null for an empty value"),
        ("NaN", "value is NaN"),
        ("-Infinity", "value is Infinity"),
        ("() => 1", "value is a function"),
        ("Symbol('x')", "value is a symbol"),
        ("1n", "value is a BigInt: pass String(value) or Number(value)"),
        ("new Map([[1, 2]])", "value is a Map: pass Object.fromEntries(map)"),
        ("new Set([1])", "value is a Set: pass [...set]"),
        ("Promise.resolve(1)", "value is a Promise: await it first"),
        ("(async () => 1)()", "value is a Promise: await it first"),
        ("new Error('x')", "value is an Error: pass error.message"),
        ("new Date(NaN)", "value is an invalid Date"),
        ("/x/", "value is an instance of RegExp: pass a plain object"),
        ("new (class Plan { name = 'pro' })()", "value is an instance of Plan: pass a plain object"),
        ("new Uint8Array(2)", "value is an instance of Uint8Array: pass a plain object"),
        ("{ limits: { max: [1, NaN] } }", "value.limits.max[1] is NaN"),
        ("[undefined]", "value[0] is undefined"),
        ("{ a: { b: () => 1 } }", "value.a.b is a function"),
        ("{ toJSON() { return undefined } }", "value is undefined"),
        (
            "(() => { const o = {}; o.self = { o }; return o })()",
            "value.self.o is an object that contains itself",
        ),
    ] {
        for method in ["api.user.setUserMetadata", "api.accessToken.setCustomClaim"] {
            let run = run_api(&format!("const value = {value};\n{method}('plan', value);\n")).await;
            let thrown = thrown(&run);
            assert_eq!(thrown.name, "TypeError", "{value}");
            let wanted = format!("{method}(\"plan\"): {says}");
            assert!(thrown.message.contains(&wanted), "{} is not {wanted}", thrown.message);
            assert_eq!(thrown.line, Some(3), "{value}: {}", thrown.stack);
            assert_eq!(recorded(&run), [], "{value}");
        }
    }
}

#[tokio::test]
async fn a_wrong_value_fails_also_where_nobody_awaits_the_promise() {
    let run = run_api("api.user.setUserMetadata('a', NaN); return 'went on'").await;
    assert_eq!(thrown(&run).name, "TypeError");
}

#[tokio::test]
async fn values_with_a_json_form_arrive_as_it() {
    let run = run_api(
        "const shared = { s: 1 };\n\
         await api.user.setUserMetadata('a', { date: new Date(0), url: new URL('https://a.b/'), none: null, left: undefined,\n\
         list: [1.5, 'ü', true], empty: {}, bare: Object.assign(Object.create(null), { x: 1 }), one: shared, two: shared });\n\
         api.accessToken.setCustomClaim('b', null).accessToken.setCustomClaim('c', '');",
    )
    .await;
    let value = json!({
        "date": "1970-01-01T00:00:00.000Z", "url": "https://a.b/", "none": null, "list": [1.5, "ü", true], "empty": {},
        "bare": { "x": 1 }, "one": { "s": 1 }, "two": { "s": 1 },
    });
    assert_eq!(
        recorded(&run),
        [
            ("user.setUserMetadata", json!(["a", value])),
            ("accessToken.setCustomClaim", json!(["b", null])),
            ("accessToken.setCustomClaim", json!(["c", ""])),
        ]
    );
}

#[tokio::test]
async fn arguments_of_a_wrong_kind_are_errors_with_a_line() {
    for (call, says) in [
        (
            "api.accessToken.setCustomClaim(123, 1)",
            "api.accessToken.setCustomClaim: name must be a string, not a number",
        ),
        ("api.accessToken.setCustomClaim()", "name must be a string, not undefined"),
        ("api.accessToken.setCustomClaim('a')", "api.accessToken.setCustomClaim(\"a\"): value is missing"),
        ("api.accessToken.setCustomClaim({ plan: 1 })", "name must be a string, not an object"),
        ("api.user.setUserMetadata(['a'], 1)", "key must be a string, not a list"),
        ("api.user.setUserMetadata(null, 1)", "key must be a string, not null"),
    ] {
        let run = run_api(&format!("\n{call};")).await;
        let thrown = thrown(&run);
        assert!(thrown.message.contains(says), "{call}: {}", thrown.message);
        assert_eq!((thrown.name.as_str(), thrown.line), ("TypeError", Some(3)), "{call}");
        assert_eq!(recorded(&run), [], "{call}");
    }
}

#[tokio::test]
async fn a_refusal_with_wrong_arguments_is_an_error_and_refuses_all_the_same() {
    for (call, args) in [
        ("api.access.deny()", json!([])),
        ("api.access.deny(403)", json!([null])),
        ("api.access.deny(new Error('x'), 'Not today')", json!([null, "Not today"])),
        ("api.access.deny('blocked', { text: 'x' })", json!(["blocked", null])),
    ] {
        let run = run_api(&format!("\n{call};")).await;
        assert!(thrown(&run).message.contains("must be a string"), "{call}: {}", thrown(&run).message);
        assert_eq!(thrown(&run).line, Some(3), "{call}");
        assert_eq!(recorded(&run), [("access.deny", args)], "{call}");
        let caught = run_api(&format!("try {{ {call} }} catch {{}}")).await;
        assert_eq!(recorded(&caught).len(), 1, "{call}");
    }
    let right = run_api("api.access.deny('a'); api.access.deny('a', undefined); api.cancel()").await;
    let expected =
        [("access.deny", json!(["a", null])), ("access.deny", json!(["a", null])), ("cancel", json!([]))];
    assert_eq!(recorded(&right), expected);
}

#[tokio::test]
async fn a_returned_api_object_is_no_value() {
    let run = run_api("return api.access.deny('blocked')").await;
    assert_eq!((recorded(&run).len(), run.value.to_value()), (1, Value::Null));
}

#[tokio::test]
async fn values_for_the_host_are_checked_as_well() {
    let run = run(&handler("await Aerocall.echo('k', { n: NaN })")).await;
    assert!(thrown(&run).message.contains("Aerocall.echo: argument 2.n is NaN"), "{}", thrown(&run).message);
    let value = value_of("return await Aerocall.echo('k', { n: 1, left: undefined }, undefined)").await;
    assert_eq!(value, json!(["k", { "n": 1 }, null]));
}

#[tokio::test]
async fn a_hook_that_replaces_builtins_loses_no_refusal() {
    let spoilt = [
        "Array.prototype.map = Array.prototype.join = Array.prototype.push = broken;",
        "Object.getPrototypeOf([][Symbol.iterator]()).next = broken;",
        "Array.prototype[Symbol.iterator] = broken;",
        "String.prototype.split = String.prototype.slice = String.prototype.indexOf = broken;",
        "String.prototype.endsWith = String.prototype[Symbol.split] = broken;",
        "Function.prototype.call = Function.prototype.apply = Function.prototype.bind = broken;",
        "globalThis.TypeError = globalThis.String = globalThis.Error = broken;",
        "Error.prepareStackTrace = () => ({ toString: broken });",
        "Object.defineProperty(Array.prototype, '0', { set: broken });",
        "Object.defineProperty(Object.prototype, 'access', { value: null });",
        "Math.max = Array.isArray = Reflect.apply = Object.freeze = Object.defineProperty = broken;",
        "Object.prototype.get = Object.prototype.set = broken;",
    ];
    let all = spoilt.concat();
    for spoilt in spoilt.into_iter().chain([&*all]) {
        for (call, args) in [("'x'", json!(["x"])), ("'x', 1", json!(["x", null])), ("", json!([]))] {
            let spoil = format!("const broken = () => {{ throw 1 }}; {spoilt}");
            let deny = format!("api.access.deny({call})");
            for source in [handler(&format!("{spoil} {deny}")), format!("{spoil} {}", handler(&deny))] {
                let compiled = compile(&source, Language::JavaScript).await;
                // What cannot be loaded cannot be deployed.
                let loaded = SANDBOX.load(&compiled, &Limits::default(), "tests").await;
                let Ok(program) = loaded else { continue };
                let limits = Limits::default();
                let run = SANDBOX.run(&program, "tests", &api_call(), &limits, Arc::new(TestHost)).await;
                let [refusal] = &*run.recorded else { panic!("{:?}: {source}", run.outcome) };
                assert_eq!(refusal.method, "access.deny", "{source}");
                let shown = refusal.args.to_value();
                // What is left out may be null.
                assert!(shown == args || shown == json!(["x", null]) && call == "'x'", "{shown}: {source}");
            }
        }
    }
}
