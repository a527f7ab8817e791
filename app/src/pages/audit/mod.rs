//! Who changed what.

use contract::manage::AuditEntry;
use leptos::prelude::*;
use serde_json::Value;

use super::layout::CurrentProject;
use super::loaded::{Data, ask, loaded};
use super::test::pretty;
use crate::api;
use crate::components::code_block::CodeBlock;
use crate::components::empty_state::EmptyState;
use crate::components::layout::{Page, PageHead};
use crate::components::panel::Panel;
use crate::components::relative_time::RelativeTime;
use crate::components::table::{Cell, Column, Table};
use crate::components::top_bar::Crumb;

/// The page.
#[component]
pub(crate) fn AuditLog() -> impl IntoView {
    let current = CurrentProject::current();
    let data: Data<_> = ask(move || current.slug().get(), api::runs::list_audit);
    let crumbs = current.crumbs(|_| vec![Crumb::here("Audit log")]);
    view! {
        <Page crumbs>
            <PageHead title="Audit log" text="Who changed what in this project, newest first." />
            {loaded("The audit log could not be loaded", data, list)}
        </Page>
    }
    .into_any()
}

fn list(entries: Vec<AuditEntry>) -> AnyView {
    if entries.is_empty() {
        return view! { <EmptyState title="Nothing changed yet" text="Deployments, settings, keys and secrets leave a line here." /> }
            .into_any();
    }
    let columns = vec![
        Column::text("When"),
        Column::text("Who"),
        Column::text("What"),
        Column::text("To what"),
        Column::text("From"),
    ];
    view! {
        <Panel>
            <Table caption="Audit log" columns>
                {entries.into_iter().map(row).collect_view()}
            </Table>
        </Panel>
    }
    .into_any()
}

fn row(entry: AuditEntry) -> impl IntoView {
    let details = match &entry.details {
        Value::Null => None,
        Value::Object(fields) if fields.is_empty() => None,
        details => Some(pretty(details)),
    };
    view! {
        <tr>
            <Cell>
                <RelativeTime at=entry.created_at />
            </Cell>
            <Cell label="Who">{entry.actor}</Cell>
            <Cell label="What">
                <code>{entry.action}</code>
            </Cell>
            <Cell label="To what">
                {entry.target}
                {details
                    .map(|text| {
                        view! {
                            <details class="result__part">
                                <summary>"Details"</summary>
                                <CodeBlock text=Signal::stored(text) label="Details" lines=12 />
                            </details>
                        }
                    })}
            </Cell>
            <Cell label="From">{entry.ip.unwrap_or_else(|| "—".into())}</Cell>
        </tr>
    }
}
