//! Which code a test runs.

use leptos::prelude::*;

use crate::components::field::Choice;

/// In a list of versions: the draft.
pub(crate) const DRAFT: &str = "draft";

/// The text in the editor, or a deployed version.
pub(crate) fn version_choices(versions: Signal<Vec<u32>>) -> Signal<Vec<Choice>> {
    Signal::derive(move || {
        let mut choices = vec![Choice::new(DRAFT, "Draft, as in the editor")];
        choices.extend(versions.get().into_iter().map(numbered));
        choices
    })
}

/// A deployed version.
pub(super) fn numbered(number: u32) -> Choice {
    Choice::new(number.to_string(), format!("v{number}"))
}
