//! One run: what went in, what came out, what it did in between.

mod details;
mod place;

use contract::catalogue::endpoints::Endpoint;
use contract::ids::RunId;
use contract::manage::{Run, RunMode, RunOutcome, RunSummary, SkipReason};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

pub(crate) use self::details::{RunDetails, call};
use self::place::Place;
use super::address;
use super::layout::CurrentProject;
use super::loaded::{Data, ask, loaded};
use crate::api;
use crate::components::button::Button;
use crate::components::code_block::CodeBlock;
use crate::components::layout::{Page, PageHead};
use crate::components::relative_time::RelativeTime;
use crate::components::tag::{Tag, Tone};
use crate::components::top_bar::Crumb;
use crate::components::verdict::Verdict;
use crate::components::waterfall::duration;
use crate::error::ConsoleError;
use crate::pages::test::pretty;

/// The page.
#[component]
pub(crate) fn RunPage() -> impl IntoView {
    let current = CurrentProject::current();
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("run").and_then(|id| id.parse::<RunId>().ok()));
    let data: Data<_> = ask(
        move || (current.slug().get(), id.get()),
        |(slug, id)| async move {
            match id {
                Some(id) => api::runs::get_run(slug, id).await,
                None => Err(ConsoleError::missing("This is not the id of a run.")),
            }
        },
    );
    let crumbs = current.crumbs(|slug| vec![Crumb::link("Runs", address::runs(slug)), Crumb::here("Run")]);
    view! { <Page crumbs>{loaded("The run could not be loaded", data, move |run| shown(run, current))}</Page> }
}

fn shown(run: Run, current: CurrentProject) -> impl IntoView {
    let slug = current.slug_now();
    let summary = run.summary.clone();
    let input = pretty(&run.input);
    let version = version(&summary);
    let place = match (&summary.endpoint, summary.mode) {
        (Some(endpoint), mode) => format!("{endpoint} · {}", mode_name(mode)),
        (None, mode) => mode_name(mode).to_owned(),
    };
    let line = run.error.as_ref().and_then(|error| error.line);
    let request = format!("{}?request={}", address::runs(&slug), summary.request_id);
    let text = said(&summary);
    // What did not run has received nothing.
    let replay = (summary.outcome != RunOutcome::Skipped).then(|| {
        let alone = address::hook_replay(&slug, &summary.hook_id, &summary.id);
        let whole = summary
            .endpoint
            .as_deref()
            .and_then(Endpoint::of_request_line)
            .filter(|endpoint| endpoint.spec().request.is_some())
            .map(|endpoint| address::endpoint_replay(&slug, endpoint, &summary.id));
        view! {
            <Button href=alone>"Replay as dry run"</Button>
            {whole.map(|href| view! { <Button href>"Replay the whole request"</Button> })}
        }
    });
    view! {
        <PageHead title=format!("{} · {version}", summary.hook_name) text=place />
        <div class="narrow stack">
            <h2 class="visually-hidden">"What happened"</h2>
            <Verdict tone=tone(summary.outcome) title=outcome_title(summary.outcome)>
                {text.map(|text| format!("{text} · "))} {duration(summary.duration_us)} " · "
                <RelativeTime at=summary.started_at />
            </Verdict>
            <div class="tester__row">
                <Tag>{summary.trigger.as_str()}</Tag>
                <Button href=request>"All runs of this request"</Button>
                {replay}
            </div>
            <Place hook=summary.hook_id version=summary.version line />
            <RunDetails run />
            <h3 class="result__title">"Input"</h3>
            <CodeBlock text=Signal::stored(input) label="Input" />
        </div>
    }
}

/// Which code ran, such as `v7`. Real requests never run a draft: without a version nothing was deployed.
pub(crate) fn version(run: &RunSummary) -> String {
    match (run.version, run.mode) {
        (Some(number), _) => format!("v{number}"),
        (None, RunMode::Live) => "not deployed".to_owned(),
        (None, _) => "draft".to_owned(),
    }
}

/// What is said of a run: what the hook said, or why it did not run.
pub(crate) fn said(run: &RunSummary) -> Option<String> {
    let message = run.message.clone()?;
    let reason = (run.outcome == RunOutcome::Skipped).then(|| message.parse::<SkipReason>().ok()).flatten();
    Some(reason.map_or(message, |reason| reason_words(reason).to_owned()))
}

/// Why a hook did not run, and what to do about it.
fn reason_words(reason: SkipReason) -> &'static str {
    match reason {
        SkipReason::Disabled => "It is switched off. Enable it in the editor or on its endpoint’s page.",
        SkipReason::NotDeployed => "It was never deployed. Deploy its draft to run it.",
        SkipReason::EarlierDeny => "An earlier hook refused the request.",
        SkipReason::NotInteractive => "It needs a browser, and this request came without one.",
        SkipReason::Bypassed => "All hooks of the project are bypassed, in its settings.",
        SkipReason::NotReached => "The request ended before this step.",
    }
}

/// Why a hook ran.
fn mode_name(mode: RunMode) -> &'static str {
    match mode {
        RunMode::Live => "live",
        RunMode::Unit => "test of the hook",
        RunMode::DryRun => "dry run",
    }
}

/// What the colour of an outcome says.
pub(crate) fn tone(outcome: RunOutcome) -> Tone {
    match outcome {
        RunOutcome::Returned => Tone::Ok,
        RunOutcome::Denied => Tone::Warn,
        RunOutcome::Threw | RunOutcome::Limit | RunOutcome::Busy | RunOutcome::Internal => Tone::Bad,
        RunOutcome::Skipped => Tone::Neutral,
    }
}

/// How a run ended, in words.
pub(crate) fn outcome_title(outcome: RunOutcome) -> &'static str {
    match outcome {
        RunOutcome::Returned => "Returned",
        RunOutcome::Denied => "Denied",
        RunOutcome::Threw => "Threw",
        RunOutcome::Limit => "Broke a limit",
        RunOutcome::Skipped => "Did not run",
        RunOutcome::Busy => "No slot was free",
        RunOutcome::Internal => "The sandbox failed",
    }
}
