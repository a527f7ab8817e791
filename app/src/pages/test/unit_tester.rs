//! Runs a hook alone.

use contract::ids::{HookId, RunId};
use contract::manage::{RunFilter, UnitResult, UnitTest};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::input::{Input, InputFields, USER};
use super::recorded;
use super::stale::{Stale, StaleBar};
use super::unit_result::UnitResultView;
use super::user_picker::UserPicker;
use super::{DRAFT, version_choices};
use crate::api;
use crate::components::button::{Button, Variant};
use crate::components::field::Select;
use crate::pages::change::{Change, ChangeError};
use crate::pages::layout::CurrentProject;

/// A test of a hook alone: what is typed, whether it runs, what it gave.
#[derive(Clone, Copy)]
pub(crate) struct UnitRun {
    current: CurrentProject,
    hook: StoredValue<HookId>,
    source: RwSignal<String>,
    /// A number, or what is in the editor.
    version: RwSignal<String>,
    input: Input,
    user: RwSignal<String>,
    user_error: RwSignal<Option<String>>,
    change: Change,
    result: RwSignal<Option<UnitResult>>,
    stale: Stale,
}

impl UnitRun {
    /// A test of `hook` as it is in the editor, with the example event.
    pub(crate) fn new(hook: HookId, source: RwSignal<String>) -> Self {
        let filter = RunFilter { hook_id: Some(hook.clone()), ..super::recent() };
        let run = Self {
            current: CurrentProject::current(),
            hook: StoredValue::new(hook),
            source,
            version: RwSignal::new(DRAFT.to_owned()),
            input: Input::new(filter, recorded::event),
            user: RwSignal::new(String::new()),
            user_error: RwSignal::new(None),
            change: Change::new(),
            result: RwSignal::new(None),
            stale: Stale::new(),
        };
        Effect::new(move || {
            let sample = api::tests::sample_event(run.current.slug_now(), run.hook.get_value());
            spawn_local(async move {
                if let Ok(event) = sample.await
                    && !run.source.is_disposed()
                {
                    run.input.exemplify(event);
                }
            });
        });
        run
    }

    /// Takes the event from a run.
    pub(crate) fn replay(self, run: &RunId) {
        self.input.replay(run);
    }

    /// What the last test gave.
    pub(crate) fn result(self) -> Signal<Option<UnitResult>> {
        self.result.into()
    }

    /// Whether it runs now.
    pub(crate) fn busy(self) -> Signal<bool> {
        self.change.busy()
    }

    /// What decides what it gives. The text counts only where it runs.
    fn key(self) -> impl std::hash::Hash {
        let version = self.version.get();
        let source = (version == DRAFT).then(|| self.source.get());
        (self.input.key(), self.user.get(), version, source)
    }

    /// Runs it.
    pub(crate) fn start(self) {
        let with_user = self.input.kind.with_untracked(|kind| kind == USER);
        let Ok(event) = (if with_user { Ok(None) } else { self.input.read() }) else { return };
        let user = self.user.get_untracked();
        if with_user && user.is_empty() {
            return self.user_error.set(Some("Choose a user.".to_owned()));
        }
        self.user_error.set(None);
        let version = self.version.get_untracked().parse().ok();
        let test = UnitTest {
            version,
            source: version.is_none().then(|| self.source.get_untracked()),
            event,
            user_id: if with_user { user.parse().ok() } else { None },
        };
        self.result.set(None);
        self.stale.mark(untrack(|| self.key()));
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
    let stale = Memo::new(move |_| run.result.with(Option::is_some) && run.stale.is(run.key()));
    view! {
        <InputFields
            input=run.input
            name="event"
            label="Event"
            users=true
            recorded_note="The event of a real request, run again with the version below."
        />
        <Show when=move || run.input.kind.with(|kind| kind == USER)>
            <UserPicker
                name="event-user"
                label="User"
                hint="Fills the user of the event; the rest is the example."
                value=run.user
                error=run.user_error
            />
        </Show>
        <div class="tester__run">
            <Select name="version" label="Version" choices=version_choices(versions) value=run.version />
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
        <StaleBar stale again=Callback::new(move |()| run.start()) />
        {move || run.result.get().map(|result| view! { <UnitResultView result /> })}
    }
    .into_any()
}
