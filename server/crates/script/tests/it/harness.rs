//! What the tests share: one sandbox, a host that records, and short ways to run a source.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use async_trait::async_trait;
use script::{
    Argument, Behaviour, Call, Compiled, Host, HostError, Json, Language, Limits, Method, Outcome, Program,
    Run, Sandbox, SandboxConfig, Thrown,
};
use serde_json::{Value, json};

/// The sandbox of all tests.
pub static SANDBOX: LazyLock<Sandbox> = LazyLock::new(|| Sandbox::new(SandboxConfig::default()).unwrap());

/// A host with a few operations.
pub struct TestHost;

#[async_trait]
impl Host for TestHost {
    async fn call(&self, operation: &str, args: Json) -> Result<Json, HostError> {
        let args: Vec<Value> = args.parse().unwrap();
        let answer = match operation.strip_prefix("Aerocall.").unwrap_or(operation) {
            "cache.get" => Ok(json!({ "value": args[0], "expires_at": 1 })),
            "echo" => Ok(Value::Array(args)),
            "slow" => {
                tokio::time::sleep(Duration::from_millis(args[0].as_u64().unwrap_or(50))).await;
                Ok(json!("slept"))
            }
            "large" => Ok(Value::String("x".repeat(args[0].as_u64().unwrap() as usize))),
            "panic" => panic!("the host panics on purpose"),
            "fetch" => fetch(&args[0]),
            _ => Err(HostError::new(format!("{operation} failed on purpose"))),
        };
        answer.map(|value| Json::of(&value).unwrap())
    }
}

/// Answers with the request as JSON; below `/echo` with its body, below `/empty` with none.
fn fetch(request: &Value) -> Result<Value, HostError> {
    let url = request["url"].as_str().unwrap();
    let body = match url {
        url if url.ends_with("/echo") => request["body"].clone(),
        url if url.ends_with("/empty") => Value::Null,
        _ => Value::String(request.to_string()),
    };
    Ok(json!({
        "status": 201, "statusText": "Created", "url": url, "redirected": url.ends_with("/redirected"), "body": body,
        "headers": [["content-type", "application/json"], ["x-a", "1"], ["x-a", "2"], ["set-cookie", "a=1, b"],
            ["set-cookie", "c=2"]],
    }))
}

/// A method of `api` or `Aerocall`.
pub fn method(path: &'static str, behaviour: Behaviour) -> Method {
    Method { path: path.into(), behaviour, params: "".into() }
}

/// A call of `handler` with the test's methods.
pub fn call(handler: &str, arguments: Vec<Argument>, event: Value) -> Call {
    Call {
        handler: handler.to_owned(),
        arguments,
        event,
        context: json!({ "project": "p1" }),
        payload: json!({ "email": "a@b.c" }),
        api: vec![
            method("access.deny", Behaviour::Record),
            method("user.setUserMetadata", Behaviour::RecordAsync),
            method("redirect.encodeToken", Behaviour::HostSync),
            method("cache.get", Behaviour::Host),
        ],
        sdk: ["cache.get", "slow", "echo", "large", "fail", "panic"]
            .into_iter()
            .map(|path| method(path, Behaviour::Host))
            .collect(),
    }
}

/// Compiles; the source must be right.
pub async fn compile(source: &str, language: Language) -> Compiled {
    SANDBOX.compile(source, language, "tests").await.unwrap_or_else(|error| panic!("{error}"))
}

/// Compiles and loads a JavaScript source.
pub async fn load(source: &str) -> Program {
    let compiled = compile(source, Language::JavaScript).await;
    SANDBOX.load(&compiled, &Limits::default(), "tests").await.unwrap_or_else(|failure| panic!("{failure}"))
}

/// Runs the default export with the bag.
pub async fn run(source: &str) -> Run {
    run_with(source, call("default", vec![Argument::Bag], json!({})), &Limits::default()).await
}

/// Runs a call of a JavaScript source.
pub async fn run_with(source: &str, call: Call, limits: &Limits) -> Run {
    let program = load(source).await;
    SANDBOX.run(&program, "tests", &call, limits, Arc::new(TestHost)).await
}

/// The value of `export default async (bag) => { body }`; it must return.
pub async fn value_of(body: &str) -> Value {
    let run = run(&handler(body)).await;
    assert_eq!(run.outcome, Outcome::Returned, "{body}");
    run.value.to_value()
}

/// A source whose default export has this body.
pub fn handler(body: &str) -> String {
    format!("export default async function hook({{ event, api, context, payload, Aerocall }}) {{\n{body}\n}}")
}

/// What a run threw.
pub fn thrown(run: &Run) -> &Thrown {
    match &run.outcome {
        Outcome::Threw(thrown) => thrown,
        other => panic!("expected a throw, got {other:?}"),
    }
}
