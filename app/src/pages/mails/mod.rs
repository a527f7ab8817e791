//! The e-mails that the server has made.

use contract::manage::{Mail, MailPage};
use leptos::prelude::*;

use super::change::Change;
use super::layout::CurrentProject;
use super::loaded::{Data, ask, loaded};
use super::older::Older;
use crate::api;
use crate::components::button::Button;
use crate::components::code_block::CodeBlock;
use crate::components::dialog::Dialog;
use crate::components::empty_state::EmptyState;
use crate::components::layout::{Page, PageHead};
use crate::components::panel::Panel;
use crate::components::relative_time::RelativeTime;
use crate::components::table::{Cell, Column, Table};
use crate::components::tag::{Tag, Tone};
use crate::components::top_bar::Crumb;

/// The page.
#[component]
pub(crate) fn Mails() -> impl IntoView {
    let current = CurrentProject::current();
    let data: Data<_> = ask(move || current.slug().get(), |slug| api::projects::list_mails(slug, None));
    let crumbs = current.crumbs(|_| vec![Crumb::here("Mails")]);
    let actions = ViewFn::from(move || {
        view! { <Button on_click=Callback::new(move |_| data.refetch())>"Refresh"</Button> }
    });
    view! {
        <Page crumbs actions>
            <PageHead
                title="Mails"
                text="E-mails of this project. Without a mail provider they are kept here and not sent."
            />
            {loaded("The e-mails could not be loaded", data, move |first| view! { <List first /> })}
        </Page>
    }
    .into_any()
}

#[component]
fn List(first: MailPage) -> impl IntoView {
    if first.mails.is_empty() {
        return view! {
            <EmptyState title="No e-mails yet" text="Verification and reset e-mails, and those that hooks send, appear here." />
        }
        .into_any();
    }
    let current = CurrentProject::current();
    let rows = RwSignal::new(first.mails);
    let next = RwSignal::new(first.next);
    let change = Change::new();
    let load = Callback::new(move |()| {
        change.run(api::projects::list_mails(current.slug_now(), next.get_untracked()), move |page| {
            rows.update(|rows| rows.extend(page.mails));
            next.set(page.next);
        });
    });
    let open = RwSignal::new(false);
    let shown = RwSignal::new(None::<Mail>);
    let columns = vec![
        Column::text("Subject"),
        Column::text("To"),
        Column::text("Kind"),
        Column::text("Status"),
        Column::text("When"),
        Column::actions(),
    ];
    let part = move |of: fn(&Mail) -> String| shown.with(|mail| mail.as_ref().map(of)).unwrap_or_default();
    view! {
        <Panel>
            <Table caption="E-mails" columns>
                <For each=move || rows.get() key=|mail| mail.id.clone() let:mail>
                    {row(
                        mail,
                        Callback::new(move |mail| {
                            shown.set(Some(mail));
                            open.set(true);
                        }),
                    )}
                </For>
            </Table>
        </Panel>
        <Older next change load />
        <Dialog
            id="mail"
            title=Signal::derive(move || part(|mail| mail.subject.clone()))
            subtitle=Signal::derive(move || part(|mail| format!("To {}", mail.recipient)))
            open
            wide=true
        >
            <CodeBlock text=Signal::derive(move || part(|mail| mail.text.clone())) label="Text of the e-mail" />
            {move || {
                shown
                    .get()
                    .and_then(|mail| mail.html)
                    .map(|html| {
                        view! {
                            <h3 class="result__title">"HTML"</h3>
                            // Shown as the code that it is: an e-mail's markup has no business in the console.
                            <CodeBlock text=Signal::stored(html) label="HTML of the e-mail" />
                        }
                    })
            }}
        </Dialog>
    }
    .into_any()
}

fn row(mail: Mail, show: Callback<Mail>) -> impl IntoView {
    let whole = mail.clone();
    let label = format!("View “{}” to {}", mail.subject, mail.recipient);
    view! {
        <tr>
            <Cell>{mail.subject}</Cell>
            <Cell label="To">{mail.recipient}</Cell>
            <Cell label="Kind">
                <code>{mail.kind}</code>
            </Cell>
            <Cell label="Status">
                <Tag tone=tone(&mail.status)>{mail.status}</Tag>
                {mail.error.map(|error| view! { " " <span class="bad">{error}</span> })}
            </Cell>
            <Cell label="When">
                <RelativeTime at=mail.created_at />
            </Cell>
            <Cell>
                <button
                    type="button"
                    class="btn btn--ghost"
                    aria-label=label
                    on:click=move |_| show.run(whole.clone())
                >
                    "View"
                </button>
            </Cell>
        </tr>
    }
}

fn tone(status: &str) -> Tone {
    match status {
        "sent" => Tone::Ok,
        "failed" => Tone::Bad,
        "queued" => Tone::Warn,
        _ => Tone::Neutral,
    }
}
