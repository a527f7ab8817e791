//! Takes the hook out of the console: as a file, or as another hook.

use contract::manage::CreateHook;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_navigate;
use serde_json::json;
use wasm_bindgen::JsCast;

use super::workbench::Workbench;
use crate::api;
use crate::components::menu::MenuItem;
use crate::pages::address;

/// The lines of the menu.
pub(super) fn items(bench: Workbench) -> Vec<MenuItem> {
    let navigate = StoredValue::new(use_navigate());
    let copying = StoredValue::new(false);
    vec![
        MenuItem::action("Export the code", Callback::new(move |()| code(bench))),
        MenuItem::action("Export as JSON", Callback::new(move |()| whole(bench))),
        MenuItem::action(
            "Duplicate",
            Callback::new(move |()| {
                duplicate(bench, copying, move |there| {
                    navigate.try_with_value(|navigate| navigate(there, Default::default()));
                });
            }),
        ),
    ]
}

/// The text in the editor, as a file.
fn code(bench: Workbench) {
    let (_, ending) = bench.file().split_once('.').unwrap_or(("hook", "ts"));
    let name = bench.hook.with_untracked(|hook| stem(&hook.name));
    bench.source.with_untracked(|source| download(&format!("{name}.{ending}"), "text/plain", source));
}

/// Code and settings: what makes the hook again elsewhere.
fn whole(bench: Workbench) {
    let hook = bench.hook.get_untracked();
    let file = json!({
        "name": hook.name,
        "trigger": hook.trigger.as_str(),
        "language": hook.draft.language.as_str(),
        "enabled": hook.enabled,
        "settings": hook.settings,
        "source": bench.source.get_untracked(),
    });
    let text = serde_json::to_string_pretty(&file).unwrap_or_default();
    download(&format!("{}.json", stem(&hook.name)), "application/json", &text);
}

/// Another hook with the same code and settings; nothing of it is live.
fn duplicate(bench: Workbench, busy: StoredValue<bool>, go: impl Fn(&str) + 'static) {
    // Two clicks make one copy.
    if busy.try_update_value(|busy| std::mem::replace(busy, true)) != Some(false) {
        return;
    }
    let slug = bench.current.slug_now();
    let hook = bench.hook.get_untracked();
    let new = CreateHook {
        trigger: hook.trigger.to_string(),
        name: Some(format!("Copy of {}", hook.name)),
        language: Some(hook.draft.language),
        source: Some(bench.source.get_untracked()),
        settings: Some(hook.settings),
    };
    spawn_local(async move {
        let made = api::hooks::create_hook(slug.clone(), new).await;
        busy.try_set_value(false);
        match made {
            Ok(made) => {
                bench.current.hooks_changed();
                bench.toasts.ok(format!("“{}” is a draft", made.name));
                go(&address::hook(&slug, &made.id));
            }
            Err(error) => bench.toasts.bad(error.message()),
        }
    });
}

/// A name as files have them.
fn stem(name: &str) -> String {
    let words: String = name
        .to_lowercase()
        .chars()
        .map(|letter| if letter.is_alphanumeric() { letter } else { ' ' })
        .collect();
    let stem = words.split_whitespace().collect::<Vec<_>>().join("-");
    if stem.is_empty() { "hook".to_owned() } else { stem }
}

/// Hands a file to the browser.
fn download(name: &str, kind: &str, text: &str) {
    let address = format!("data:{kind};charset=utf-8,{}", String::from(js_sys::encode_uri_component(text)));
    let Ok(link) = document().create_element("a") else { return };
    let named = link.set_attribute("href", &address).and_then(|()| link.set_attribute("download", name));
    if let (Ok(()), Ok(link)) = (named, link.dyn_into::<web_sys::HtmlElement>()) {
        link.click();
    }
}

#[cfg(test)]
mod tests {
    use super::stem;

    #[test]
    fn a_file_is_called_like_the_hook() {
        assert_eq!(stem("Refuse free e-mail"), "refuse-free-e-mail");
        assert_eq!(stem("../x: Änderung"), "x-änderung");
        assert_eq!(stem("…"), "hook");
    }
}
