//! `URL` and `URLSearchParams`, measured by the data that the `url` crate publishes.

use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use script::{Argument, Limits, Outcome};
use serde_json::{Value, json};

use crate::harness::*;

/// A file in the folder `tests` of the `url` crate that this crate is tested with.
fn published(name: &str) -> Value {
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--offline", "--filter-platform"])
        // Other platforms have packages that are not there.
        .arg(format!("{}-unknown-linux-gnu", std::env::consts::ARCH))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&metadata.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let package =
        packages.iter().find(|package| package["name"] == "url" && package["source"] != Value::Null);
    let manifest = PathBuf::from(package.unwrap()["manifest_path"].as_str().unwrap());
    let path = manifest.parent().unwrap().join("tests").join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Runs a body whose `event` is the data, with time for all of it; returns the failures that it lists.
async fn failures(body: &str, event: Value) -> Vec<String> {
    let limits = Limits {
        cpu: Duration::from_secs(30),
        memory: 64 << 20,
        wall: Duration::from_secs(90),
        ..Limits::default()
    };
    let program = load(&handler(body)).await;
    let call = call("default", vec![Argument::Bag], event);
    let run = SANDBOX.run(&program, "tests", &call, &limits, Arc::new(TestHost)).await;
    assert_eq!(run.outcome, Outcome::Returned);
    run.value.parse().unwrap()
}

// The data are older than two changes of the standard: `^` in a path and a space at the end of an opaque path are
// percent-encoded by now.
#[tokio::test]
async fn n23_urls_are_parsed_as_the_published_data_say() {
    let data = published("urltestdata.json");
    assert!(data.as_array().unwrap().len() > 800);
    let failed = failures(
        "const failed = [];\n\
         for (const test of event.filter((test) => typeof test === 'object')) {\n\
           let url = null;\n\
           try { url = test.base === null ? new URL(test.input) : new URL(test.input, test.base) } catch {}\n\
           const name = `${test.input} against ${test.base}`;\n\
           if (test.pathname?.includes('^')) continue;\n\
           if (test.failure) { if (url !== null) failed.push(`${name}: is ${url}`); continue }\n\
           if (url === null) { failed.push(`${name}: throws`); continue }\n\
           for (const part of ['href', 'protocol', 'username', 'password', 'host', 'hostname', 'port', 'pathname', 'search', 'hash', 'origin'])\n\
             if (part in test && url[part] !== test[part]) failed.push(`${name}: ${part} is ${url[part]}`);\n\
         }\n\
         return failed",
        data,
    )
    .await;
    assert_eq!(failed, Vec::<String>::new());
}

#[tokio::test]
async fn n23_parts_of_urls_are_set_as_the_published_data_say() {
    let failed = failures(
        "const failed = [];\n\
         for (const [part, tests] of Object.entries(event)) {\n\
           if (part === 'comment') continue;\n\
           for (const { href, new_value, expected } of tests) {\n\
             if (expected.pathname?.includes('^') || /^(data|sc):space +/.test(href)) continue;\n\
             const url = new URL(href); url[part] = new_value;\n\
             for (const [name, value] of Object.entries(expected))\n\
               if (url[name] !== value) failed.push(`${href}: after ${part} = ${new_value} ${name} is ${url[name]}`);\n\
           }\n\
         }\n\
         return failed",
        published("setters_tests.json"),
    )
    .await;
    assert_eq!(failed, Vec::<String>::new());
}

#[tokio::test]
async fn what_urls_and_their_parameters_have() {
    let value = value_of(
        "const p = new URLSearchParams([['b', '2'], ['a', '1'], ['a', '3']]); const size = p.size;\n\
         p.sort(); p.delete('a', '3');\n\
         const u = new URL('https://a.b/?x=1'); for (const [k, v] of u.searchParams) u.searchParams.set(k, v + '0');\n\
         return [URL.canParse('/x'), URL.canParse('/x', 'https://a.b'), URL.parse('nope'), URL.parse('/x', 'https://a.b').href,\n\
         size, `${p}`, p.has('a', '1'), p.has('a', '3'), [...p.keys()], u.href, URL.name, Object.prototype.toString.call(p), JSON.stringify({ u }),\n\
         new URLSearchParams({ a: 'ü', b: [1, 2] }).toString()]",
    )
    .await;
    assert_eq!(
        value,
        json!([
            false,
            true,
            null,
            "https://a.b/x",
            3,
            "a=1&b=2",
            true,
            false,
            ["a", "b"],
            "https://a.b/?x=10",
            "URL",
            "[object URLSearchParams]",
            "{\"u\":\"https://a.b/?x=10\"}",
            "a=%C3%BC&b=1%2C2"
        ])
    );
}
