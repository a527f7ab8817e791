//! What stands beside the code at the left: the project's secrets, ready code, and what the trigger is.

use contract::catalogue::methods::{self, Method};
use contract::catalogue::triggers::{OnError, Trigger};
use contract::manage::{Language, Template};
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::extras::{Extra, extra};
use super::workbench::Workbench;
use crate::api;
use crate::components::button::Button;
use crate::components::code_block::CodeBlock;
use crate::components::icon::{Glyph, Icon};
use crate::cookie;
use crate::pages::address;
use crate::pages::late::Late;
use crate::pages::secrets::Asking;

/// Cookie that holds what is closed.
const COOKIE: &str = "hw_library";
/// In the cookie: the whole column.
const COLUMN: &str = "column";

/// What the reader has closed: the whole column, or parts of it. Remembered.
#[derive(Clone, Copy)]
pub(super) struct Closed {
    parts: RwSignal<Vec<String>>,
    /// Nobody has opened or closed anything yet: then the column is only there where the code does not need the room,
    /// as the style sheet says.
    unasked: RwSignal<bool>,
}

/// How wide a window is at least that shows the column unasked, as in the style sheet: CSS pixels.
const WIDE: f64 = 1600.0;

impl Closed {
    /// As it was left the last time.
    pub(super) fn remembered() -> Self {
        let value = cookie::remembered(COOKIE);
        let unasked = RwSignal::new(value.is_none());
        let names = value.unwrap_or_default();
        let names = names.split('.').map(str::to_owned).filter(|part| !part.is_empty());
        let closed = Self { parts: RwSignal::new(names.collect()), unasked };
        Effect::new(move || {
            let wide = window()
                .inner_width()
                .ok()
                .and_then(|width| width.as_f64())
                .is_some_and(|width| width >= WIDE);
            if unasked.get_untracked() && !wide {
                closed.parts.update(|parts| parts.push(COLUMN.to_owned()));
            }
            unasked.set(false);
        });
        closed
    }

    fn has(self, part: &str) -> bool {
        self.parts.with(|closed| closed.iter().any(|one| one == part))
    }

    fn put(self, part: &str, closed: bool) {
        self.parts.update(|all| {
            all.retain(|one| one != part);
            if closed {
                all.push(part.to_owned());
            }
        });
        cookie::remember(COOKIE, &self.parts.with_untracked(|all| all.join(".")));
    }
}

/// The button that shows and hides the column.
#[component]
pub(super) fn LibraryButton(
    /// What is closed.
    closed: Closed,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class="library-button"
            aria-label="Secrets, templates and reference"
            aria-controls="library"
            aria-expanded=move || if closed.has(COLUMN) { "false" } else { "true" }
            on:click=move |_| closed.put(COLUMN, !untrack(|| closed.has(COLUMN)))
        >
            <Icon glyph=Glyph::Navigation />
        </button>
    }
}

/// The column.
#[component]
pub(super) fn Library(
    /// The editor.
    bench: Workbench,
    /// What is closed.
    closed: Closed,
) -> impl IntoView {
    let asking = Asking::new();
    view! {
        <aside
                id="library"
                class="library"
                class:library--unasked=move || closed.unasked.get()
                aria-label="Secrets, templates and reference" hidden=move || closed.has(COLUMN)>
            {part("secrets", "Secrets", closed, secrets(bench, asking))}
            {part("templates", "Templates", closed, templates(bench))}
            {part("reference", "Reference", closed, reference(bench))}
        </aside>
        {extra(bench, asking.asks(), Extra::Secret(asking))}
    }
    .into_any()
}

fn part(id: &'static str, title: &'static str, closed: Closed, content: AnyView) -> AnyView {
    view! {
        <details
            class="library__part"
            open=untrack(|| !closed.has(id))
            on:toggle=move |event| {
                let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
                if let Some(details) = target {
                    closed.put(id, !details.has_attribute("open"));
                }
            }
        >
            <summary class="library__title">
                <h2>{title}</h2>
            </summary>
            {content}
        </details>
    }
    .into_any()
}

fn secrets(bench: Workbench, asking: Asking) -> AnyView {
    let names = move || bench.secrets.get().unwrap_or_default();
    let missing = move || {
        let missing = bench.check.with(|check| check.as_ref().map(|check| check.missing_secrets.join(", ")));
        missing
            .filter(|names| !names.is_empty())
            .map(|names| format!("! Missing, but read by the code: {names}."))
    };
    view! {
        <ul class="library__list">
            {move || {
                names()
                    .into_iter()
                    .map(|secret| {
                        let insert = format!("event.secrets.{}", secret.name);
                        view! {
                            <li>
                                <button
                                    type="button"
                                    class="data-card__item"
                                    aria-label=format!("Insert {insert}")
                                    on:click=move |_| bench.type_in(&insert)
                                >
                                    <code class="data-card__path">{secret.name}</code>
                                </button>
                            </li>
                        }
                    })
                    .collect_view()
            }}
        </ul>
        <p class="library__note" hidden=move || bench.secrets.get().is_none_or(|secrets| !secrets.is_empty())>
            "None yet. Hooks read them as " <code>"event.secrets.NAME"</code> "."
        </p>
        <p class="library__note library__note--warn">{missing}</p>
        <p class="library__note">
            <button type="button" class="link" on:click=move |_| asking.add()>
                "Add secret"
            </button>
        </p>
    }
    .into_any()
}

fn templates(bench: Workbench) -> AnyView {
    let (trigger, language) = bench.hook.with_untracked(|hook| (hook.trigger, hook.draft.language));
    if language == Language::JavaScript {
        return view! { <p class="library__note">"Templates are written in TypeScript; this hook is not."</p> }
            .into_any();
    }
    let all = Late::new(api::hooks::list_templates);
    view! {
        {move || {
            let fitting: Vec<Template> =
                all.get()?.into_iter().filter(|template| template.trigger == trigger).collect();
            if fitting.is_empty() {
                return Some(view! { <p class="library__note">"There is none for this trigger."</p> }.into_any());
            }
            Some(fitting.into_iter().map(|one| template(bench, one)).collect_view().into_any())
        }}
    }
    .into_any()
}

fn template(bench: Workbench, template: Template) -> AnyView {
    let Template { title, summary, source, .. } = template;
    let label = format!("Code of “{title}”");
    let text = source.clone();
    view! {
        <details class="library__item">
            <summary>{title}</summary>
            <p class="library__note">{summary}</p>
            <CodeBlock text=Signal::stored(source) label copy=false lines=14 />
            <p class="library__note">
                <Button on_click=Callback::new(move |_| bench.start_from(&text))>"Put into the editor"</Button>
            </p>
        </details>
    }
    .into_any()
}

/// The trigger in words: plain text, nothing of it changes.
fn reference(bench: Workbench) -> AnyView {
    let trigger = bench.hook.with_untracked(|hook| hook.trigger);
    let spec = trigger.spec();
    let slug = bench.current.slug_now();
    let fired = bench.endpoints().into_iter().map(|endpoint| {
        let label = endpoint.request_line();
        view! {
            <li>
                <a href=address::reference(&slug, endpoint)>
                    <code>{label}</code>
                </a>
            </li>
        }
    });
    let fields =
        spec.event.fields.iter().map(|field| (format!("event.{}", field.name), field.doc.trim().to_owned()));
    view! {
        <p class="library__note">{spec.summary}</p>
        <h3 class="library__heading">"Runs on"</h3>
        <ul class="library__words">{fired.collect_view()}</ul>
        <h3 class="library__heading">"Called as"</h3>
        {words(handlers(trigger))}
        <h3 class="library__heading">"Is given"</h3>
        {words(fields.collect())}
        <h3 class="library__heading">"May call"</h3>
        {words(calls("api", trigger.api()))}
        {words(calls("Aerocall", methods::SDK.iter()))}
    }
    .into_any()
}

fn handlers(trigger: Trigger) -> Vec<(String, String)> {
    let about = |policy| match policy {
        OnError::Deny => "A throw refuses the request.",
        OnError::Continue => "A throw is logged, and the request goes on.",
    };
    let aliases = trigger.spec().aliases.iter();
    aliases.map(|alias| (alias.name.to_owned(), about(alias.on_error).to_owned())).collect()
}

fn calls<'a>(object: &str, methods: impl Iterator<Item = &'a Method>) -> Vec<(String, String)> {
    methods.map(|one| (format!("{object}.{}({})", one.path, one.params), one.doc.to_owned())).collect()
}

fn words(list: Vec<(String, String)>) -> AnyView {
    let rows = list.into_iter().map(|(name, text)| {
        view! {
            <dt>
                <code>{breakable(&name)}</code>
            </dt>
            <dd>{text}</dd>
        }
    });
    view! { <dl class="library__words">{rows.collect_view()}</dl> }.into_any()
}

/// A name that may go on in the next line between two of its words.
fn breakable(name: &str) -> AnyView {
    let parts = words_of(name).into_iter().map(|part| {
        view! {
            <wbr />
            {part.to_owned()}
        }
    });
    parts.collect_view().into_any()
}

/// The words of a name such as `api.access.deny(reason)`, each with what stands before it.
fn words_of(name: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut before = None;
    for (at, letter) in name.char_indices() {
        let begins = letter == '.'
            || letter == '('
            || (letter.is_uppercase() && before.is_some_and(char::is_lowercase));
        if begins && at > start {
            parts.push(&name[start..at]);
            start = at;
        }
        before = Some(letter);
    }
    parts.push(&name[start..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::words_of;

    #[test]
    fn a_name_breaks_between_its_words() {
        assert_eq!(
            words_of("onExecutePreUserRegistration"),
            ["on", "Execute", "Pre", "User", "Registration"]
        );
        assert_eq!(words_of("api.access.deny(reason)"), ["api", ".access", ".deny", "(reason)"]);
        assert_eq!(words_of("URL"), ["URL"]);
        assert_eq!(words_of(""), [""]);
    }
}
