//! One version in the table.

use contract::manage::{Version, VersionState};
use leptos::prelude::*;

use super::Acts;
use crate::components::icon::{Glyph, Icon};
use crate::components::menu::{Menu, MenuItem};
use crate::components::relative_time::RelativeTime;
use crate::components::table::Cell;
use crate::components::tag::{Tag, Tone};

/// Number, note, author, time, state, errors, what can be done with it.
#[component]
pub(super) fn VersionRow(
    /// The version.
    version: Version,
    /// What the buttons do.
    acts: Acts,
) -> impl IntoView {
    let number = version.number;
    let live = version.state == VersionState::Live;
    let note = match (version.note.as_str(), version.restored_from) {
        ("", Some(from)) => format!("Roll back to v{from}"),
        ("", None) => "—".to_owned(),
        (note, _) => note.to_owned(),
    };
    let items = vec![
        MenuItem::action("View source", Callback::new(move |()| acts.view.run(number))),
        MenuItem::action("Compare", Callback::new(move |()| acts.compare.run(number))),
        MenuItem::action("Restore to draft", Callback::new(move |()| acts.restore.run(number))),
    ];
    view! {
        <tr>
            <Cell>
                <strong>{format!("v{number}")}</strong>
            </Cell>
            <Cell label="Note">{note}</Cell>
            <Cell label="By">{version.author}</Cell>
            <Cell label="Deployed">
                <RelativeTime at=version.created_at />
            </Cell>
            <Cell label="State">
                {if live {
                    view! { <Tag tone=Tone::Ok>"Live"</Tag> }.into_any()
                } else {
                    view! { <Tag>"Previous"</Tag> }.into_any()
                }}
            </Cell>
            <Cell label="Errors while live" numeric=true>
                <span class:bad=move || { version.errors > 0 }>{format!("{} of {}", version.errors, version.runs)}</span>
            </Cell>
            <Cell>
                <span class="row-actions">
                    {(!live)
                        .then(|| {
                            view! {
                                <button
                                    type="button"
                                    class="btn btn--ghost"
                                    aria-label=format!("Roll back to v{number}")
                                    on:click=move |_| acts.roll_back.run(number)
                                >
                                    "Roll back"
                                </button>
                            }
                        })}
                    <Menu
                        id=format!("version-{number}")
                        label=format!("Actions of v{number}")
                        items=Signal::stored(items)
                    >
                        <Icon glyph=Glyph::More />
                    </Menu>
                </span>
            </Cell>
        </tr>
    }
    .into_any()
}
