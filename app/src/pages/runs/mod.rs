//! The runs of a project: every hook that ran, or did not, and why. The filter stands in the address.

mod filter;

use contract::manage::RunSummary;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use self::filter::Filters;
use super::address;
use super::change::Change;
use super::layout::CurrentProject;
use super::loaded::{Data, ask, loaded};
use super::older::Older;
use super::run::{outcome_title, said, tone, version};
use crate::api;
use crate::components::button::Button;
use crate::components::empty_state::EmptyState;
use crate::components::layout::{Page, PageHead};
use crate::components::panel::Panel;
use crate::components::relative_time::RelativeTime;
use crate::components::table::{Cell, Column, Table};
use crate::components::tag::Tag;
use crate::components::top_bar::Crumb;
use crate::components::waterfall::duration;

/// The page.
#[component]
pub(crate) fn Runs() -> impl IntoView {
    let current = CurrentProject::current();
    let query = use_query_map();
    let wanted = Memo::new(move |_| query.with(filter::of_query));
    let data: Data<_> = ask(
        move || (current.slug().get(), wanted.get()),
        |(slug, filter)| async move { api::runs::list_runs(slug, filter).await },
    );
    let crumbs = current.crumbs(|_| vec![Crumb::here("Runs")]);
    let actions = ViewFn::from(move || {
        view! { <Button on_click=Callback::new(move |_| data.refetch())>"Refresh"</Button> }
    });
    view! {
        <Page crumbs actions>
            <PageHead
                title="Runs"
                text="Every hook that was due on a request: what it did, or why it did not run. Tests leave no trace here."
            />
            <Filters wanted />
            {loaded(
                "The runs could not be loaded",
                data,
                move |page| view! { <List runs=page.runs next=page.next wanted /> },
            )}
        </Page>
    }
    .into_any()
}

#[component]
fn List(
    runs: Vec<RunSummary>,
    next: Option<String>,
    wanted: Memo<contract::manage::RunFilter>,
) -> impl IntoView {
    let current = CurrentProject::current();
    if runs.is_empty() {
        if wanted.with_untracked(filter::is_open) {
            return view! {
                <EmptyState
                    title="No runs yet"
                    text="Every hook that is due on a request leaves one. Deploy a hook, and call its endpoint."
                >
                    <Button href=address::hooks(&current.slug_now())>"API & Hooks"</Button>
                </EmptyState>
            }
            .into_any();
        }
        return view! {
            <EmptyState title="Nothing matches" text="No run is like that.">
                <Button href=address::runs(&current.slug_now())>"Show all runs"</Button>
            </EmptyState>
        }
        .into_any();
    }
    let rows = RwSignal::new(runs);
    let next = RwSignal::new(next);
    let more = Change::new();
    let load = Callback::new(move |()| {
        let mut filter = wanted.get_untracked();
        filter.cursor = next.get_untracked();
        more.run(api::runs::list_runs(current.slug_now(), filter), move |page| {
            rows.update(|rows| rows.extend(page.runs));
            next.set(page.next);
        });
    });
    let columns = vec![
        Column::text("Hook"),
        Column::text("Outcome"),
        Column::text("What happened"),
        Column::text("Endpoint"),
        Column::number("Time"),
        Column::text("When"),
    ];
    view! {
        <Panel>
            <Table caption="Runs" columns>
                <For each=move || rows.get() key=|run| run.id.clone() let:run>
                    {row(run, current.slug_now())}
                </For>
            </Table>
        </Panel>
        <Older next change=more load />
    }
    .into_any()
}

fn row(run: RunSummary, slug: String) -> impl IntoView {
    let (version, said) = (version(&run), said(&run));
    view! {
        <tr>
            <Cell>
                <a href=address::run(&slug, &run.id)>{run.hook_name}</a>
                " "
                <span class="muted">{version}</span>
            </Cell>
            <Cell label="Outcome">
                <Tag tone=tone(run.outcome)>{outcome_title(run.outcome)}</Tag>
            </Cell>
            <Cell label="What happened">{said.unwrap_or_else(|| "—".into())}</Cell>
            <Cell label="Endpoint">{run.endpoint.map(|endpoint| view! { <code>{endpoint}</code> })}</Cell>
            <Cell label="Time" numeric=true>
                {duration(run.duration_us)}
            </Cell>
            <Cell label="When">
                <RelativeTime at=run.started_at />
            </Cell>
        </tr>
    }
}
