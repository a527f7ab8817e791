//! What must be right before a draft goes live.

use contract::manage::CheckResult;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::workbench::Workbench;
use crate::api;
use crate::editor::Problem;

/// How a check ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It runs.
    Running,
    /// Nothing is wrong.
    Passed,
    /// Deploying is possible, but should be thought about.
    Warns(String),
    /// Deploying has to be confirmed.
    Asks(String),
    /// Deploying is blocked.
    Fails(String),
}

/// The checks of the deploy dialog.
#[derive(Clone, Copy)]
pub(super) struct Checks {
    /// Counts the runs: an answer about an older text says nothing about this one.
    run: StoredValue<u32>,
    types: RwSignal<Outcome>,
    compiles: RwSignal<Outcome>,
    secrets: RwSignal<Outcome>,
}

impl Checks {
    /// Nothing checked yet.
    pub(super) fn new() -> Self {
        let running = || RwSignal::new(Outcome::Running);
        Self { run: StoredValue::new(0), types: running(), compiles: running(), secrets: running() }
    }

    /// Runs them on the text in the editor. The types are left to [`Checks::types`], which has to wait for
    /// the editor.
    pub(super) fn run(self, bench: Workbench) {
        let run = self.run.get_value().wrapping_add(1);
        self.run.set_value(run);
        for check in [self.types, self.compiles, self.secrets] {
            check.set(Outcome::Running);
        }
        let (slug, id) = bench.place();
        let source = bench.source.get_untracked();
        spawn_local(async move {
            let (compiles, secrets) = match api::hooks::check_hook(slug, id, Some(source)).await {
                Ok(check) => (compiles(&check), secrets(&check)),
                Err(error) => (Outcome::Fails(error.message()), Outcome::Warns("not checked".into())),
            };
            if self.run.try_get_value() == Some(run) {
                self.compiles.try_set(compiles);
                self.secrets.try_set(secrets);
            }
        });
    }

    /// Asks the type checker, as soon as the editor is open and the declarations are there. Reads signals
    /// that say so: call it in an effect.
    pub(super) fn types(self, bench: Workbench) {
        let declared = bench.declared.get();
        if !bench.handle.ready() {
            return;
        }
        match declared {
            None => return,
            Some(Err(why)) => {
                return self.types.set(Outcome::Fails(format!("the declarations did not load. {why}")));
            }
            Some(Ok(())) => {}
        }
        let run = self.run.get_value();
        spawn_local(async move {
            let outcome = match bench.handle.check().await {
                Some(found) => types(&found),
                None => Outcome::Fails("the checker did not answer".into()),
            };
            if self.run.try_get_value() == Some(run) {
                self.types.try_set(outcome);
            }
        });
    }

    /// Every check with its name.
    pub(super) fn all(self) -> [(&'static str, Outcome); 3] {
        [("Types", self.types.get()), ("Compiles", self.compiles.get()), ("Secrets", self.secrets.get())]
    }

    /// Whether the types could not be looked at, which another attempt may mend.
    pub(super) fn stuck(self) -> bool {
        self.types.with(|types| matches!(types, Outcome::Fails(why) if why.starts_with("the ")))
    }

    /// Whether nothing is in the way, but for what the reader can decide.
    pub(super) fn pass(self) -> bool {
        !self.all().iter().any(|(_, outcome)| matches!(outcome, Outcome::Running | Outcome::Fails(_)))
    }

    /// Whether the reader has to decide something.
    pub(super) fn asks(self) -> bool {
        self.secrets.with(|secrets| matches!(secrets, Outcome::Asks(_)))
    }
}

fn types(found: &[Problem]) -> Outcome {
    let errors: Vec<&Problem> = found.iter().filter(|problem| problem.blocks()).collect();
    let Some(first) = errors.first() else { return Outcome::Passed };
    let place = format!("{}:{} {}", first.line, first.column, first.message);
    match errors.len() {
        1 => Outcome::Fails(place),
        many => Outcome::Fails(format!("{many} errors, the first at {place}")),
    }
}

fn compiles(check: &CheckResult) -> Outcome {
    match (check.problems.first(), &check.handler) {
        (Some(problem), _) => {
            Outcome::Fails(format!("{}:{} {}", problem.line, problem.column, problem.message))
        }
        (None, None) => Outcome::Fails("no handler of this trigger is exported".into()),
        (None, Some(_)) => Outcome::Passed,
    }
}

fn secrets(check: &CheckResult) -> Outcome {
    if !check.missing_secrets.is_empty() {
        Outcome::Asks(format!("missing: {}", check.missing_secrets.join(", ")))
    } else if !check.warnings.is_empty() {
        Outcome::Warns(check.warnings.join(" "))
    } else {
        Outcome::Passed
    }
}

/// The checks as a list of words and marks.
#[component]
pub(super) fn CheckList(
    /// The checks.
    checks: Checks,
) -> impl IntoView {
    view! {
        <ul class="checks" aria-label="Checks">
            {move || {
                checks
                    .all()
                    .into_iter()
                    .map(|(name, outcome)| {
                        let passed = match name {
                            "Types" => "Types: no errors",
                            "Compiles" => "Compiles",
                            _ => "Secrets: all present",
                        };
                        let (class, mark, text) = match outcome {
                            Outcome::Running => ("checks__item", "…", format!("{name}: checking")),
                            Outcome::Passed => ("checks__item checks__item--ok", "✓", passed.to_owned()),
                            Outcome::Warns(why) | Outcome::Asks(why) => ("checks__item checks__item--warn", "!", format!("{name}: {why}")),
                            Outcome::Fails(why) => ("checks__item checks__item--bad", "✗", format!("{name}: {why}")),
                        };
                        view! {
                            <li class=class>
                                <span class="checks__mark" aria-hidden="true">{mark}</span>
                                {text}
                            </li>
                        }
                    })
                    .collect_view()
            }}
        </ul>
    }
    .into_any()
}
