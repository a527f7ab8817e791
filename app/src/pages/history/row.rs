//! One version in the table.

use contract::manage::{Draft, Version, VersionState};
use leptos::prelude::*;

use super::Acts;
use crate::components::icon::{Glyph, Icon};
use crate::components::menu::{Menu, MenuItem};
use crate::components::relative_time::RelativeTime;
use crate::components::table::Cell;
use crate::components::tag::{Tag, Tone};

/// What is being written, above what was deployed.
#[component]
pub(super) fn DraftRow(
    /// The draft.
    draft: Draft,
    /// Number of the live version, if anything was ever deployed.
    live: Option<u32>,
    /// Address of the editor.
    editor: String,
    /// Compares what is live with the draft.
    compare: Callback<u32>,
) -> impl IntoView {
    view! {
        <tr>
            <Cell>
                <strong>"Draft"</strong>
            </Cell>
            <Cell label="Note">
                {if live.is_some() { "Changed since the last deployment" } else { "The first deployment becomes v1" }}
            </Cell>
            <Cell label="By">{draft.updated_by}</Cell>
            <Cell label="Deployed"><span>"saved " <RelativeTime at=draft.updated_at /></span></Cell>
            <Cell label="State">
                <Tag tone=Tone::Draft>{if live.is_some() { "Draft" } else { "Never deployed" }}</Tag>
            </Cell>
            <Cell label="Errors while live" numeric=true>
                "—"
            </Cell>
            <Cell>
                <span class="row-actions">
                    {live
                        .map(|live| {
                            view! {
                                <button
                                    type="button"
                                    class="btn btn--ghost"
                                    aria-label="Compare the draft with what is live"
                                    on:click=move |_| compare.run(live)
                                >
                                    "Compare"
                                </button>
                            }
                        })}
                    <a class="btn btn--ghost" href=editor>
                        "Edit"
                    </a>
                </span>
            </Cell>
        </tr>
    }
    .into_any()
}

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
                <Tag tone=if live { Tone::Ok } else { Tone::Neutral }>{if live { "Live" } else { "Previous" }}</Tag>
            </Cell>
            <Cell label="Errors while live" numeric=true>
                <span class:bad=version.errors != 0>{format!("{} of {}", version.errors, version.runs)}</span>
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
