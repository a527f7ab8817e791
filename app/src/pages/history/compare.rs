//! Any two versions beside each other.

use contract::ids::HookId;
use leptos::prelude::*;

use crate::api;
use crate::components::dialog::Dialog;
use crate::components::diff_view::DiffView;
use crate::components::field::{Choice, Select};
use crate::components::loading::Skeleton;
use crate::error::ConsoleError;
use crate::pages::diff;
use crate::pages::late::Late;
use crate::pages::layout::CurrentProject;

/// Which versions are compared.
#[derive(Clone, Copy)]
pub(super) struct Comparing {
    hook: StoredValue<HookId>,
    open: RwSignal<bool>,
    old: RwSignal<String>,
    new: RwSignal<String>,
    first: RwSignal<Option<u32>>,
}

impl Comparing {
    /// Nothing is compared.
    pub(super) fn new(hook: HookId) -> Self {
        Self {
            hook: StoredValue::new(hook),
            open: RwSignal::new(false),
            old: RwSignal::new(String::new()),
            new: RwSignal::new(String::new()),
            first: RwSignal::new(None),
        }
    }

    /// Opens the dialog at a version.
    pub(super) fn open(self, number: u32) {
        self.first.set(Some(number));
        self.open.set(true);
    }
}

/// In the lists, in place of a number.
const DRAFT: &str = "draft";

/// The code of a version, or of the draft.
async fn source(slug: String, id: HookId, which: String) -> Result<Option<String>, ConsoleError> {
    if which == DRAFT {
        return Ok(Some(api::hooks::get_hook(slug, id).await?.draft.source));
    }
    let Ok(number) = which.parse() else { return Ok(None) };
    Ok(Some(api::versions::get_version(slug, id, number).await?.source))
}

/// The dialog: two lists of versions and the difference.
#[component]
pub(super) fn CompareDialog(
    /// What it shows.
    comparing: Comparing,
    /// Every version, newest first.
    numbers: Vec<u32>,
    /// The live version, which is compared with at first.
    live: Option<u32>,
) -> impl IntoView {
    let current = CurrentProject::current();
    let newest = numbers.first().copied();
    Effect::new(move || {
        let Some(number) = comparing.first.get() else { return };
        // The chosen one against what is live; the live one against the one before.
        let (old, new) = match live.or(newest) {
            Some(live) if live != number => (number.min(live), number.max(live)),
            // Nothing comes before the first: what may come after it.
            _ if number <= 1 => {
                comparing.old.set(number.to_string());
                return comparing.new.set(DRAFT.to_owned());
            }
            _ => (number - 1, number),
        };
        comparing.old.set(old.to_string());
        comparing.new.set(new.to_string());
    });
    let mut choices = vec![Choice::new(DRAFT, "Draft")];
    choices.extend(numbers.iter().map(|number| Choice::new(number.to_string(), format!("v{number}"))));
    let choices = Signal::stored(choices);
    let texts = Late::new(move || {
        let wanted = (comparing.old.get(), comparing.new.get());
        let slug = current.slug().get();
        async move {
            let id = comparing.hook.get_value();
            let (old, new) = wanted;
            let Some(older) = source(slug.clone(), id.clone(), old).await? else { return Ok(None) };
            let newer = source(slug, id, new).await?;
            Ok(newer.map(|newer| (older, newer)))
        }
    });
    view! {
        <Dialog id="compare-versions" title="Compare versions" open=comparing.open wide=true>
            <div class="form__row">
                <Select name="old" label="From" choices value=comparing.old />
                <Select name="new" label="To" choices value=comparing.new />
            </div>
            {move || match texts.answer() {
                None | Some(Ok(None)) => view! { <Skeleton /> }.into_any(),
                Some(Err(error)) => view! { <p class="field__error" role="alert">{error.message()}</p> }.into_any(),
                Some(Ok(Some((old, new)))) => {
                    let lines = diff::lines("hook", &old, &new);
                    if lines.is_empty() {
                        view! { <p class="form__note">"Both have the same code."</p> }.into_any()
                    } else {
                        view! { <DiffView label="Difference of the versions" lines=Signal::stored(lines) /> }.into_any()
                    }
                }
            }}
        </Dialog>
    }
    .into_any()
}
