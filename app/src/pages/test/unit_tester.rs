//! Runs a hook alone.

use contract::ids::HookId;
use contract::manage::{UnitResult, UnitTest};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::unit_result::UnitResultView;
use super::user_picker::UserPicker;
use super::{parse, pretty};
use crate::api;
use crate::components::button::{Button, Variant};
use crate::components::field::{Choice, Select, TextArea};
use crate::components::segmented::{Segment, Segmented};
use crate::pages::change::{Change, ChangeError};
use crate::pages::layout::CurrentProject;

const EXAMPLE: &str = "example";
const USER: &str = "user";
const JSON: &str = "json";

/// A test of a hook alone: what is typed, whether it runs, what it gave.
#[derive(Clone, Copy)]
pub(crate) struct UnitRun {
    current: CurrentProject,
    hook: StoredValue<HookId>,
    source: RwSignal<String>,
    /// Empty: what is in the editor.
    version: RwSignal<String>,
    input: RwSignal<String>,
    /// The server's example.
    sample: RwSignal<String>,
    /// What is typed in its place.
    event: RwSignal<String>,
    event_error: RwSignal<Option<String>>,
    user: RwSignal<String>,
    user_error: RwSignal<Option<String>>,
    change: Change,
    result: RwSignal<Option<UnitResult>>,
}

impl UnitRun {
    /// A test of `hook` as it is in the editor, with the example event.
    pub(crate) fn new(hook: HookId, source: RwSignal<String>) -> Self {
        let run = Self {
            current: CurrentProject::current(),
            hook: StoredValue::new(hook),
            source,
            version: RwSignal::new(String::new()),
            input: RwSignal::new(EXAMPLE.to_owned()),
            sample: RwSignal::new(String::new()),
            event: RwSignal::new(String::new()),
            event_error: RwSignal::new(None),
            user: RwSignal::new(String::new()),
            user_error: RwSignal::new(None),
            change: Change::new(),
            result: RwSignal::new(None),
        };
        Effect::new(move || {
            let sample = api::tests::sample_event(run.current.slug_now(), run.hook.get_value());
            spawn_local(async move {
                if let Ok(event) = sample.await
                    && let Some(empty) = run.event.try_with_untracked(String::is_empty)
                {
                    run.sample.set(pretty(&event));
                    if empty {
                        run.event.set(pretty(&event));
                    }
                }
            });
        });
        run
    }

    /// What the last test gave.
    pub(crate) fn result(self) -> Signal<Option<UnitResult>> {
        self.result.into()
    }

    /// Whether it runs now.
    pub(crate) fn busy(self) -> Signal<bool> {
        self.change.busy()
    }

    /// Runs it.
    pub(crate) fn start(self) {
        let input = self.input.get_untracked();
        let event = match input.as_str() {
            JSON => parse(&self.event.get_untracked()),
            _ => Ok(None),
        };
        let event = match event {
            Ok(event) => event,
            Err(error) => return self.event_error.set(Some(error)),
        };
        self.event_error.set(None);
        let user = self.user.get_untracked();
        if input == USER && user.is_empty() {
            return self.user_error.set(Some("Choose a user.".to_owned()));
        }
        self.user_error.set(None);
        let version = self.version.get_untracked().parse().ok();
        let test = UnitTest {
            version,
            source: version.is_none().then(|| self.source.get_untracked()),
            event,
            user_id: if input == USER { user.parse().ok() } else { None },
        };
        self.result.set(None);
        let work = api::tests::test_hook(self.current.slug_now(), self.hook.get_value(), test);
        self.change.run(work, move |result| self.result.set(Some(result)));
    }
}

/// Input, version, the button, and what the test gave.
#[component]
pub(crate) fn UnitForm(
    /// The test.
    run: UnitRun,
    /// Numbers of the deployed versions, newest first.
    #[prop(into)]
    versions: Signal<Vec<u32>>,
) -> impl IntoView {
    let inputs =
        vec![Segment::new(EXAMPLE, "Example"), Segment::new(USER, "Real user"), Segment::new(JSON, "JSON")];
    let is = move |kind: &'static str| run.input.with(|input| input == kind);
    view! {
        <div class="tester__row">
            <Segmented name="input" label="Input" segments=Signal::stored(inputs) value=run.input />
        </div>
        <Show when=move || is(USER)>
            <UserPicker
                name="event-user"
                label="User"
                hint="Fills the user of the event; the rest is the example."
                value=run.user
                error=run.user_error
            />
        </Show>
        <Show when=move || is(EXAMPLE)>
            <TextArea name="event" label="Event" value=run.sample rows=8 mono=true disabled=Signal::stored(true) />
        </Show>
        <Show when=move || is(JSON)>
            <TextArea name="event" label="Event" value=run.event rows=8 mono=true error=run.event_error />
        </Show>
        <div class="tester__run">
            <Select
                name="version"
                label="Version"
                choices=Signal::derive(move || {
                    let mut choices = vec![Choice::new("", "Draft, as in the editor")];
                    choices.extend(versions.get().into_iter().map(|n| Choice::new(n.to_string(), format!("v{n}"))));
                    choices
                })
                value=run.version
            />
            <Button
                variant=Variant::Primary
                keys="mod+enter"
                busy=run.busy()
                on_click=Callback::new(move |_| run.start())
            >
                "Run"
            </Button>
        </div>
        <p class="form__note">"Nothing is saved or sent: e-mails are caught, metadata is only noted."</p>
        <ChangeError change=run.change />
        {move || run.result.get().map(|result| view! { <UnitResultView result /> })}
    }
    .into_any()
}
