//! Which endpoints the list shows.

use contract::manage::{EndpointOverview, HookOverview, HookState, StepOverview};

/// What the endpoints in sight have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Nothing.
    All,
    /// Something is attached.
    WithHooks,
    /// A draft waits.
    DraftPending,
    /// A hook fails.
    Failing,
}

impl State {
    /// Every choice, in the order in which they are offered.
    pub(super) const EVERY: [Self; 4] = [Self::All, Self::WithHooks, Self::DraftPending, Self::Failing];

    /// The value of the choice.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::All => "",
            Self::WithHooks => "with-hooks",
            Self::DraftPending => "draft-pending",
            Self::Failing => "failing",
        }
    }

    /// What it says.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::All => "All",
            Self::WithHooks => "With hooks",
            Self::DraftPending => "Draft pending",
            Self::Failing => "Failing",
        }
    }

    /// The choice of that value.
    pub(super) fn named(value: &str) -> Self {
        Self::EVERY.into_iter().find(|state| state.as_str() == value).unwrap_or(Self::All)
    }

    /// Whether an endpoint is meant.
    pub(super) fn holds(self, endpoint: &EndpointOverview) -> bool {
        match self {
            Self::All => true,
            Self::WithHooks => hooks(endpoint).next().is_some(),
            Self::DraftPending => hooks(endpoint).any(waits),
            Self::Failing => hooks(endpoint).any(|hook| hook.failing),
        }
    }
}

/// Whether a hook has something that is not live.
pub(super) fn waits(hook: &HookOverview) -> bool {
    hook.draft_pending || hook.state == HookState::NotDeployed
}

fn hooks(endpoint: &EndpointOverview) -> impl Iterator<Item = &HookOverview> {
    endpoint.steps.iter().flat_map(|step| &step.hooks)
}

/// What is typed and chosen above the list.
pub(super) struct Filter {
    /// In lower case.
    pub(super) text: String,
    /// The chosen state.
    pub(super) state: State,
}

impl Filter {
    /// The endpoints in sight, by group, in the order of the catalogue.
    pub(super) fn groups(&self, all: &[EndpointOverview]) -> Vec<(String, Vec<EndpointOverview>)> {
        let mut groups: Vec<(String, Vec<EndpointOverview>)> = Vec::new();
        for endpoint in all.iter().filter(|endpoint| self.state.holds(endpoint) && self.finds(endpoint)) {
            match groups.last_mut() {
                Some((name, endpoints)) if *name == endpoint.group => endpoints.push(endpoint.clone()),
                _ => groups.push((endpoint.group.clone(), vec![endpoint.clone()])),
            }
        }
        groups
    }

    fn finds(&self, endpoint: &EndpointOverview) -> bool {
        let has = |text: &str| text.to_lowercase().contains(&self.text);
        has(&endpoint.path)
            || has(&endpoint.title)
            || endpoint.steps.iter().any(|step| step_names(step).any(has))
    }
}

fn step_names(step: &StepOverview) -> impl Iterator<Item = &str> {
    let own = [step.label.as_str(), step.title.as_str()].into_iter();
    own.chain(step.trigger.map(|trigger| trigger.as_str()))
        .chain(step.event.as_deref())
        .chain(step.aliases.iter().map(String::as_str))
        .chain(step.hooks.iter().map(|hook| hook.name.as_str()))
}

/// `3 endpoints · 6 hooks`. A hook that several endpoints run counts once.
pub(super) fn figures(endpoints: &[EndpointOverview]) -> String {
    let mut ids: Vec<&str> = endpoints.iter().flat_map(hooks).map(|hook| hook.id.as_ref()).collect();
    ids.sort_unstable();
    ids.dedup();
    let plural = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    format!("{} · {}", plural(endpoints.len(), "endpoint"), plural(ids.len(), "hook"))
}
