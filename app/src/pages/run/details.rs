//! What a run did: error, output, console, calls.

use contract::manage::{ApiCall, HostCallRecord, Run, RunError, RunLog};
use leptos::prelude::*;
use serde_json::Value;

use crate::components::code_block::CodeBlock;
use crate::components::waterfall::duration;
use crate::pages::test::pretty;

/// Everything a run did, its input left out.
#[component]
pub(crate) fn RunDetails(
    /// The run.
    run: Run,
) -> impl IntoView {
    let summary = &run.summary;
    let figures = format!(
        "{} · {} cpu · {} KiB memory",
        duration(summary.duration_us),
        duration(summary.cpu_us),
        summary.memory_bytes / 1024
    );
    view! {
        <div class="run-details">
            <p class="form__note">{figures}</p>
            {run.error.map(error)}
            {(!run.logs.is_empty()).then(|| console(run.logs))}
            {(!run.api_calls.is_empty()).then(|| calls(&run.api_calls))}
            {(!run.host_calls.is_empty()).then(|| hosts(run.host_calls))}
            {(run.output != Value::Null)
                .then(|| {
                    view! {
                        <h3 class="result__title">"Output"</h3>
                        <CodeBlock text=Signal::stored(pretty(&run.output)) label="Output" lines=16 />
                    }
                })}
        </div>
    }
    .into_any()
}

fn error(error: RunError) -> impl IntoView {
    let place = match (error.line, error.column) {
        (Some(line), Some(column)) => format!(", line {line}:{column}"),
        (Some(line), None) => format!(", line {line}"),
        _ => String::new(),
    };
    let stack = error.stack.clone();
    view! {
        <h3 class="result__title">{format!("{}{place}", error.name)}</h3>
        <p class="run-details__error">{error.message}</p>
        {(!stack.is_empty()).then(|| view! { <CodeBlock text=Signal::stored(stack) label="Stack" lines=10 /> })}
    }
}

fn console(logs: Vec<RunLog>) -> impl IntoView {
    view! {
        <h3 class="result__title">"Console"</h3>
        <ul class="log">
            {logs
                .into_iter()
                .map(|log| {
                    let place = log.line.map(|line| format!("line {line}"));
                    view! {
                        <li class=format!("log__line log__line--{}", log.level)>
                            <span class="log__lead">{format!("+{} {}", duration(log.at_us), log.level)}</span>
                            <span class="log__text">{log.message}</span>
                            <span class="log__place">{place}</span>
                        </li>
                    }
                })
                .collect_view()}
        </ul>
    }
}

/// A call of api: the call as it is written, and where it stands.
pub(crate) fn call(call: &ApiCall) -> (String, String) {
    let args: Vec<String> = call.args.iter().map(ToString::to_string).collect();
    let place = match (call.line, call.column) {
        (Some(line), Some(column)) => format!("{line}:{column}"),
        (Some(line), None) => format!("line {line}"),
        _ => "api".to_owned(),
    };
    (place, format!("{}({})", call.method, args.join(", ")))
}

fn calls(calls: &[ApiCall]) -> impl IntoView + use<> {
    let lines: Vec<(String, String)> = calls.iter().map(call).collect();
    view! {
        <h3 class="result__title">"API calls"</h3>
        <ul class="log">
            {lines
                .into_iter()
                .map(|(place, text)| {
                    view! {
                        <li class="log__line">
                            <span class="log__lead">{place}</span>
                            <span class="log__text">{text}</span>
                        </li>
                    }
                })
                .collect_view()}
        </ul>
    }
}

fn hosts(calls: Vec<HostCallRecord>) -> impl IntoView {
    view! {
        <h3 class="result__title">"Fetches and SDK calls"</h3>
        {calls
            .into_iter()
            .map(|call| {
                let state = if call.ok { "ok" } else { "failed" };
                let title = format!("{} · {state} · {}", call.operation, duration(call.duration_us));
                let text = format!("{}\n→ {}", pretty(&call.args), pretty(&call.result));
                view! {
                    <details class="result__part">
                        <summary>{title.clone()}</summary>
                        <CodeBlock text=Signal::stored(text) label=title lines=12 />
                    </details>
                }
            })
            .collect_view()}
    }
}
