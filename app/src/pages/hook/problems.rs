//! The strip below the code: what is wrong with it.

use leptos::prelude::*;

use super::workbench::Workbench;
use crate::components::kbd::Kbd;

/// How many errors there are, the first of them, and the way to the next.
#[component]
pub(super) fn ProblemStrip(
    /// The editor.
    bench: Workbench,
) -> impl IntoView {
    let first = move || {
        let typed = bench.found.with(|found| {
            let errors = || found.iter().flatten().filter(|problem| problem.blocks());
            // What follows from a missing bracket does not lead to it.
            let error = errors().find(|problem| problem.is_syntax()).or_else(|| errors().next())?;
            Some((error.line, error.column, error.message.clone()))
        });
        let compiled = || {
            bench.check.with(|check| {
                let problem = check.as_ref()?.problems.first()?;
                Some((problem.line, problem.column, problem.message.clone()))
            })
        };
        typed.or_else(compiled)
    };
    let handler = move || bench.check.with(|check| check.as_ref().and_then(|check| check.handler.clone()));
    let missing = move || {
        bench.check.with(|check| check.as_ref().map_or_else(Vec::new, |check| check.missing_secrets.clone()))
    };
    let looking = move || bench.found.with(Option::is_none) || bench.check.with(Option::is_none);
    view! {
        <div
            class="problems"
            class:problems--some=move || { bench.errors() > 0 }
            role="status"
            aria-label="Problems"
        >
            {move || match first() {
                Some((line, column, message)) => {
                    view! {
                        <strong>{headline(bench)}</strong>
                        <button
                            type="button"
                            class="problems__first"
                            on:click=move |_| bench.handle.reveal(line, column)
                        >
                            {format!("{}:{line}:{column} {message}", bench.file())}
                        </button>
                        <button
                            type="button"
                            class="problems__next"
                            aria-label="Next problem"
                            on:click=move |_| bench.handle.next_problem()
                        >
                            <Kbd keys="F8" />
                        </button>
                    }
                        .into_any()
                }
                None => {
                    view! {
                        {if !missing().is_empty() {
                            view! { <span class="problems__warn">{format!("! Missing secrets: {}", missing().join(", "))}</span> }.into_any()
                        } else {
                            view! { <span>{if looking() { "Checking…" } else { "No problems" }}</span> }.into_any()
                        }}
                        {handler().map(|name| view! { <span>"runs " <code>{name}</code></span> })}
                    }
                        .into_any()
                }
            }}
        </div>
    }
    .into_any()
}

fn headline(bench: Workbench) -> String {
    if bench.has_syntax_error() {
        return "Syntax error: deploy is blocked".to_owned();
    }
    let errors = bench.errors();
    let what = if bench.type_errors() > 0 { "type error" } else { "error" };
    let plural = if errors == 1 { "" } else { "s" };
    format!("{errors} {what}{plural}: deploy is blocked")
}
