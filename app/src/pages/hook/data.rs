//! The Data tab: what the hook is given and what it can call. A click types the path into the code.

use contract::catalogue::methods::{self, Method};
use contract::record::{RecordSpec, collect};
use leptos::prelude::*;

use super::workbench::Workbench;

/// One path that can be typed.
#[derive(Clone)]
struct Item {
    path: String,
    kind: String,
    doc: String,
    /// What a click types.
    insert: String,
}

/// Cards of the event, the secrets, the api and the SDK, made from the catalogue.
#[component]
pub(super) fn DataCards(
    /// The editor.
    bench: Workbench,
) -> impl IntoView {
    let trigger = bench.hook.with_untracked(|hook| hook.trigger);
    let mut cards = event_cards(trigger.spec().event);
    cards.push(("api".to_owned(), method_items("api", trigger.api())));
    cards.push(("Aerocall".to_owned(), method_items("Aerocall", methods::SDK.iter())));
    let secret_items = move || {
        let names = bench.secrets.get().unwrap_or_default();
        names.into_iter().map(|secret| secret_item(&secret.name)).collect::<Vec<_>>()
    };
    view! {
        <p class="form__note">"Click a line to type it at the cursor."</p>
        {cards.into_iter().map(|(title, items)| view! { <Card title items bench /> }).collect_view()}
        {move || {
            let items = secret_items();
            (!items.is_empty()).then(|| view! { <Card title="event.secrets".to_owned() items bench /> })
        }}
    }
    .into_any()
}

#[component]
fn Card(title: String, items: Vec<Item>, bench: Workbench) -> impl IntoView {
    let label = title.clone();
    view! {
        <section class="data-card" aria-label=label>
            <h3 class="data-card__title">
                <code>{title}</code>
            </h3>
            <ul class="data-card__list">
                {items
                    .into_iter()
                    .map(|item| {
                        let insert = item.insert;
                        view! {
                            <li>
                                <button
                                    type="button"
                                    class="data-card__item"
                                    title=item.doc
                                    aria-label=format!("Insert {insert}")
                                    on:click=move |_| bench.type_in(&insert)
                                >
                                    <code class="data-card__path">{item.path}</code>
                                    <code class="data-card__kind">{item.kind}</code>
                                </button>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        </section>
    }
    .into_any()
}

/// One card for the event's plain fields and one for each field that is a record.
fn event_cards(event: &'static RecordSpec) -> Vec<(String, Vec<Item>)> {
    let mut known: Vec<&'static RecordSpec> = Vec::new();
    collect(&mut known, event);
    let record = |kind: &str| known.iter().find(|spec| spec.name == kind).copied();
    let mut cards = vec![("event".to_owned(), Vec::new())];
    for field in event.fields {
        let kind = (field.typescript)();
        match record(&kind) {
            Some(spec) => {
                let base = format!("event.{}", field.name);
                let dot = if field.optional { "?." } else { "." };
                let mut items = Vec::new();
                for inner in spec.fields {
                    items.push(field_item(&format!("{base}{dot}"), inner));
                }
                cards.push((base, items));
            }
            None => cards[0].1.push(field_item("event.", field)),
        }
    }
    cards.retain(|(_, items)| !items.is_empty());
    cards
}

fn field_item(prefix: &str, field: &contract::record::FieldSpec) -> Item {
    let insert = format!("{prefix}{}", field.name);
    let optional = if field.optional { "?" } else { "" };
    Item {
        path: format!("{}{optional}", field.name),
        kind: (field.typescript)(),
        doc: field.doc.trim().to_owned(),
        insert,
    }
}

fn secret_item(name: &str) -> Item {
    Item {
        path: name.to_owned(),
        kind: "string".into(),
        doc: "A secret of the project.".into(),
        insert: format!("event.secrets.{name}"),
    }
}

fn method_items<'a>(object: &str, methods: impl Iterator<Item = &'a Method>) -> Vec<Item> {
    methods
        .map(|method| Item {
            path: format!("{}({})", method.path, names(method.params)),
            kind: String::new(),
            doc: method.doc.to_owned(),
            insert: format!("{object}.{}()", method.path),
        })
        .collect()
}

/// The names of a parameter list, without types and what is inside braces.
fn names(params: &str) -> String {
    let mut depth = 0_u32;
    let mut names = String::new();
    let mut in_type = false;
    for letter in params.chars() {
        match letter {
            '{' | '<' | '(' => depth += 1,
            '}' | '>' | ')' => depth = depth.saturating_sub(1),
            ':' if depth == 0 => in_type = true,
            ',' if depth == 0 => {
                in_type = false;
                names.push(',');
            }
            letter if depth == 0 && !in_type => names.push(letter),
            _ => {}
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn parameters_are_shown_by_name() {
        assert_eq!(names("code: string, userMessage?: string"), "code, userMessage?");
        assert_eq!(names("mail: { to: string; cc: string }"), "mail");
        assert_eq!(names(""), "");
    }
}
