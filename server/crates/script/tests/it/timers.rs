//! Timers and microtasks.

use script::Level;
use serde_json::json;

use crate::harness::*;

#[tokio::test]
async fn timers_run_in_the_order_in_which_they_are_due() {
    let value = value_of(
        "const seen = []; const put = (x) => () => { seen.push(x); Promise.resolve().then(() => seen.push(`${x}'`)) };\n\
         setTimeout(put('c'), 20); setTimeout(put('a'), 1); setTimeout(put('b'), 1); const gone = setTimeout(put('gone'), 5);\n\
         clearTimeout(gone); clearTimeout(undefined); clearInterval({}); queueMicrotask(() => seen.push('first'));\n\
         for (const end = performance.now() + 30; performance.now() < end; );\n\
         setTimeout(put('d'), 2 ** 32); await new Promise((done) => setTimeout(done, 30)); return seen",
    )
    .await;
    assert_eq!(value, json!(["first", "a", "a'", "b", "b'", "c", "c'", "d", "d'"]));
}

#[tokio::test]
async fn many_timers_wait_at_the_same_time() {
    let value = value_of(
        "let sum = 0; await Promise.all(Array.from({ length: 500 }, (_, n) => new Promise((done) => setTimeout((a, b) => { sum += a + b; done() }, n % 7, 1, 2)))); return sum",
    )
    .await;
    assert_eq!(value, json!(1500));
}

#[tokio::test]
async fn a_timer_that_never_ran_is_told() {
    let run = run(&handler(
        "const cleared = setTimeout(() => {}, 1000);\n  clearTimeout(cleared);\n  AbortSignal.timeout(1000);\n\
         setTimeout(() => console.log('never'), 1000);\n  return 1",
    ))
    .await;
    let [line] = &*run.logs else { panic!("one line, not {:?}", run.logs) };
    assert_eq!((line.level, line.line), (Level::Warn, Some(5)));
    assert!(
        line.message.starts_with("1 timer was still waiting when the handler returned"),
        "{}",
        line.message
    );
}

#[tokio::test]
async fn what_a_timer_or_microtask_throws_is_logged_and_the_rest_runs() {
    let run = run(&handler(
        "setTimeout(() => { throw new Error('of a timer') }, 0); queueMicrotask(() => { throw 'of a microtask' });\n\
         await new Promise((done) => setTimeout(done, 5)); return 1",
    ))
    .await;
    assert_eq!(run.value.to_value(), json!(1));
    assert_eq!(run.logs[0].message, "Uncaught of a microtask");
    assert!(run.logs[1].message.starts_with("Uncaught Error: of a timer\n"));
}

#[tokio::test]
async fn a_timer_takes_no_text_and_is_not_there_while_loading() {
    let value = value_of("try { setTimeout('x = 1', 1) } catch (e) { return [e.name, e.message] }").await;
    assert_eq!(
        value,
        json!(["TypeError", "setTimeout needs a function to call; hooks do not run text as code"])
    );
    for (body, name) in [
        ("setTimeout(() => {}, 1)", "setTimeout"),
        ("setInterval(() => {}, 1)", "setInterval"),
        ("AbortSignal.timeout(1)", "AbortSignal.timeout"),
    ] {
        let compiled =
            compile(&format!("{body}\nexport default () => 1"), script::Language::JavaScript).await;
        let failure = SANDBOX.load(&compiled, &script::Limits::default(), "tests").await.err().unwrap();
        let script::Failure::Threw(thrown) = failure else { panic!("{failure}") };
        let wanted = format!("{name} is not available while the hook is loading: call it inside the handler");
        assert_eq!((thrown.message, thrown.line), (wanted, Some(1)));
    }
}
