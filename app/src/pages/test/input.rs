//! What a test is given: the example, a real user, what was recorded of a run, or nothing. The text can be edited, and
//! then says that it was.

use contract::ids::RunId;
use contract::manage::{Run, RunFilter, RunOutcome, RunPage, RunSummary};
use leptos::prelude::*;
use serde_json::Value;

use super::{parse, pretty, recorded};
use crate::api;
use crate::components::field::{Choice, Select, TextArea};
use crate::components::relative_time::said;
use crate::components::segmented::{Segment, Segmented};
use crate::pages::change::{Change, ChangeError};
use crate::pages::late::Late;
use crate::pages::layout::CurrentProject;
use crate::pages::run::outcome_title;

pub(super) const EXAMPLE: &str = "example";
pub(super) const USER: &str = "user";
const RUN: &str = "run";
const BLANK: &str = "blank";
const NOTHING_KEPT: &str = "Of this run no input was kept. Choose another.";

/// How many recorded runs are offered, at most.
const OFFERED: usize = 20;

/// What was typed for one kind of input while another is in sight.
type Kept = (String, String, String);

/// Makes an input of what was recorded; the example fills in what never is.
type Take = fn(&Value, &Value) -> Option<Value>;

/// The input of a test.
#[derive(Clone, Copy)]
pub(super) struct Input {
    current: CurrentProject,
    /// Which kind it is.
    pub(super) kind: RwSignal<String>,
    /// What is in the box.
    text: RwSignal<String>,
    /// What was in it before the reader changed it.
    origin: RwSignal<String>,
    error: RwSignal<Option<String>>,
    sample: RwSignal<Value>,
    kept: StoredValue<Vec<Kept>>,
    take: StoredValue<Take>,
    /// Which runs are offered.
    filter: RwSignal<RunFilter>,
    runs: Late<RunPage>,
    /// Id of the chosen run.
    run: RwSignal<String>,
    looking: Change,
}

impl Input {
    /// The example, until something else is chosen. `filter` says which runs fit, `take` what is used of one.
    pub(super) fn new(filter: RunFilter, take: Take) -> Self {
        let current = CurrentProject::current();
        let kind = RwSignal::new(EXAMPLE.to_owned());
        let filter = RwSignal::new(filter);
        let runs = Late::new(move || {
            let wanted = kind.with(|kind| kind == RUN).then(|| filter.get());
            let slug = current.slug().get();
            async move {
                match wanted {
                    Some(filter) => api::runs::list_runs(slug, filter).await,
                    None => Ok(RunPage { runs: Vec::new(), next: None }),
                }
            }
        });
        let input = Self {
            current,
            kind,
            text: RwSignal::new(String::new()),
            origin: RwSignal::new(String::new()),
            error: RwSignal::new(None),
            sample: RwSignal::new(Value::Null),
            kept: StoredValue::new(Vec::new()),
            take: StoredValue::new(take),
            filter,
            runs,
            run: RwSignal::new(String::new()),
            looking: Change::new(),
        };
        Effect::new(move |before: Option<String>| {
            let kind = input.kind.get();
            if let Some(before) = before.filter(|before| *before != kind) {
                input.turn(before, &kind);
            }
            kind
        });
        Effect::new(move || {
            if let Ok(id) = input.run.with(|id| id.parse()) {
                input.load(id);
            }
        });
        input
    }

    /// Sets the example, which is also what a blank input has the shape of. What was typed already stays.
    pub(super) fn exemplify(self, sample: Value) {
        let text = shown(&sample);
        self.sample.set(sample);
        if self.kind.with_untracked(|kind| kind == EXAMPLE) && !self.is_edited() {
            self.put(text);
        }
    }

    /// Starts anew with another example and other runs.
    pub(super) fn restart(self, sample: Value, filter: RunFilter) {
        self.kept.set_value(Vec::new());
        self.run.set(String::new());
        self.filter.set(filter);
        self.sample.set(sample);
        let kind = self.kind.get_untracked();
        self.put(self.fresh(&kind));
    }

    /// Takes the input from a run.
    pub(super) fn replay(self, run: &RunId) {
        self.kind.set(RUN.to_owned());
        self.run.set(run.to_string());
    }

    /// What is to be sent. None for nothing, or when the sentence at the box says why it cannot be.
    pub(super) fn read(self) -> Result<Option<Value>, ()> {
        if self.kind.with_untracked(|kind| kind == RUN) {
            let lacking = if self.run.with_untracked(String::is_empty) {
                Some("Choose a recorded run first.")
            } else if self.looking.busy().get_untracked() {
                Some("The run is on its way. Try again in a moment.")
            } else if self.text.with_untracked(|text| text.trim().is_empty()) {
                Some(NOTHING_KEPT)
            } else {
                None
            };
            if let Some(lacking) = lacking {
                self.error.set(Some(lacking.to_owned()));
                return Err(());
            }
        }
        match parse(&self.text.get_untracked()) {
            Ok(value) => {
                self.error.set(None);
                // Nothing at all would be the example.
                let blank = value.is_none() && self.kind.with_untracked(|kind| kind == BLANK);
                Ok(if blank { Some(Value::Object(Default::default())) } else { value })
            }
            Err(error) => {
                self.error.set(Some(error));
                Err(())
            }
        }
    }

    /// What tells this input from another, for [`Stale`](super::stale::Stale).
    pub(super) fn key(self) -> (String, String) {
        (self.kind.get(), self.text.get())
    }

    fn is_edited(self) -> bool {
        self.text.with(|text| self.origin.with(|origin| text != origin))
    }

    fn put(self, text: String) {
        self.error.set(None);
        self.origin.set(text.clone());
        self.text.set(text);
    }

    /// What the box holds at first.
    fn fresh(self, kind: &str) -> String {
        match kind {
            BLANK => self.sample.with_untracked(|sample| shown(&recorded::blank(sample))),
            RUN => String::new(),
            _ => self.sample.with_untracked(shown),
        }
    }

    /// Shows another kind of input; what was typed for `before` is there on coming back.
    fn turn(self, before: String, kind: &str) {
        let (text, origin) = (self.text.get_untracked(), self.origin.get_untracked());
        let known = self.kept.try_update_value(|kept| {
            kept.retain(|(of, ..)| *of != before);
            kept.push((before, text, origin));
            kept.iter().find(|(of, ..)| of == kind).cloned()
        });
        match known.flatten() {
            Some((_, text, origin)) => {
                self.put(origin);
                self.text.set(text);
            }
            None => self.put(self.fresh(kind)),
        }
    }

    fn load(self, id: RunId) {
        let work = api::runs::get_run(self.current.slug_now(), id.clone());
        self.looking.run(work, move |run| {
            // Another run, or kind of input, may have been chosen meanwhile.
            let chosen = self.run.with_untracked(|run| run.parse::<RunId>().ok());
            let wanted = chosen.filter(|_| self.kind.with_untracked(|kind| kind == RUN));
            match wanted {
                Some(wanted) if wanted == id => self.took(&run),
                Some(other) => self.load(other),
                None => {}
            }
        });
    }

    fn took(self, run: &Run) {
        let take = self.take.get_value();
        match self.sample.with_untracked(|sample| take(&run.input, sample)) {
            Some(value) => self.put(pretty(&value)),
            None => {
                self.put(String::new());
                self.error.set(Some(NOTHING_KEPT.to_owned()));
            }
        }
    }

    fn choices(self) -> Vec<Choice> {
        let runs = self.runs.get().map(|page| page.runs).unwrap_or_default();
        let mut choices = vec![Choice::new("", "Choose a run")];
        let mut requests = Vec::new();
        for run in runs {
            // A hook that did not run has received nothing; the hooks of one request received the same body.
            let within = self.filter.with(|filter| filter.endpoint.is_some());
            if run.outcome == RunOutcome::Skipped || (within && requests.contains(&run.request_id)) {
                continue;
            }
            choices.push(Choice::new(run.id.to_string(), about(&run)));
            requests.push(run.request_id);
            if choices.len() > OFFERED {
                break;
            }
        }
        let chosen = self.run.get();
        if !choices.iter().any(|choice| choice.value == chosen) {
            choices.push(Choice::new(chosen.clone(), format!("Run {chosen}")));
        }
        choices
    }
}

fn about(run: &RunSummary) -> String {
    let user = run.user_id.as_ref().map(|user| format!(" · {user}")).unwrap_or_default();
    format!("{} · {}{user}", said(run.started_at), outcome_title(run.outcome))
}

/// Nothing is no text.
fn shown(value: &Value) -> String {
    if value.is_null() { String::new() } else { pretty(value) }
}

/// The kinds of input, the box, and what the reader should know of what is in it.
#[component]
pub(super) fn InputFields(
    /// The input.
    input: Input,
    /// Name of the box; must be unique on the page.
    name: &'static str,
    /// What the box holds.
    label: &'static str,
    /// What the reader should know of a recorded input.
    recorded_note: &'static str,
    /// Whether a user of the project can stand in the example.
    #[prop(default = false)]
    users: bool,
) -> impl IntoView {
    let edited = Memo::new(move |_| input.is_edited());
    let is = move |kind: &'static str| input.kind.with(|is| is == kind);
    let segments = Signal::derive(move || {
        // Edited, an example is none any more.
        let example = if edited.get() && is(EXAMPLE) { "Example, edited" } else { "Example" };
        let mut segments = vec![Segment::new(EXAMPLE, example)];
        if users {
            segments.push(Segment::new(USER, "Real user"));
        }
        segments.extend([Segment::new(RUN, "Recorded run"), Segment::new(BLANK, "Blank")]);
        segments
    });
    let nothing = move || {
        is(RUN) && input.runs.answer().is_some_and(|answer| answer.is_ok()) && input.choices().len() < 2
    };
    let masked = move || is(RUN) && input.text.with(|text| text.contains(recorded::MASK));
    let reset = move |_| input.put(input.origin.get_untracked());
    view! {
        <Segmented name=format!("{name}-input") label="Input" segments value=input.kind />
        <Show when=move || is(RUN)>
            <Select
                name=format!("{name}-run")
                label="Recorded run"
                choices=Signal::derive(move || input.choices())
                value=input.run
                hint=recorded_note
            />
            <ChangeError change=input.looking />
        </Show>
        <Show when=move || !is(USER)>
            <TextArea name label value=input.text rows=8 mono=true error=input.error />
        </Show>
        <p class="tester__note" role="note" hidden=move || !(nothing() || masked() || edited.get() && !is(USER))>
            {move || if nothing() { "No request has run it yet. " } else { "" }}
            {move || if masked() { "Where it says ••• a secret stood; the test is given the dots. " } else { "" }}
            {move || if edited.get() { "Edited. " } else { "" }}
            <button type="button" class="link" hidden=move || !edited.get() on:click=reset>
                "Take the changes back"
            </button>
        </p>
    }
    .into_any()
}
