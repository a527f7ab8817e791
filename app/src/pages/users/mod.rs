//! The users of a project.

use contract::catalogue::payloads::User;
use leptos::prelude::*;

use super::asked::Asked;
use super::change::Change;
use super::layout::CurrentProject;
use super::loaded::{Data, ask, loaded};
use super::older::Older;
use super::test::pretty;
use crate::api;
use crate::components::code_block::CodeBlock;
use crate::components::dialog::Dialog;
use crate::components::empty_state::EmptyState;
use crate::components::layout::{Page, PageHead};
use crate::components::panel::Panel;
use crate::components::search::Search;
use crate::components::table::{Cell, Column, Table};
use crate::components::tag::{Tag, Tone};
use crate::components::top_bar::Crumb;

/// The page.
#[component]
pub(crate) fn Users() -> impl IntoView {
    let current = CurrentProject::current();
    let search = Asked::by("find");
    let data: Data<_> = ask(
        move || (current.slug().get(), search.settled.get()),
        |(slug, text)| async move {
            let text = text.trim().to_owned();
            api::projects::list_users(slug, (!text.is_empty()).then_some(text), None).await
        },
    );
    let crumbs = current.crumbs(|_| vec![Crumb::here("Users")]);
    view! {
        <Page crumbs>
            <PageHead title="Users" text="Who has signed up in this project, newest first." />
            <form class="filters" role="search" on:submit=move |event| event.prevent_default()>
                <Search name="find" label="Find by address or name" value=search.typed />
            </form>
            {loaded(
                "The users could not be loaded",
                data,
                move |page| {
                    view! { <List users=page.users next=page.next search=search.settled.get_untracked() /> }
                },
            )}
        </Page>
    }
    .into_any()
}

#[component]
fn List(users: Vec<User>, next: Option<String>, search: String) -> impl IntoView {
    let current = CurrentProject::current();
    if users.is_empty() {
        let (title, text) = if search.is_empty() {
            ("No users yet", format!("They come with POST /p/{}/auth/register.", current.slug_now()))
        } else {
            ("Nobody found", format!("No address or name of this project holds “{search}”."))
        };
        return view! { <EmptyState title text /> }.into_any();
    }
    let rows = RwSignal::new(users);
    let next = RwSignal::new(next);
    let change = Change::new();
    let shown = RwSignal::new(None::<User>);
    let open = RwSignal::new(false);
    let search = StoredValue::new(search);
    let load = Callback::new(move |()| {
        let text = search.with_value(|text| (!text.is_empty()).then(|| text.clone()));
        let work = api::projects::list_users(current.slug_now(), text, next.get_untracked());
        change.run(work, move |page| {
            rows.update(|rows| rows.extend(page.users));
            next.set(page.next);
        });
    });
    let columns = vec![
        Column::text("E-mail"),
        Column::text("Name"),
        Column::text("Verified"),
        Column::number("Logins"),
        Column::text("Last login"),
        Column::text("Created"),
        Column::actions(),
    ];
    view! {
        <Panel>
            <Table caption="Users" columns>
                <For each=move || rows.get() key=|user| user.user_id.clone() let:user>
                    {row(
                        user,
                        Callback::new(move |user| {
                            shown.set(Some(user));
                            open.set(true);
                        }),
                    )}
                </For>
            </Table>
        </Panel>
        <Older next change load />
        <Dialog
            id="user"
            title=Signal::derive(move || shown.with(|user| user.as_ref().map(name_of)).unwrap_or_default())
            open
            wide=true
        >
            <CodeBlock
                text=Signal::derive(move || {
                    let user = shown.get().and_then(|user| serde_json::to_value(user).ok());
                    user.map(|user| pretty(&user)).unwrap_or_default()
                })
                label="The user"
                lines=28
            />
        </Dialog>
    }
    .into_any()
}

fn name_of(user: &User) -> String {
    user.email.clone().or_else(|| user.username.clone()).unwrap_or_else(|| user.user_id.clone())
}

fn row(user: User, show: Callback<User>) -> impl IntoView {
    let name = name_of(&user);
    let label = format!("View {name}");
    let verified = user.email_verified;
    let shown = user.clone();
    let last = user.last_login.as_deref().map_or_else(|| "never".to_owned(), minute);
    view! {
        <tr>
            <Cell>{name}</Cell>
            <Cell label="Name">{user.name.unwrap_or_else(|| "—".into())}</Cell>
            <Cell label="Verified">
                {if verified {
                    view! { <Tag tone=Tone::Ok>"Verified"</Tag> }.into_any()
                } else {
                    view! { <Tag>"Not verified"</Tag> }.into_any()
                }}
            </Cell>
            <Cell label="Logins" numeric=true>
                {user.login_count}
            </Cell>
            <Cell label="Last login">{last}</Cell>
            <Cell label="Created">{minute(&user.created_at)}</Cell>
            <Cell>
                <button
                    type="button"
                    class="btn btn--ghost"
                    aria-label=label
                    on:click=move |_| show.run(shown.clone())
                >
                    "View"
                </button>
            </Cell>
        </tr>
    }
}

/// An RFC 3339 time to the minute, as it is read: `2026-03-05 14:02`.
pub(crate) fn minute(time: &str) -> String {
    time.get(..16).unwrap_or(time).replace('T', " ")
}
