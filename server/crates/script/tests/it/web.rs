//! The web interfaces that hooks find.

use script::Limits;
use serde_json::{Value, json};

use crate::harness::*;

#[tokio::test]
async fn urls_text_and_clones() {
    let value = value_of(
        "const u = new URL('../x?a=1&b=%20', 'https://user@exämple.com:8443/a/b/'); u.searchParams.append('c', 'd e');\n\
         const date = new Date(5); const copy = structuredClone({ date, map: new Map([[1, { a: 2 }]]) });\n\
         return [u.href, u.host, [...new URLSearchParams('a=1&a=2').getAll('a')], new TextDecoder().decode(new TextEncoder().encode('aé😀\\ud800')),\n\
         copy.date.getTime(), copy.map.get(1).a, copy.date !== date, atob(btoa('hi')), typeof performance.now(), typeof queueMicrotask]",
    )
    .await;
    assert_eq!(
        value,
        json!([
            "https://user@xn--exmple-cua.com:8443/a/x?a=1&b=+&c=d+e",
            "xn--exmple-cua.com:8443",
            ["1", "2"],
            "aé😀\u{fffd}",
            5,
            2,
            true,
            "hi",
            "number",
            "function"
        ])
    );
}

#[tokio::test]
async fn timers_fire_and_can_be_cleared() {
    let value = value_of(
        "const seen = []; let n = 0;\n\
         const gone = setTimeout(() => seen.push('gone'), 5); clearTimeout(gone);\n\
         await new Promise((done) => { const i = setInterval(() => { seen.push(n); if (++n === 3) { clearInterval(i); done() } }, 2) });\n\
         await new Promise((r) => setTimeout(r, 10, 1)); setTimeout(() => {}, 100000); return seen",
    )
    .await;
    assert_eq!(value, json!([0, 1, 2]));
}

#[tokio::test]
async fn crypto_agrees_with_known_answers() {
    let value = value_of(
        "const hex = (b) => [...new Uint8Array(b)].map((x) => x.toString(16).padStart(2, '0')).join('');\n\
         const bytes = (s) => new TextEncoder().encode(s);\n\
         const key = await crypto.subtle.importKey('raw', bytes('key'), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify']);\n\
         const data = bytes('The quick brown fox jumps over the lazy dog'); const tag = await crypto.subtle.sign('HMAC', key, data);\n\
         return [hex(await crypto.subtle.digest('SHA-1', bytes('abc'))), hex(tag), await crypto.subtle.verify('HMAC', key, tag, data),\n\
         await crypto.subtle.verify('HMAC', key, new Uint8Array(32), data), (await import('crypto')).createHmac('sha256', 'key').update(data).digest('hex') === hex(tag),\n\
         /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(crypto.randomUUID()), crypto.getRandomValues(new Uint8Array(8)).some((x) => x > 0)]",
    )
    .await;
    assert_eq!(
        value,
        json!([
            "a9993e364706816aba3e25717850c26c9cd0d89d",
            "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8",
            true,
            false,
            true,
            true,
            true
        ])
    );
}

#[tokio::test]
async fn values_that_json_lacks_do_not_confuse_anyone() {
    assert_eq!(value_of("return undefined").await, Value::Null);
    assert_eq!(
        value_of("return { a: undefined, b: NaN, c: new Date(0), d: '\\ud800' }").await["c"],
        json!("1970-01-01T00:00:00.000Z")
    );
    let run = run_with(
        &handler("return 1n"),
        call("default", vec![script::Argument::Bag], json!({})),
        &Limits::default(),
    )
    .await;
    assert_eq!(thrown(&run).name, "TypeError");
}
