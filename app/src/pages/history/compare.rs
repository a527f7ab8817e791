//! Any two versions beside each other.

use contract::ids::HookId;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use crate::api;
use crate::components::dialog::Dialog;
use crate::components::diff_view::DiffView;
use crate::components::field::{Choice, Select};
use crate::components::loading::Skeleton;
use crate::error::ConsoleError;
use crate::pages::late::Late;
use crate::pages::layout::CurrentProject;
use crate::pages::{address, diff};

/// Which versions are compared.
#[derive(Clone, Copy)]
pub(super) struct Comparing {
    hook: StoredValue<HookId>,
    open: RwSignal<bool>,
    old: RwSignal<String>,
    new: RwSignal<String>,
}

impl Comparing {
    /// Nothing is compared.
    pub(super) fn new(hook: HookId) -> Self {
        Self {
            hook: StoredValue::new(hook),
            open: RwSignal::new(false),
            old: RwSignal::new(String::new()),
            new: RwSignal::new(String::new()),
        }
    }

    /// Compares a version with what is live; the live one with the one before.
    pub(super) fn open(self, number: u32, live: Option<u32>) {
        match live {
            Some(live) if live != number => {
                self.between(number.min(live).to_string(), number.max(live).to_string());
            }
            // Nothing comes before the first: what may come after it.
            _ if number <= 1 => self.between(number.to_string(), DRAFT.to_owned()),
            _ => self.between((number - 1).to_string(), number.to_string()),
        }
    }

    /// Compares what is live with the draft.
    pub(super) fn open_draft(self, live: u32) {
        self.between(live.to_string(), DRAFT.to_owned());
    }

    /// Compares what an address names, such as `v1..v3` or `v7..draft`. Anything else is no comparison.
    pub(super) fn open_named(self, named: &str) {
        if let Some((old, new)) = pair(named) {
            self.between(old, new);
        }
    }

    fn between(self, old: String, new: String) {
        self.old.set(old);
        self.new.set(new);
        self.open.set(true);
    }

    /// How an address names what is compared, while it is.
    fn named(self) -> Option<String> {
        let name = |which: RwSignal<String>| {
            which.with(|which| if which == DRAFT { which.clone() } else { format!("v{which}") })
        };
        self.open.get().then(|| format!("{}..{}", name(self.old), name(self.new)))
    }
}

fn pair(named: &str) -> Option<(String, String)> {
    let which = |name: &str| {
        if name == DRAFT {
            return Some(name.to_owned());
        }
        name.strip_prefix('v')?.parse::<u32>().ok().map(|number| number.to_string())
    };
    let (old, new) = named.split_once("..")?;
    Some((which(old)?, which(new)?))
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
    /// Every version in sight, newest first.
    numbers: Signal<Vec<u32>>,
) -> impl IntoView {
    let current = CurrentProject::current();
    let navigate = use_navigate();
    // What is compared stands in the address, so that it can be sent to somebody.
    Effect::new(move |before: Option<Option<String>>| {
        let named = comparing.named();
        if before.is_some_and(|before| before != named) {
            let page = address::history(&current.slug_now(), &comparing.hook.get_value());
            let there =
                named.as_ref().map_or_else(|| page.clone(), |named| format!("{page}?compare={named}"));
            navigate(&there, NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() });
        }
        named
    });
    let choices = Signal::derive(move || {
        let mut choices = vec![Choice::new(DRAFT, "Draft")];
        let mut known = numbers.get();
        // An address may name one that is further down.
        for named in [comparing.old.get(), comparing.new.get()] {
            if let Ok(number) = named.parse()
                && !known.contains(&number)
            {
                known.push(number);
            }
        }
        choices.extend(known.iter().map(|number| Choice::new(number.to_string(), format!("v{number}"))));
        choices
    });
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

#[cfg(test)]
mod tests {
    use super::pair;

    #[test]
    fn an_address_names_two_versions_or_the_draft() {
        let text = |old: &str, new: &str| Some((old.to_owned(), new.to_owned()));
        assert_eq!(pair("v1..v3"), text("1", "3"));
        assert_eq!(pair("v7..draft"), text("7", "draft"));
        assert_eq!(pair("v1"), None);
        assert_eq!(pair("1..3"), None);
        assert_eq!(pair("v1..<b>"), None);
    }
}
