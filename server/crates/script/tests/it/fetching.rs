//! `fetch` between hook code and the host.

use script::Limits;
use serde_json::{Value, json};

use crate::harness::*;

/// Name and message of what the body throws.
async fn error_of(body: &str) -> (String, String) {
    let value =
        value_of(&format!("try {{ {body} }} catch (e) {{ return [String(e.name), String(e.message)] }}"))
            .await;
    let text = |at: usize| value[at].as_str().unwrap_or_else(|| panic!("{body}: {value}")).to_owned();
    (text(0), text(1))
}

/// The request that the host gets.
async fn request_of(arguments: &str) -> Value {
    value_of(&format!("return (await fetch({arguments})).json()")).await
}

#[tokio::test]
async fn a_request_reaches_the_host_and_its_answer_the_code() {
    let value = value_of(
        "const r = await fetch('https://a.b/c?d=1', { method: 'post', headers: { 'X-Y': 'z' }, body: new URLSearchParams({ q: 'ü' }) });\n\
         const got = await r.clone().json();\n\
         return { status: r.status, ok: r.ok, text: r.statusText, type: r.type, has: r.headers.has('nope'), url: r.url, got,\n\
         cookies: r.headers.getSetCookie(), lines: r.headers.get('X-A'), redirected: r.redirected,\n\
         bytes: (await r.arrayBuffer()).byteLength > 10, used: r.bodyUsed }",
    )
    .await;
    assert_eq!(
        value,
        json!({
            "status": 201, "ok": true, "text": "Created", "type": "basic", "has": false, "url": "https://a.b/c?d=1",
            "cookies": ["a=1, b", "c=2"], "lines": "1, 2", "redirected": false, "bytes": true, "used": true,
            "got": { "url": "https://a.b/c?d=1", "method": "POST", "redirect": "follow", "body": "q=%C3%BC",
                "headers": [["x-y", "z"], ["content-type", "application/x-www-form-urlencoded;charset=UTF-8"]] },
        })
    );
    assert_eq!(value_of("return (await fetch('https://a.b/redirected')).redirected").await, json!(true));
}

#[tokio::test]
async fn every_kind_of_body_is_sent() {
    for (body, sent, content_type) in [
        ("'text ü'", json!("text ü"), Some("text/plain;charset=UTF-8")),
        ("'\\ud800'", json!("\u{fffd}"), Some("text/plain;charset=UTF-8")),
        ("new TextEncoder().encode('text')", json!("text"), None),
        ("new Uint8Array([1, 120, 121, 2]).subarray(1, 3)", json!("xy"), None),
        ("new Uint8Array([137, 80, 78, 71, 0, 255]).buffer", json!({"base64": "iVBORwD/", "size": 6}), None),
        ("new DataView(new Uint8Array([0, 255]).buffer, 1)", json!({"base64": "/w==", "size": 1}), None),
        ("'a\\0b'", json!({"base64": "YQBi", "size": 3}), Some("text/plain;charset=UTF-8")),
        ("new Blob(['a', new Uint8Array([98])], { type: 'x/y' })", json!("ab"), Some("x/y")),
        ("new Response('from a stream').body", json!("from a stream"), None),
        ("new Date(NaN)", json!("Invalid Date"), Some("text/plain;charset=UTF-8")),
    ] {
        let request =
            request_of(&format!("'https://a.b/', {{ method: 'PUT', duplex: 'half', body: {body} }}")).await;
        assert_eq!(request["body"], sent, "{body}");
        let expected = content_type.map_or(json!([]), |value| json!([["content-type", value]]));
        assert_eq!(request["headers"], expected, "{body}");
    }
}

#[tokio::test]
async fn bytes_come_back_as_they_were_sent() {
    let value = value_of(
        "const all = Uint8Array.from({ length: 5000 }, (_, at) => at % 256);\n\
         const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0, 0xff]);\n\
         const same = async (bytes) => { const r = await fetch('https://a.b/echo', { method: 'POST', body: bytes });\n\
           const got = await r.clone().bytes(); const buffer = new Uint8Array(await r.clone().arrayBuffer()); const blob = await (await r.blob()).bytes();\n\
           return [got, buffer, blob].every((other) => other.length === bytes.length && other.every((byte, at) => byte === bytes[at])) };\n\
         return Promise.all([same(all), same(png), same(new Uint8Array(0)), same(new TextEncoder().encode('\\ufeffä'))])",
    )
    .await;
    assert_eq!(value, json!([true, true, true, true]));
}

#[tokio::test]
async fn a_byte_order_mark_is_no_part_of_the_text() {
    let value = value_of(
        "const r = () => fetch('https://a.b/echo', { method: 'POST', body: '\\ufeff[1]' });\n\
         const bytes = new Uint8Array([0xef, 0xbb, 0xbf, 0x5b, 0x31, 0x5d]);\n\
         return [await (await r()).text(), await (await r()).json(), (await (await r()).bytes()).length,\n\
           await new Response(bytes).text(), await new Response(bytes).json(), await new Response('\\ufeff\\ufeffx').text()]",
    )
    .await;
    assert_eq!(value, json!(["[1]", [1], 6, "[1]", [1], "\u{feff}x"]));
}

#[tokio::test]
async fn an_object_is_no_body() {
    for body in [
        "{ a: 1 }",
        "[1]",
        "[{}]",
        "new Map()",
        "Promise.resolve('x')",
        "Object.create(null, { toString: { value: () => '[object Null]' } })",
    ] {
        let (name, message) =
            error_of(&format!("await fetch('https://a.b/', {{ method: 'POST', body: {body} }})")).await;
        assert!(name == "TypeError" && message.contains("use JSON.stringify"), "{body}: {message}");
        let (name, message) = error_of(&format!("new Response({body})")).await;
        assert!(name == "TypeError" && message.contains("use JSON.stringify"), "{body}: {message}");
    }
}

#[tokio::test]
async fn what_cannot_be_fetched_says_why() {
    for (arguments, expected) in [
        ("'/path'", "Invalid URL: '/path' (an absolute URL is needed"),
        ("'http://a b/'", "Invalid URL: 'http://a b/'"),
        ("'http://user:hunter2@a b/'", "Invalid URL: 'http://•••@a b/'"),
        ("'https://user:hunter2@a.b/'", "must not hold a user name or password"),
        ("new URL('https://user@a.b/')", "must not hold a user name or password"),
        ("'file:///etc/passwd'", "file: URLs cannot be fetched"),
        ("'blob:https://a.b/1'", "blob: URLs cannot be fetched"),
        ("'https://a.b/', { method: 'TRACE' }", "the method TRACE cannot be used"),
        ("'https://a.b/', { method: 'a b' }", "'a b' is not an HTTP method"),
        ("'https://a.b/', { body: 'x' }", "a GET request cannot have a body"),
        ("'https://a.b/', { headers: { 'x-a': '€' } }", "above U+00FF"),
        ("'https://a.b/', { headers: { 'x-a': 'b\\r\\nc: d' } }", "has a line break or NUL"),
        ("'https://a.b/', { headers: { 'x a': 'b' } }", "'x a' is not a header name"),
        ("'https://a.b/', { integrity: 'sha256-x' }", "does not check `integrity`"),
        ("'https://a.b/', { redirect: 'yes' }", "redirect is 'yes', and can be: follow, error, manual"),
        ("'https://a.b/', { signal: {} }", "must be an AbortSignal"),
        (
            "'https://a.b/', { method: 'POST', body: new Uint8Array(262145) }",
            "has 262145 bytes; a hook can send at most 262144",
        ),
        ("'https://a.b/', { method: 'POST', body: 'x'.repeat(300000) }", "a hook can send at most 262144"),
        ("", "needs 1 argument"),
    ] {
        let (name, message) = error_of(&format!("await fetch({arguments})")).await;
        assert_eq!(name, "TypeError", "{arguments}: {message}");
        assert!(message.contains(expected) && !message.contains("hunter2"), "{arguments}: {message}");
    }
}

#[tokio::test]
async fn the_largest_bodies_of_any_bytes_fit() {
    for body in [
        "'x'.repeat(262144)",
        "'\"'.repeat(262144)",
        "'\\0'.repeat(262144)",
        "new Uint8Array(262144).fill(255)",
    ] {
        let value = value_of(&format!(
            "return (await (await fetch('https://a.b/echo', {{ method: 'POST', body: {body} }})).arrayBuffer()).byteLength"
        ))
        .await;
        assert_eq!(value, json!(262_144), "{body}");
    }
}

#[tokio::test]
async fn methods_are_normalised_as_the_standard_says() {
    for (method, expected) in
        [("get", "GET"), ("Post", "POST"), ("patch", "patch"), ("PATCH", "PATCH"), ("query", "query")]
    {
        assert_eq!(
            request_of(&format!("'https://a.b/', {{ method: '{method}' }}")).await["method"],
            expected
        );
    }
}

#[tokio::test]
async fn a_signal_gives_a_fetch_up_with_its_reason() {
    let value = value_of(
        "const seen = []; const note = (promise) => promise.catch((e) => seen.push(e?.name ?? e));\n\
         await note(fetch('https://a.b/', { signal: AbortSignal.abort() }));\n\
         await note(fetch('https://a.b/', { signal: AbortSignal.abort('reason') }));\n\
         await note(fetch(new Request('https://a.b/', { signal: AbortSignal.abort(null) })));\n\
         const stop = new AbortController(); const waiting = note(fetch('https://a.b/', { signal: stop.signal })); stop.abort(7); await waiting;\n\
         const other = new AbortController(); const clone = new Request('https://a.b/', { signal: other.signal }).clone(); other.abort(8); await note(fetch(clone));\n\
         const stream = new ReadableStream({ cancel(reason) { seen.push('cancelled ' + reason) } });\n\
         await note(fetch('https://a.b/', { method: 'POST', body: stream, duplex: 'half', signal: AbortSignal.abort(9) }));\n\
         const late = new AbortController(); const r = await fetch('https://a.b/empty', { signal: late.signal }); late.abort(10); seen.push(await r.text());\n\
         return seen",
    )
    .await;
    assert_eq!(value, json!(["AbortError", "reason", null, 7, 8, "cancelled 9", 9, ""]));
}

#[tokio::test]
async fn data_urls_need_no_host() {
    let run = run(&handler(
        "const r = await fetch('data:text/x;charset=utf-8;base64,iVBORwD%2F#f'); const t = await fetch('data:,a%20b');\n\
         return [[...await r.bytes()], r.headers.get('content-type'), r.status, await t.text(), t.headers.get('content-type')]",
    ))
    .await;
    assert_eq!(
        run.value.to_value(),
        json!([[137, 80, 78, 71, 0, 255], "text/x;charset=utf-8", 200, "a b", "text/plain;charset=US-ASCII"])
    );
    assert!(run.host_calls.is_empty());
}

#[tokio::test]
async fn headers_of_an_answer_cannot_be_changed_but_copied() {
    let value = value_of(
        "const { headers } = await fetch('https://a.b/'); let error;\n\
         try { headers.set('x-a', '3') } catch (e) { error = e.name }\n\
         const copy = new Headers(headers); copy.set('x-a', '3'); return [error, headers.get('x-a'), copy.get('x-a'), copy.getSetCookie()]",
    )
    .await;
    assert_eq!(value, json!(["TypeError", "1, 2", "3", ["a=1, b", "c=2"]]));
}

#[tokio::test]
async fn large_bodies_count_against_the_memory_of_the_run() {
    let limits = Limits { memory: 16 << 20, ..Limits::default() };
    let source = handler(
        "const kept = []; for (;;) kept.push(new Response(new Uint8Array(1 << 20)), new Blob([new Uint8Array(1 << 20)]))",
    );
    let run = run_with(&source, call("default", vec![script::Argument::Bag], json!({})), &limits).await;
    assert_eq!(run.outcome, script::Outcome::Limit(script::LimitKind::Memory));
}
