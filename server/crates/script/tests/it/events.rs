//! Events, and signals that abort.

use serde_json::json;

use crate::harness::*;

#[tokio::test]
async fn listeners_are_called_as_the_web_says() {
    let value = value_of(
        "const seen = []; const target = new EventTarget(); const again = () => seen.push('again');\n\
         target.addEventListener('x', again); target.addEventListener('x', again);\n\
         target.addEventListener('x', (e) => { seen.push(e.type, e.target === target, e.eventPhase, e.detail); e.preventDefault() }, { once: true });\n\
         target.addEventListener('x', { handleEvent(e) { seen.push(this !== target && e.currentTarget === target) } });\n\
         target.addEventListener('x', () => { throw new Error('of a listener') });\n\
         target.addEventListener('x', (e) => { e.preventDefault(); seen.push(e.defaultPrevented) }, { passive: true });\n\
         const stop = new AbortController(); target.addEventListener('x', () => seen.push('gone'), { signal: stop.signal }); stop.abort();\n\
         const first = target.dispatchEvent(new CustomEvent('x', { detail: 7, cancelable: true }));\n\
         const second = target.dispatchEvent(new Event('x', { cancelable: true }));\n\
         target.removeEventListener('x', again); target.addEventListener('y', (e) => { e.stopImmediatePropagation(); seen.push('y1') }); target.addEventListener('y', () => seen.push('y2'));\n\
         target.dispatchEvent(new Event('y')); return [seen, first, second]",
    )
    .await;
    assert_eq!(
        value,
        json!([["again", "x", true, 2, 7, true, true, "again", true, false, "y1"], false, true])
    );
}

#[tokio::test]
async fn what_a_listener_throws_is_logged_and_the_others_run() {
    let run = run(&handler(
        "const target = new EventTarget(); let called = 0;\n\
         target.addEventListener('x', () => { throw new RangeError('of a listener') }); target.addEventListener('x', () => { called += 1 });\n\
         target.dispatchEvent(new Event('x')); reportError(new Error('reported')); return called",
    ))
    .await;
    assert_eq!(run.value.to_value(), json!(1));
    assert!(
        run.logs[0].message.starts_with("Uncaught RangeError: of a listener\n"),
        "{}",
        run.logs[0].message
    );
    assert_eq!((run.logs[0].line, run.logs[1].line), (Some(3), Some(4)));
    assert!(run.logs[1].message.starts_with("Uncaught Error: reported"));
}

#[tokio::test]
async fn a_signal_aborts_once_in_the_order_of_its_listeners() {
    let value = value_of(
        "const seen = []; const control = new AbortController(); const { signal } = control;\n\
         signal.addEventListener('abort', () => seen.push(1)); signal.onabort = () => seen.push('replaced');\n\
         signal.addEventListener('abort', (e) => seen.push(3, e.isTrusted, e.bubbles)); signal.onabort = (e) => seen.push(2, e.target === signal);\n\
         const any = AbortSignal.any([signal, new AbortController().signal]); any.onabort = () => seen.push('any', any.reason === signal.reason);\n\
         control.abort(new Error('why')); control.abort('again');\n\
         signal.addEventListener('abort', () => seen.push('late'));\n\
         const late = AbortSignal.any([signal]); let thrown; try { signal.throwIfAborted() } catch (e) { thrown = e.message }\n\
         let made; try { new AbortSignal() } catch (e) { made = e.name }\n\
         const { reason } = AbortSignal.abort(); const timeout = AbortSignal.timeout(3); await new Promise((done) => (timeout.onabort = done));\n\
         return [seen, late.aborted, late.reason.message, thrown, made, reason.name, reason.code, reason instanceof DOMException, timeout.reason.name]",
    )
    .await;
    assert_eq!(
        value,
        json!([
            [1, 2, true, 3, true, false, "any", true],
            true,
            "why",
            "why",
            "TypeError",
            "AbortError",
            20,
            true,
            "TimeoutError"
        ])
    );
}

#[tokio::test]
async fn an_aborted_fetch_rejects_with_the_reason_and_calls_the_listeners_once() {
    let value = value_of(
        "const control = new AbortController(); let called = 0; control.signal.addEventListener('abort', () => { called += 1 });\n\
         const wanted = new Error('enough'); const got = fetch('https://a.b/', { signal: control.signal }).catch((e) => e); control.abort(wanted);\n\
         return [(await got) === wanted, called]",
    )
    .await;
    assert_eq!(value, json!([true, 1]));
}
