//! Sends a request through a whole endpoint.

use std::collections::BTreeMap;

use contract::catalogue::endpoints::{Access, Endpoint};
use contract::ids::HookId;
use contract::manage::{EndpointResult, EndpointTest, TestMode};
use leptos::prelude::*;

use super::endpoint_result::EndpointResultView;
use super::user_picker::UserPicker;
use super::{parse, pretty};
use crate::api;
use crate::components::button::{Button, Variant};
use crate::components::dialog::Dialog;
use crate::components::field::{Checkbox, TextArea};
use crate::components::segmented::{Segment, Segmented};
use crate::pages::change::{Change, ChangeError};
use crate::pages::late::Late;
use crate::pages::layout::CurrentProject;

const DRY_RUN: &str = "dry_run";
const LIVE: &str = "live";

/// A test of an endpoint: what is typed, whether it runs, what it gave.
#[derive(Clone, Copy)]
pub(crate) struct EndpointRun {
    current: CurrentProject,
    endpoint: RwSignal<Endpoint>,
    body: RwSignal<String>,
    body_error: RwSignal<Option<String>>,
    user: RwSignal<String>,
    mode: RwSignal<String>,
    /// Hooks whose saved draft runs in place of the live version.
    drafts: RwSignal<Vec<HookId>>,
    /// The hook that is being edited, and its text.
    edited: StoredValue<Option<(HookId, RwSignal<String>)>>,
    confirming: RwSignal<bool>,
    change: Change,
    result: RwSignal<Option<EndpointResult>>,
}

impl EndpointRun {
    /// A test of `endpoint` with its example body.
    pub(crate) fn new(endpoint: Endpoint) -> Self {
        Self {
            current: CurrentProject::current(),
            endpoint: RwSignal::new(endpoint),
            body: RwSignal::new(example(endpoint)),
            body_error: RwSignal::new(None),
            user: RwSignal::new(String::new()),
            mode: RwSignal::new(DRY_RUN.to_owned()),
            drafts: RwSignal::new(Vec::new()),
            edited: StoredValue::new(None),
            confirming: RwSignal::new(false),
            change: Change::new(),
            result: RwSignal::new(None),
        }
    }

    /// Runs what is in the editor in place of the live version of `hook`.
    pub(crate) fn edits(self, hook: HookId, source: RwSignal<String>) -> Self {
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
        self.body.set(example(endpoint));
        self.result.set(None);
    }

    /// What the last test gave.
    pub(crate) fn result(self) -> Signal<Option<EndpointResult>> {
        self.result.into()
    }

    /// Whether it runs now.
    pub(crate) fn busy(self) -> Signal<bool> {
        self.change.busy()
    }

    /// Runs it; a live one asks first.
    pub(crate) fn start(self) {
        // Before the question: nobody shall confirm what cannot be sent.
        if let Err(error) = parse(&self.body.get_untracked()) {
            return self.body_error.set(Some(error));
        }
        if self.mode.with_untracked(|mode| mode == LIVE) {
            self.confirming.set(true);
        } else {
            self.run(TestMode::DryRun);
        }
    }

    fn run(self, mode: TestMode) {
        self.confirming.set(false);
        let body = match parse(&self.body.get_untracked()) {
            Ok(body) => body,
            Err(error) => return self.body_error.set(Some(error)),
        };
        self.body_error.set(None);
        let mut drafts = self.drafts.get_untracked();
        let mut sources = BTreeMap::new();
        // A live request runs what is live: it is the real thing.
        if let Some((hook, source)) = self.edited.get_value().filter(|_| mode == TestMode::DryRun) {
            sources.insert(hook.to_string(), source.get_untracked());
            drafts.push(hook);
        }
        let test = EndpointTest {
            mode,
            body,
            user_id: self.user.get_untracked().parse().ok(),
            drafts: (!drafts.is_empty()).then_some(drafts),
            sources: (!sources.is_empty()).then_some(sources),
        };
        self.result.set(None);
        let work = api::tests::test_endpoint(self.current.slug_now(), self.endpoint.get_untracked(), test);
        self.change.run(work, move |result| self.result.set(Some(result)));
    }
}

fn example(endpoint: Endpoint) -> String {
    let sample = (endpoint.spec().sample)();
    if sample.is_null() { String::new() } else { pretty(&sample) }
}

/// The test of an endpoint's own page: the form, with the drafts to try, and what it gave.
#[component]
pub(crate) fn EndpointTester(
    /// The endpoint.
    endpoint: Endpoint,
) -> impl IntoView {
    let run = EndpointRun::new(endpoint);
    let current = CurrentProject::current();
    let overview = Late::new(move || api::overview::get_endpoint(current.slug().get(), endpoint));
    let waiting = move || {
        let steps = overview.get().map(|overview| overview.steps).unwrap_or_default();
        let hooks = steps.into_iter().flat_map(|step| step.hooks);
        hooks.filter(|hook| hook.draft_pending || hook.live_version.is_none()).collect::<Vec<_>>()
    };
    view! {
        <div
            class="tester"
            on:keydown=move |event| {
                let meant = event.key() == "Enter" && (event.meta_key() || event.ctrl_key()) && !event.shift_key();
                if meant && !event.repeat() && !run.confirming.get_untracked() {
                    event.prevent_default();
                    run.start();
                }
            }
        >
            {move || {
                let waiting = waiting();
                (!waiting.is_empty())
                    .then(|| {
                        view! {
                            <fieldset class="tester__drafts">
                                <legend class="field__label">"Drafts to run in place of what is live"</legend>
                                {waiting
                                    .into_iter()
                                    .map(|hook| {
                                        let id = hook.id.clone();
                                        let name = format!("draft-{}", hook.id);
                                        view! {
                                            <Checkbox
                                                name
                                                label=format!("Draft of “{}”", hook.name)
                                                on_change=Callback::new(move |on| {
                                                    run.drafts
                                                        .update(|drafts| {
                                                            drafts.retain(|draft| *draft != id);
                                                            if on {
                                                                drafts.push(id.clone());
                                                            }
                                                        });
                                                })
                                            />
                                        }
                                    })
                                    .collect_view()}
                            </fieldset>
                        }
                    })
            }}
            <EndpointForm run />
        </div>
    }
    .into_any()
}

/// Body, user, dry run or live, the button, and what the test gave.
#[component]
pub(crate) fn EndpointForm(
    /// The test.
    run: EndpointRun,
) -> impl IntoView {
    let bearer = move || run.endpoint.get().spec().access == Access::Bearer;
    let has_body = move || run.endpoint.get().spec().request.is_some();
    let modes = vec![Segment::new(DRY_RUN, "Dry run"), Segment::new(LIVE, "Live")];
    let live = move || run.mode.with(|mode| mode == LIVE);
    view! {
        <Show when=has_body>
            <TextArea
                name="request-body"
                label="Request body"
                value=run.body
                rows=6
                mono=true
                error=run.body_error
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
