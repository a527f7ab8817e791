//! Sends a request through a whole endpoint.

use std::collections::BTreeMap;

use contract::catalogue::endpoints::{Access, Endpoint};
use contract::ids::{HookId, RunId};
use contract::manage::{EndpointResult, EndpointTest, RunFilter, TestMode};
use leptos::prelude::*;
use serde_json::Value;

use super::endpoint_result::EndpointResultView;
use super::input::{Input, InputFields};
use super::recorded;
use super::stale::{Stale, StaleBar};
use super::user_picker::UserPicker;
use super::versions::DRAFT;
use crate::api;
use crate::components::button::{Button, Variant};
use crate::components::dialog::Dialog;
use crate::components::segmented::{Segment, Segmented};
use crate::pages::change::{Change, ChangeError};
use crate::pages::layout::CurrentProject;

const DRY_RUN: &str = "dry_run";
const LIVE: &str = "live";

/// Which code of a hook runs: empty for what is live, [`DRAFT`], or the number of a version.
pub(super) type Pick = (HookId, RwSignal<String>);

/// A test of an endpoint: what is typed, whether it runs, what it gave.
#[derive(Clone, Copy)]
pub(crate) struct EndpointRun {
    current: CurrentProject,
    endpoint: RwSignal<Endpoint>,
    input: Input,
    user: RwSignal<String>,
    mode: RwSignal<String>,
    /// What runs in place of what is live, hook by hook.
    pub(super) picks: RwSignal<Vec<Pick>>,
    /// The hook that is being edited, and its text.
    edited: StoredValue<Option<(HookId, RwSignal<String>)>>,
    confirming: RwSignal<bool>,
    change: Change,
    result: RwSignal<Option<EndpointResult>>,
    stale: Stale,
}

impl EndpointRun {
    /// A test of `endpoint` with its example body.
    pub(crate) fn new(endpoint: Endpoint) -> Self {
        let input = Input::new(runs_of(endpoint), recorded::body);
        input.exemplify(example(endpoint));
        Self {
            current: CurrentProject::current(),
            endpoint: RwSignal::new(endpoint),
            input,
            user: RwSignal::new(String::new()),
            mode: RwSignal::new(DRY_RUN.to_owned()),
            picks: RwSignal::new(Vec::new()),
            edited: StoredValue::new(None),
            confirming: RwSignal::new(false),
            change: Change::new(),
            result: RwSignal::new(None),
            stale: Stale::new(),
        }
    }

    /// Runs what is in the editor in place of the live version of `hook`, or the version that `pick` names.
    pub(crate) fn edits(self, hook: HookId, source: RwSignal<String>, pick: RwSignal<String>) -> Self {
        self.picks.set(vec![(hook.clone(), pick)]);
        self.edited.set_value(Some((hook, source)));
        self
    }

    /// The endpoint.
    pub(crate) fn endpoint(self) -> Endpoint {
        self.endpoint.get_untracked()
    }

    /// Tests another endpoint, with its example body.
    pub(crate) fn choose(self, endpoint: Endpoint) {
        self.endpoint.set(endpoint);
        self.input.restart(example(endpoint), runs_of(endpoint));
        self.result.set(None);
    }

    /// Takes the body from the request of a run.
    pub(crate) fn replay(self, run: &RunId) {
        self.input.replay(run);
    }

    /// What the last test gave.
    pub(crate) fn result(self) -> Signal<Option<EndpointResult>> {
        self.result.into()
    }

    /// Whether it runs now.
    pub(crate) fn busy(self) -> Signal<bool> {
        self.change.busy()
    }

    /// Whether it is a real request.
    pub(crate) fn live(self) -> bool {
        self.mode.with(|mode| mode == LIVE)
    }

    /// What decides what it gives. The text counts only where it runs.
    fn key(self) -> impl std::hash::Hash {
        let live = self.live();
        let picks: Vec<String> = self.picks.with(|picks| picks.iter().map(|(_, pick)| pick.get()).collect());
        let draft = !live && picks.iter().any(|pick| pick == DRAFT);
        let edited = self.edited.get_value().filter(|_| draft).map(|(_, source)| source.get());
        (self.input.key(), self.user.get(), live, picks, edited)
    }

    /// Runs it; a live one asks first.
    pub(crate) fn start(self) {
        // Before the question: nobody shall confirm what cannot be sent.
        if self.body().is_err() {
            return;
        }
        if untrack(|| self.live()) {
            self.confirming.set(true);
        } else {
            self.run(TestMode::DryRun);
        }
    }

    fn body(self) -> Result<Option<Value>, ()> {
        // An endpoint without a body has no box that could be wrong.
        if self.endpoint.with_untracked(|endpoint| endpoint.spec().request.is_none()) {
            return Ok(None);
        }
        self.input.read()
    }

    fn run(self, mode: TestMode) {
        self.confirming.set(false);
        let Ok(body) = self.body() else { return };
        let (mut drafts, mut versions, mut sources) = (Vec::new(), BTreeMap::new(), BTreeMap::new());
        // A live request runs what is live: it is the real thing.
        let picks = if mode == TestMode::DryRun { self.picks.get_untracked() } else { Vec::new() };
        for (hook, pick) in picks {
            let pick = pick.get_untracked();
            if let Ok(number) = pick.parse() {
                versions.insert(hook.to_string(), number);
            } else if pick == DRAFT {
                if let Some((_, source)) = self.edited.get_value().filter(|(edited, _)| *edited == hook) {
                    sources.insert(hook.to_string(), source.get_untracked());
                }
                drafts.push(hook);
            }
        }
        let test = EndpointTest {
            mode,
            body,
            user_id: self.user.get_untracked().parse().ok(),
            drafts: (!drafts.is_empty()).then_some(drafts),
            sources: (!sources.is_empty()).then_some(sources),
            versions: (!versions.is_empty()).then_some(versions),
        };
        self.result.set(None);
        self.stale.mark(untrack(|| self.key()));
        let work = api::tests::test_endpoint(self.current.slug_now(), self.endpoint.get_untracked(), test);
        self.change.run(work, move |result| self.result.set(Some(result)));
    }
}

fn example(endpoint: Endpoint) -> Value {
    (endpoint.spec().sample)()
}

fn runs_of(endpoint: Endpoint) -> RunFilter {
    RunFilter { endpoint: Some(endpoint.request_line()), ..super::recent() }
}

/// Body, user, dry run or live, the button, and what the test gave.
#[component]
pub(crate) fn EndpointForm(
    /// The test.
    run: EndpointRun,
) -> impl IntoView {
    let bearer = move || run.endpoint.get().spec().access != Access::Public;
    let has_body = move || run.endpoint.get().spec().request.is_some();
    let modes = vec![Segment::new(DRY_RUN, "Dry run"), Segment::new(LIVE, "Live")];
    let live = move || run.live();
    let stale = Memo::new(move |_| run.result.with(Option::is_some) && run.stale.is(run.key()));
    view! {
        <Show when=has_body>
            <InputFields
                input=run.input
                name="request-body"
                label="Request body"
                recorded_note="The body of a real request. Passwords and tokens are never recorded: the example’s stand in their place."
            />
        </Show>
        <Show when=bearer>
            <UserPicker
                name="as-user"
                label="As user"
                hint="The request is signed with an access token of this user."
                value=run.user
            />
        </Show>
        <div class="tester__run">
            <Segmented name="mode" label="Mode" segments=Signal::stored(modes.clone()) value=run.mode />
            <span class="tester__mode" class:tester__mode--live=live>
                {move || if live() { "Changes real data; runs what is live" } else { "Nothing is saved or sent" }}
            </span>
            <Button
                variant=Variant::Primary
                keys="mod+enter"
                busy=run.busy()
                on_click=Callback::new(move |_| run.start())
            >
                "Run"
            </Button>
        </div>
        <ChangeError change=run.change />
        <StaleBar stale again=Callback::new(move |()| run.start()) />
        {move || run.result.get().map(|result| view! { <EndpointResultView result /> })}
        <Dialog
            id="confirm-live"
            title=Signal::derive(move || format!("Send a real request to {}?", run.current.place()))
            open=run.confirming
            actions=ViewFn::from(move || {
                view! {
                    <Button on_click=Callback::new(move |_| run.confirming.set(false))>"Cancel"</Button>
                    <Button variant=Variant::Danger on_click=Callback::new(move |_| run.run(TestMode::Live))>
                        "Run live"
                    </Button>
                }
            })
        >
            <p>
                "It changes real data: users, sessions and events are kept, e-mails are sent, and the live hooks run with all that they do."
            </p>
        </Dialog>
    }
    .into_any()
}
