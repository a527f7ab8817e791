//! The project's log stream.

use contract::catalogue::endpoints::Endpoint;
use contract::manage::LogEntry;
use leptos::prelude::*;
use serde_json::Value;

use super::address;
use super::asked::Asked;
use super::layout::CurrentProject;
use super::loaded::{Data, ask, loaded};
use super::test::pretty;
use super::users::minute;
use crate::api;
use crate::components::button::Button;
use crate::components::code_block::CodeBlock;
use crate::components::empty_state::EmptyState;
use crate::components::field::{Choice, Select};
use crate::components::layout::{Page, PageHead};
use crate::components::panel::Panel;
use crate::components::table::{Cell, Column, Table};
use crate::components::tag::{Tag, Tone};
use crate::components::top_bar::Crumb;

/// The page.
#[component]
pub(crate) fn Logs() -> impl IntoView {
    let current = CurrentProject::current();
    let (kind, endpoint) = (Asked::by("type"), Asked::by("endpoint"));
    let known = RwSignal::new(Vec::<String>::new());
    let data: Data<_> = ask(
        move || (current.slug().get(), kind.settled.get(), endpoint.settled.get()),
        |(slug, kind, endpoint)| {
            let wanted = |text: String| (!text.is_empty()).then_some(text);
            api::runs::list_logs(slug, wanted(kind), wanted(endpoint))
        },
    );
    // The kinds to choose from are those that were seen, and the one that the address asks for.
    Effect::new(move || {
        let Some(Ok(entries)) = data.get() else { return };
        let mut kinds = known.get_untracked();
        kinds.extend(entries.into_iter().map(|entry| entry.kind));
        kinds.sort();
        kinds.dedup();
        known.set(kinds);
    });
    let choices = Signal::derive(move || {
        let mut choices = vec![Choice::new("", "Everything")];
        let (seen, asked) = (known.get(), kind.settled.get());
        if !asked.is_empty() && !seen.contains(&asked) {
            choices.push(Choice::new(asked.clone(), asked));
        }
        choices.extend(seen.into_iter().map(|kind| Choice::new(kind.clone(), kind)));
        choices
    });
    let mut endpoints = vec![Choice::new("", "Every endpoint")];
    endpoints.extend(Endpoint::ALL.iter().map(|endpoint| {
        let name = endpoint.request_line();
        Choice::new(name.clone(), name)
    }));
    let crumbs = current.crumbs(|_| vec![Crumb::here("Logs")]);
    let actions = ViewFn::from(move || {
        view! { <Button on_click=Callback::new(move |_| data.refetch())>"Refresh"</Button> }
    });
    view! {
        <Page crumbs actions>
            <PageHead title="Logs" text="What happened in this project, newest first. Times are UTC." />
            <div class="filters filters--fields">
                <Select name="type" label="Type" choices value=kind.typed />
                <Select name="endpoint" label="Endpoint" choices=Signal::stored(endpoints) value=endpoint.typed />
            </div>
            {loaded("The logs could not be loaded", data, move |entries| list(entries, current.slug_now()))}
        </Page>
    }
    .into_any()
}

fn list(entries: Vec<LogEntry>, slug: String) -> AnyView {
    if entries.is_empty() {
        return view! {
            <EmptyState title="Nothing logged" text="Failed hooks, undelivered e-mails and the like appear here." />
        }
        .into_any();
    }
    let columns = vec![
        Column::text("When"),
        Column::text("Level"),
        Column::text("Type"),
        Column::text("What happened"),
        Column::actions(),
    ];
    view! {
        <Panel>
            <Table caption="Log entries" columns>
                {entries.into_iter().map(|entry| row(entry, &slug)).collect_view()}
            </Table>
        </Panel>
    }
    .into_any()
}

fn row(entry: LogEntry, slug: &str) -> AnyView {
    let tone = match entry.level.as_str() {
        "error" => Tone::Bad,
        "warn" => Tone::Warn,
        _ => Tone::Neutral,
    };
    let request = entry.request_id.map(|id| format!("{}?request={id}", address::runs(slug)));
    view! {
        <tr>
            <Cell>
                <time datetime=entry.date.clone()>{minute(&entry.date)}</time>
            </Cell>
            <Cell label="Level">
                <Tag tone>{entry.level}</Tag>
            </Cell>
            <Cell label="Type">
                <code>{entry.kind}</code>
            </Cell>
            <Cell label="What happened">
                {entry.description}
                {(!matches!(entry.details, Value::Null))
                    .then(|| {
                        view! {
                            <details class="result__part">
                                <summary>"Details"</summary>
                                <CodeBlock text=Signal::stored(pretty(&entry.details)) label="Details" lines=12 />
                            </details>
                        }
                    })}
            </Cell>
            <Cell>{request.map(|href| view! { <a href=href>"Runs of the request"</a> })}</Cell>
        </tr>
    }
    .into_any()
}
