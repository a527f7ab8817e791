//! What hooks cannot have: errors that name it and say what to use instead.

use serde_json::json;

use crate::harness::*;

#[tokio::test]
async fn a_name_that_is_not_there_says_what_to_use_instead() {
    for (body, name, instead) in [
        ("new Intl.DateTimeFormat('de')", "Intl", "write formats out by hand"),
        ("Buffer.from('x')", "Buffer", "Uint8Array"),
        ("process.env.X", "process", "event.secrets"),
        ("setImmediate(() => {})", "setImmediate", "queueMicrotask"),
        ("new XMLHttpRequest()", "XMLHttpRequest", "use fetch"),
        ("require('crypto')", "require", "import"),
        ("WebAssembly.compile()", "WebAssembly", "JavaScript or TypeScript"),
    ] {
        let run = run(&handler(body)).await;
        let thrown = thrown(&run);
        assert_eq!(thrown.name, "ReferenceError", "{body}");
        assert!(thrown.message.starts_with(&format!("{name} is not defined: ")), "{}", thrown.message);
        assert!(thrown.message.contains(instead), "{}", thrown.message);
    }
    // Code that asks first finds that it is absent; the author's own names get no advice.
    assert_eq!(
        value_of("return [typeof Intl, typeof Buffer, typeof process]").await,
        json!(["undefined", "undefined", "undefined"])
    );
    let run = run(&handler("mine()")).await;
    assert_eq!(thrown(&run).message, "mine is not defined");
}

#[tokio::test]
async fn a_locale_is_refused_rather_than_ignored() {
    for (body, name) in [
        ("new Date(0).toLocaleString('de')", "toLocaleString"),
        ("new Date(0).toLocaleDateString(undefined, { month: 'long' })", "toLocaleDateString"),
        ("new Date(0).toLocaleTimeString(['fr'])", "toLocaleTimeString"),
        ("(1234.5).toLocaleString('de')", "toLocaleString"),
        ("(1n).toLocaleString('de')", "toLocaleString"),
        ("[1].toLocaleString('de')", "toLocaleString"),
        ("'a'.localeCompare('b', 'sv')", "localeCompare"),
        ("'a'.localeCompare('b', undefined, { sensitivity: 'base' })", "localeCompare"),
        ("'i'.toLocaleUpperCase('tr')", "toLocaleUpperCase"),
    ] {
        let run = run(&handler(body)).await;
        let thrown = thrown(&run);
        assert_eq!((thrown.name.as_str(), thrown.line), ("TypeError", Some(2)), "{body}");
        assert!(thrown.message.starts_with(&format!("{name} takes no locale")), "{}", thrown.message);
    }
    let value = value_of(
        "return ['b'.localeCompare('a'), 'I'.toLocaleLowerCase(), (5).toLocaleString(), [1, 2].toLocaleString(), typeof new Date(0).toLocaleString(), String.prototype.localeCompare.name, String.prototype.localeCompare.length]",
    )
    .await;
    assert_eq!(value, json!([1, "i", "5", "1,2", "string", "localeCompare", 1]));
}

#[tokio::test]
async fn globals_are_defined_as_builtins_are() {
    let value = value_of(
        "const names = ['URL', 'URLSearchParams', 'TextEncoder', 'TextDecoder', 'Event', 'CustomEvent', 'EventTarget', 'AbortController', 'AbortSignal', 'setTimeout', 'clearTimeout',\n\
           'structuredClone', 'crypto', 'console', 'performance', 'queueMicrotask', 'atob', 'btoa', 'fetch', 'Headers', 'Request', 'Response', 'DOMException'];\n\
         return [names.filter((name) => { const d = Object.getOwnPropertyDescriptor(globalThis, name); return !d?.writable || !d.configurable }), Object.keys(globalThis).filter((name) => names.includes(name) && name !== 'performance'),\n\
           typeof performance.now(), typeof performance.timeOrigin, Object.prototype.toString.call(performance)]",
    )
    .await;
    assert_eq!(value, json!([[], [], "number", "number", "[object Performance]"]));
}

#[tokio::test]
async fn base64_follows_the_web() {
    let value = value_of(
        "const tried = (work) => { try { return work() } catch (e) { return e.name } };\n\
         return [btoa('\\xff\\0'), [...atob(' /w A= ')].map((c) => c.charCodeAt(0)), tried(() => btoa('ü€')), tried(() => atob('a')), tried(() => atob('ab=c')), atob('YQ'), btoa(null)]",
    )
    .await;
    assert_eq!(
        value,
        json!([
            "/wA=",
            [255, 0],
            "InvalidCharacterError",
            "InvalidCharacterError",
            "InvalidCharacterError",
            "a",
            "bnVsbA=="
        ])
    );
}
