//! `Headers`, `Request` and `Response`, and how their bodies are read.

use serde_json::json;

use crate::harness::*;

#[tokio::test]
async fn headers_keep_their_lines_in_order() {
    let value = value_of(
        "const h = new Headers([['B', '1'], ['a', ' 2\\t'], ['b', '3'], ['Set-Cookie', 'x=1'], ['set-cookie', 'y=2']]);\n\
         h.append('A', '4'); const from = new Headers(h); from.delete('b');\n\
         return [[...h], h.get('SET-COOKIE'), h.getSetCookie(), [...from.keys()], JSON.stringify(from), Object.prototype.toString.call(h.entries())]",
    )
    .await;
    assert_eq!(
        value,
        json!([
            [["a", "2, 4"], ["b", "1, 3"], ["set-cookie", "x=1"], ["set-cookie", "y=2"]],
            "x=1, y=2",
            ["x=1", "y=2"],
            ["a", "set-cookie", "set-cookie"],
            "{\"a\":\"2, 4\",\"set-cookie\":[\"x=1\",\"y=2\"]}",
            "[object Headers Iterator]"
        ])
    );
}

#[tokio::test]
async fn a_response_can_be_made_returned_and_refused() {
    let value = value_of("return Response.json({ a: 1 }, { status: 202 })").await;
    assert_eq!((&value["status"], &value["body"]), (&json!(202), &json!("{\"a\":1}")));
    assert_eq!(value["headers"], json!({"content-type": "application/json"}));
    let value = value_of(
        "const names = []; for (const make of [() => new Response('x', { status: 204 }), () => new Response('', { status: 199 }), () => new Response('', { statusText: 'ä\\n' }),\n\
           () => Response.redirect('https://a.b/', 200), () => Response.redirect('nowhere'), () => Response.json(undefined)])\n\
           try { make(); names.push('none') } catch (e) { names.push(e.name) }\n\
         const redirect = Response.redirect('https://a.b/é', 307);\n\
         return [names, redirect.status, redirect.headers.get('location'), Response.error().type, Response.error().status]",
    )
    .await;
    assert_eq!(
        value,
        json!([
            ["TypeError", "RangeError", "TypeError", "RangeError", "TypeError", "TypeError"],
            307,
            "https://a.b/%C3%A9",
            "error",
            0
        ])
    );
}

#[tokio::test]
async fn a_body_is_read_once_and_clones_are_apart() {
    let value = value_of(
        "const r = new Response('[1]'); const copy = r.clone(); const seen = [r.bodyUsed, await r.json(), r.bodyUsed, copy.bodyUsed];\n\
         for (const again of [() => r.text(), () => r.clone(), () => new Request('https://a.b/', { method: 'POST', body: copy.body }).text().then(() => copy.text())])\n\
           try { await again(); seen.push('none') } catch (e) { seen.push(e.name) }\n\
         const bytes = new Uint8Array([1, 2]); const b = new Response(bytes); bytes[0] = 9; const other = b.clone(); (await b.bytes())[1] = 9;\n\
         return [...seen, [...await other.bytes()]]",
    )
    .await;
    assert_eq!(value, json!([false, [1], true, false, "TypeError", "TypeError", "TypeError", [1, 2]]));
}

#[tokio::test]
async fn bodies_are_streams_when_they_are_asked_for_as_such() {
    let value = value_of(
        "const r = new Response('häh'); const reader = r.body.getReader(); const seen = [r.bodyUsed, r.body.locked];\n\
         const parts = []; for (;;) { const { value, done } = await reader.read(); if (done) break; parts.push(...value) }\n\
         const made = new ReadableStream({ start(c) { c.enqueue(new TextEncoder().encode('a')); c.enqueue(new TextEncoder().encode('b')); c.close() } });\n\
         const wrong = new Response(new ReadableStream({ start(c) { c.enqueue('text'); c.close() } }));\n\
         return [...seen, parts, r.bodyUsed, await new Response(made).text(), await wrong.text().catch((e) => e.message.includes('TextEncoder')),\n\
           new Response().body, await new Response().text(), (await Array.fromAsync(new Blob(['xyz']).stream()))[0].length]",
    )
    .await;
    assert_eq!(value, json!([false, true, [104, 195, 164, 104], true, "ab", true, null, "", 3]));
}

#[tokio::test]
async fn a_request_can_be_made_of_another_one() {
    let value = value_of(
        "const first = new Request('https://a.b/#f', { method: 'PUT', headers: { a: '1' }, body: 'text', cache: 'no-store', redirect: 'manual' });\n\
         const copy = first.clone(); const second = new Request(first, { headers: { b: '2' } });\n\
         return [second.method, second.url, [...second.headers], second.redirect, second.cache, await second.text(), first.bodyUsed, await copy.text(),\n\
           copy.headers.get('a'), first.signal instanceof AbortSignal, first.signal === first.signal, Object.keys(Request.prototype).includes('signal')]",
    )
    .await;
    assert_eq!(
        value,
        json!([
            "PUT",
            "https://a.b/#f",
            [["b", "2"]],
            "manual",
            "no-store",
            "text",
            true,
            "text",
            "1",
            true,
            true,
            true
        ])
    );
}

#[tokio::test]
async fn replaced_builtins_and_prototypes_do_not_reach_the_next_call() {
    let program = load(&handler(
        "const clean = !('evil' in {}) && await new Response('text').text() === 'text' && new Headers({ a: '1' }).get('a') === '1';\n\
         Object.prototype.evil = 1; Headers.prototype.get = () => 'evil'; Response.prototype.text = async () => 'evil'; globalThis.Request = null; Array.prototype.push = null;\n\
         Map.prototype.get = () => 'evil'; return clean",
    ))
    .await;
    for _ in 0..2 {
        let call = call("default", vec![script::Argument::Bag], json!({}));
        let run = SANDBOX
            .run(&program, "tests", &call, &script::Limits::default(), std::sync::Arc::new(TestHost))
            .await;
        assert_eq!(run.value.to_value(), json!(true));
    }
}
