//! Where in the code a run failed.

use contract::ids::HookId;
use leptos::prelude::*;

use crate::api;
use crate::components::button::Button;
use crate::components::diff_view::{DiffKind, DiffView};
use crate::pages::address;
use crate::pages::late::Late;
use crate::pages::layout::CurrentProject;

/// How many lines are shown before and after the one.
const AROUND: usize = 4;

/// What ran, and whether the editor still shows the same.
#[derive(Clone)]
struct Code {
    ran: String,
    same: bool,
}

/// The lines around the failure, of the version that ran, and the way into the editor: to that line only
/// when the draft there still is what ran.
#[component]
pub(super) fn Place(
    /// The hook.
    hook: HookId,
    /// The version that ran; none: a draft, of which only the place is known.
    version: Option<u32>,
    /// The line of the failure, from 1.
    line: Option<u32>,
) -> impl IntoView {
    let current = CurrentProject::current();
    let id = StoredValue::new(hook);
    let code = Late::new(move || {
        let (slug, id) = (current.slug().get(), id.get_value());
        async move {
            let (Some(version), Some(_)) = (version, line) else { return Ok(None) };
            let ran = api::versions::get_version(slug.clone(), id.clone(), version).await?.source;
            let draft = api::hooks::get_hook(slug, id).await?.draft.source;
            Ok(Some(Code { same: draft == ran, ran }))
        }
    });
    let code = move || code.get().flatten();
    let href = move || {
        let (slug, same) = (current.slug().get(), code().is_some_and(|code| code.same));
        match line.filter(|_| same) {
            Some(line) => id.with_value(|id| address::hook_line(&slug, id, line)),
            None => id.with_value(|id| address::hook(&slug, id)),
        }
    };
    let lines = move || {
        let line = usize::try_from(line?).ok()?;
        Some(around(&code()?.ran, line))
    };
    view! {
        {move || {
            lines()
                .map(|lines| {
                    view! {
                        <h3 class="result__title">{format!("Line {} of v{}", line.unwrap_or(1), version.unwrap_or(0))}</h3>
                        <DiffView label="Where it failed" lines=Signal::stored(lines) />
                    }
                })
        }}
        <div class="tester__row">
            {move || view! { <Button href=href()>"Open in the editor"</Button> }}
            {move || {
                code()
                    .filter(|code| !code.same)
                    .map(|_| view! { <span class="form__note">"The draft there has changed since."</span> })
            }}
        </div>
    }
    .into_any()
}

/// The lines around `line`, that one marked.
fn around(source: &str, line: usize) -> Vec<(DiffKind, String)> {
    let first = line.saturating_sub(AROUND).max(1);
    source
        .lines()
        .enumerate()
        .map(|(index, text)| (index + 1, text))
        .filter(|(number, _)| (first..=line + AROUND).contains(number))
        .map(|(number, text)| {
            let kind = if number == line { DiffKind::Marked } else { DiffKind::Same };
            (kind, format!("{number:>4}  {text}"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{DiffKind, around};

    #[test]
    fn the_line_is_marked_among_its_neighbours() {
        let source = (1..=20).map(|line| format!("l{line}")).collect::<Vec<_>>().join("\n");
        let lines = around(&source, 2);
        assert_eq!(lines.len(), 6);
        assert_eq!(lines[1], (DiffKind::Marked, "   2  l2".to_owned()));
        assert_eq!(around(&source, 20).last().map(|(kind, _)| *kind), Some(DiffKind::Marked));
        assert!(around("", 3).is_empty());
    }
}
