//! The entries of an audit log, page by page.

use contract::manage::{AuditEntry, AuditPage};
use leptos::prelude::*;
use serde_json::Value;

use crate::api;
use crate::components::code_block::CodeBlock;
use crate::components::empty_state::EmptyState;
use crate::components::panel::Panel;
use crate::components::relative_time::RelativeTime;
use crate::components::table::{Cell, Column, Table};
use crate::pages::change::Change;
use crate::pages::older::Older;
use crate::pages::test::pretty;

/// The entries, and a way to older ones.
#[component]
pub(crate) fn AuditList(
    /// The newest entries.
    first: AuditPage,
    /// Slug of the project; none for the instance.
    project: Option<String>,
) -> impl IntoView {
    if first.entries.is_empty() {
        return view! { <EmptyState title="Nothing changed yet" text="Deployments, settings, keys and secrets leave a line here." /> }
            .into_any();
    }
    let rows = RwSignal::new(first.entries);
    let next = RwSignal::new(first.next);
    let project = StoredValue::new(project);
    let change = Change::new();
    let load = Callback::new(move |()| {
        let work = api::runs::list_audit(project.get_value(), next.get_untracked());
        change.run(work, move |page| {
            rows.update(|rows| rows.extend(page.entries));
            next.set(page.next);
        });
    });
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
                <For each=move || rows.get() key=|entry| entry.id.clone() let:entry>
                    {row(entry)}
                </For>
            </Table>
        </Panel>
        <Older next change load />
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
                <div>
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
                </div>
            </Cell>
            <Cell label="From">{entry.ip.unwrap_or_else(|| "—".into())}</Cell>
        </tr>
    }
}
