//! What a test of an endpoint gave.

use contract::manage::{
    CapturedMail, DatabaseChange, EmittedEvent, EndpointResult, Run, RunOutcome, StepKind, TestMode,
    TestRequest, TestStep,
};
use leptos::prelude::*;

use super::token::TokenView;
use super::{ResultPlace, pretty, tone};
use crate::components::code_block::CodeBlock;
use crate::components::verdict::Verdict;
use crate::components::waterfall::{Span, SpanKind, Waterfall};
use crate::pages::run::RunDetails;

/// Verdict, waterfall, answer, token, and everything that was or would have been done.
#[component]
pub(super) fn EndpointResultView(
    /// What it gave.
    result: EndpointResult,
) -> impl IntoView {
    let spans: Vec<Span> = result.steps.iter().map(|step| span(step, &result.runs)).collect();
    let answer = format!("HTTP {}\n{}", result.response.status, pretty(&result.response.body));
    let would = result.mode == TestMode::DryRun;
    let (changes, mails, events) = (result.changes.len(), result.mails.len(), result.events.len());
    view! {
        <ResultPlace>
            <Verdict tone=tone(result.verdict.kind) title=result.verdict.title>
                {result.verdict.detail}
            </Verdict>
            <Waterfall spans=Signal::stored(spans) />
            <h3 class="result__title">"Request, without passwords and tokens"</h3>
            <CodeBlock text=Signal::stored(request(&result.request)) label="Request" lines=10 />
            <h3 class="result__title">"Response"</h3>
            <CodeBlock text=Signal::stored(answer) label="Response" />
            {result.token.map(|token| view! { <TokenView token /> })}
            {result.runs.into_iter().map(run).collect_view()}
            {part(
                format!("Database: {}", count(changes, "change")),
                if would { "Would have been written; the dry run took it back." } else { "Written." },
                changes,
                result.changes.into_iter().map(change).collect_view().into_any(),
            )}
            {part(
                format!("Mail: {}", count(mails, "e-mail")),
                if would { "Would have been sent." } else { "Sent or queued." },
                mails,
                result.mails.into_iter().map(mail).collect_view().into_any(),
            )}
            {part(
                format!("Events: {}", count(events, "event")),
                if would { "Would have been emitted." } else { "Emitted." },
                events,
                result.events.into_iter().map(event).collect_view().into_any(),
            )}
        </ResultPlace>
    }
    .into_any()
}

fn request(sent: &TestRequest) -> String {
    let line = format!("{} {}", sent.method, sent.path);
    if sent.body.is_null() { line } else { format!("{line}\n{}", pretty(&sent.body)) }
}

fn count(many: usize, word: &str) -> String {
    match many {
        0 => format!("no {word}"),
        1 => format!("1 {word}"),
        many => format!("{many} {word}s"),
    }
}

fn part(title: String, note: &'static str, many: usize, content: AnyView) -> AnyView {
    if many == 0 {
        return view! { <p class="result__none">{title}</p> }.into_any();
    }
    view! {
        <details class="result__part">
            <summary>{title}</summary>
            <p class="form__note">{note}</p>
            {content}
        </details>
    }
    .into_any()
}

fn span(step: &TestStep, runs: &[Run]) -> Span {
    let run = step.run.and_then(|index| runs.get(usize::try_from(index).ok()?));
    let failed = run.is_some_and(|run| {
        !matches!(run.summary.outcome, RunOutcome::Returned | RunOutcome::Denied | RunOutcome::Skipped)
    });
    let kind = match (step.start_us, step.kind) {
        (None, _) => SpanKind::Skipped,
        (Some(_), StepKind::Core | StepKind::Event) => SpanKind::Core,
        (Some(_), StepKind::Hooks) if failed => SpanKind::Failed,
        (Some(_), StepKind::Hooks) => SpanKind::Hook,
    };
    Span {
        label: step.label.clone(),
        kind,
        start_us: step.start_us.unwrap_or(0),
        duration_us: step.duration_us.unwrap_or(0),
        // A step that took time says how long; why it ended like that is told by its run.
        note: if step.start_us.is_none() {
            step.note.clone().or_else(|| Some("not reached".into()))
        } else {
            None
        },
    }
}

fn run(run: Run) -> Option<impl IntoView> {
    let summary = &run.summary;
    // What did not run is told by the waterfall.
    if summary.outcome == RunOutcome::Skipped {
        return None;
    }
    let version = summary.version.map_or_else(|| "draft".to_owned(), |version| format!("v{version}"));
    let title = format!("{} ({version}): {}", summary.hook_name, summary.outcome);
    Some(view! {
        <details class="result__part">
            <summary>{title}</summary>
            <RunDetails run />
        </details>
    })
}

fn change(change: DatabaseChange) -> impl IntoView {
    let mut text = String::new();
    if let Some(before) = &change.before {
        text.push_str(&format!("before {}\n", pretty(before)));
    }
    if let Some(after) = &change.after {
        text.push_str(&format!("after {}", pretty(after)));
    }
    let title = format!("{} {} {}", change.operation, change.table, change.id);
    view! {
        <p class="result__label">{title.clone()}</p>
        <CodeBlock text=Signal::stored(text) label=title lines=16 />
    }
}

/// An e-mail that a test caught.
pub(super) fn mail(mail: CapturedMail) -> impl IntoView {
    let title = format!("To {}: {}", mail.to, mail.subject);
    view! {
        <p class="result__label">{title.clone()}</p>
        <CodeBlock text=Signal::stored(mail.text) label=title lines=16 />
    }
}

fn event(event: EmittedEvent) -> impl IntoView {
    view! {
        <p class="result__label">{event.event.clone()}</p>
        <CodeBlock text=Signal::stored(pretty(&event.payload)) label=event.event lines=16 />
    }
}
