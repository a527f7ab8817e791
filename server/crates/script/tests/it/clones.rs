//! `structuredClone`.

use serde_json::json;

use crate::harness::*;

#[tokio::test]
async fn values_are_copied_with_what_belongs_to_them() {
    let value = value_of(
        "const cause = new RangeError('inner'); const error = new TypeError('outer', { cause }); const shared = { n: 1 };\n\
         const bytes = new Uint8Array([1, 2, 3, 4]); const view = new Uint16Array(bytes.buffer, 2, 1);\n\
         const given = { date: new Date(5), re: /a+/gi, map: new Map([[shared, new Set([shared])]]), error, bytes, view, big: 10n, boxed: Object('x'), sparse: [1, , 3], none: undefined,\n\
           get got() { return 'got' }, exception: new DOMException('m', 'AbortError') };\n\
         given.self = given; Object.defineProperty(given, 'hidden', { value: 1 });\n\
         const copy = structuredClone(given); const [[key, set]] = copy.map;\n\
         class Point { x = 1; get y() { return 2 } } const point = structuredClone(new Point());\n\
         return [copy.date.getTime(), `${copy.re}`, key !== shared && set.has(key), copy.error instanceof TypeError, copy.error.message, copy.error.cause instanceof RangeError,\n\
           copy.error.stack === error.stack, copy.view.buffer === copy.bytes.buffer, copy.bytes.buffer !== bytes.buffer, copy.view.length, `${copy.big}`, typeof copy.boxed, 1 in copy.sparse, copy.sparse.length,\n\
           'none' in copy, copy.got, copy.self === copy, 'hidden' in copy, copy.exception.code, copy.exception instanceof DOMException, Object.getPrototypeOf(point) === Object.prototype, point.x, 'y' in point]",
    )
    .await;
    assert_eq!(
        value,
        json!([
            5, "/a+/gi", true, true, "outer", true, true, true, true, 1, "10", "object", false, 3, true,
            "got", true, false, 20, true, true, 1, false
        ])
    );
}

#[tokio::test]
async fn a_transferred_buffer_moves() {
    let value = value_of(
        "const buffer = new Uint8Array([1, 2, 3]).buffer; const view = new Uint8Array(buffer, 1);\n\
         const copy = structuredClone({ view, buffer }, { transfer: [buffer] });\n\
         const kept = new ArrayBuffer(2); let name; try { structuredClone([kept, () => {}], { transfer: [kept] }) } catch (e) { name = e.name }\n\
         return [[...copy.view], copy.view.buffer === copy.buffer, buffer.detached, buffer.byteLength, name, kept.byteLength]",
    )
    .await;
    assert_eq!(value, json!([[2, 3], true, true, 0, "DataCloneError", 2]));
}

#[tokio::test]
async fn what_cannot_be_copied_is_refused() {
    let value = value_of(
        "const names = [() => {}, Symbol('s'), new WeakMap(), Promise.resolve(), new URL('https://a.b'), new URLSearchParams(), new EventTarget(), new AbortController().signal,\n\
           { deep: [class {}] }, (function* () {})()].map((value) => { try { structuredClone(value); return 'copied' } catch (e) { return [e.name, e.code, e instanceof DOMException] } });\n\
         let none; try { structuredClone() } catch (e) { none = e.name } return [[...new Set(names.map(String))], none]",
    )
    .await;
    assert_eq!(value, json!([["DataCloneError,25,true"], "TypeError"]));
}
