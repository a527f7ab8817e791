//! The dock below the code: what the last test printed, called, changed and used.

use contract::manage::{DatabaseChange, Run};
use leptos::prelude::*;

use super::workbench::{WHOLE_ENDPOINT, Workbench};
use crate::components::tabs::{Tab, Tabs};
use crate::components::waterfall::duration;
use crate::pages::run::call;

/// The tabs and what they show.
#[component]
pub(super) fn Dock(
    /// The editor.
    bench: Workbench,
) -> impl IntoView {
    let open = RwSignal::new("console".to_owned());
    let run = Memo::new(move |_| bench.last_run());
    let changes = Memo::new(move |_| {
        let whole = bench.scope.with(|scope| scope == WHOLE_ENDPOINT);
        let result = if whole { bench.whole.result().get() } else { None };
        result.map(|result| result.changes).unwrap_or_default()
    });
    let tabs = Signal::derive(move || {
        let count = |of: fn(&Run) -> usize| run.with(|run| run.as_ref().map_or(0, of));
        vec![
            Tab::new("console", "Console")
                .count(count(|run| run.logs.len() + usize::from(run.error.is_some()))),
            Tab::new("api", "API calls").count(count(|run| run.api_calls.len())),
            Tab::new("fetches", "Fetches").count(count(|run| run.host_calls.len())),
            Tab::new("changes", "DB changes").count(changes.with(Vec::len)),
            Tab::new("timing", "Timing"),
        ]
    });
    view! {
        <section class="dock" aria-label="Last test">
            <Tabs name="dock" tabs selected=open on_select=Callback::new(move |tab| open.set(tab)) />
            <div class="dock__panel" role="tabpanel" id="dock-panel" tabindex="0" aria-labelledby=move || format!("dock-tab-{}", open.get())>
                {move || {
                    let tab = open.get();
                    if tab == "changes" {
                        return changed(&changes.get(), run.with(Option::is_some));
                    }
                    match run.get() {
                        None => view! { <p class="dock__empty">"Run a test to see what the hook does."</p> }.into_any(),
                        Some(run) => {
                            match tab.as_str() {
                                "api" => calls(&run),
                                "fetches" => fetches(&run),
                                "timing" => timing(&run, bench),
                                _ => console(&run),
                            }
                        }
                    }
                }}
            </div>
        </section>
    }
    .into_any()
}

fn lines(lines: Vec<(String, String)>, empty: &'static str) -> AnyView {
    if lines.is_empty() {
        return view! { <p class="dock__empty">{empty}</p> }.into_any();
    }
    view! {
        <ul class="log">
            {lines
                .into_iter()
                .map(|(lead, text)| {
                    view! {
                        <li class="log__line">
                            <span class="log__lead">{lead}</span>
                            <span class="log__text">{text}</span>
                        </li>
                    }
                })
                .collect_view()}
        </ul>
    }
    .into_any()
}

fn console(run: &Run) -> AnyView {
    let mut out: Vec<(String, String)> = run
        .logs
        .iter()
        .map(|log| {
            let place = log.line.map(|line| format!("  (line {line})")).unwrap_or_default();
            (format!("+{} {}", duration(log.at_us), log.level), format!("{}{place}", log.message))
        })
        .collect();
    if let Some(error) = &run.error {
        let place = error.line.map(|line| format!("  (line {line})")).unwrap_or_default();
        out.push(("error".into(), format!("{}: {}{place}", error.name, error.message)));
    }
    lines(out, "The hook wrote nothing to the console.")
}

fn calls(run: &Run) -> AnyView {
    let out = run.api_calls.iter().map(call).collect();
    lines(out, "The hook asked nothing of api.")
}

fn fetches(run: &Run) -> AnyView {
    let out = run
        .host_calls
        .iter()
        .map(|host| {
            let state = if host.ok { "ok" } else { "failed" };
            let lead = format!("{} {state}, {}", host.operation, duration(host.duration_us));
            (lead, format!("{} → {}", host.args, host.result))
        })
        .collect();
    lines(out, "The hook fetched nothing and called nothing of the SDK.")
}

fn changed(changes: &[DatabaseChange], tested: bool) -> AnyView {
    let out = changes
        .iter()
        .map(|change| {
            let row =
                change.after.as_ref().or(change.before.as_ref()).map(ToString::to_string).unwrap_or_default();
            (format!("{} {}", change.operation, change.table), row)
        })
        .collect();
    let empty = if tested {
        "No change. A test of the whole endpoint shows what it writes."
    } else {
        "Run a test to see what changes."
    };
    lines(out, empty)
}

#[expect(clippy::cast_precision_loss, reason = "a sandbox has megabytes, far from where f64 loses bytes")]
fn timing(run: &Run, bench: Workbench) -> AnyView {
    let settings = bench.hook.with(|hook| hook.settings.clone());
    let summary = &run.summary;
    let out = vec![
        ("ended".to_owned(), summary.outcome.to_string()),
        ("time".to_owned(), format!("{} of {} ms", duration(summary.duration_us), settings.wall_ms)),
        ("cpu".to_owned(), format!("{} of {} ms", duration(summary.cpu_us), settings.cpu_ms)),
        (
            "memory".to_owned(),
            format!("{:.1} of {} MiB", summary.memory_bytes as f64 / 1_048_576.0, settings.memory_mb),
        ),
    ];
    lines(out, "")
}
