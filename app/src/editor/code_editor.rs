//! The editor of a hook.

use std::time::Duration;

use leptos::html;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;
use monaco_bindings::{Editor, Host, Key};
use send_wrapper::SendWrapper;

use super::handle::EditorHandle;
use super::language::{Language, Library, address};
use super::problem::Problem;
use super::session::{Cover, Stage, load};
use super::theme;
use crate::assets::Assets;
use crate::theme::Appearance;

/// How long the checker must be quiet before its findings are reported: it first clears the old ones.
const SETTLE: Duration = Duration::from_millis(250);

/// Property of `window` under which browser tests find the open editor (`getValue()`, `setValue(text)`,
/// `markers()`).
const TEST_AID: &str = "__hookwright_editor";

/// An editor with types, completion and problems. It fills its place; give that a height.
#[component]
pub fn CodeEditor(
    /// Separates this text from every other: letters, digits, `/` and `-`, such as `hooks/hk_1`.
    #[prop(into)]
    scope: String,
    /// Name of the file, such as `hook.ts`.
    #[prop(into)]
    file: String,
    /// Its language.
    #[prop(optional)]
    language: Language,
    /// Its text. A change from outside (another's draft, an assistant's proposal) replaces the text in
    /// one step that can be undone.
    #[prop(into)]
    value: Signal<String>,
    /// Hears the whole text after every change by the reader.
    #[prop(optional, into)]
    on_change: Option<Callback<String>>,
    /// What the type checker knows beside this file.
    #[prop(optional, into)]
    libraries: Signal<Vec<Library>>,
    /// Does not let the reader change anything.
    #[prop(optional, into)]
    read_only: Signal<bool>,
    /// Hears what the checker found, once it has settled; also when it found nothing.
    #[prop(optional, into)]
    on_problems: Option<Callback<Vec<Problem>>>,
    /// Hears the line and column of the cursor.
    #[prop(optional, into)]
    on_cursor: Option<Callback<(u32, u32)>>,
    /// ⌘S.
    #[prop(optional, into)]
    on_save: Option<Callback<()>>,
    /// ⌘↵.
    #[prop(optional, into)]
    on_run: Option<Callback<()>>,
    /// ⌘⇧↵.
    #[prop(optional, into)]
    on_submit: Option<Callback<()>>,
    /// Lets the page act on the editor.
    #[prop(optional)]
    handle: EditorHandle,
    /// Name for assistive technology.
    #[prop(default = "Code of the hook")]
    label: &'static str,
) -> impl IntoView {
    let surface = NodeRef::<html::Div>::new();
    let stage = RwSignal::new(Stage::default());
    let host = StoredValue::new(None::<SendWrapper<Host>>);
    let appearance = Appearance::current();
    let assets = expect_context::<Assets>();
    let place = StoredValue::new(scope.clone());

    Effect::new(move || {
        let Some(element) = surface.get() else { return };
        let (assets, path) = (assets.clone(), address(&scope, &file));
        spawn_local(async move {
            let loaded = match load(&assets, appearance).await {
                Ok(loaded) => loaded,
                Err(failed) => {
                    stage.try_set(failed);
                    return;
                }
            };
            if stage.is_disposed() {
                // The reader left while the module was on its way.
                return;
            }
            let text = value.get_untracked();
            libraries.with_untracked(|libraries| give(&loaded, place, libraries));
            let mut editor = loaded.create_editor(&element, &path, language.as_str(), &text, label);
            editor.set_read_only(read_only.get_untracked());
            listen(&mut editor, on_change, on_problems, on_cursor);
            for (key, action) in [(Key::Save, on_save), (Key::Run, on_run), (Key::Submit, on_submit)] {
                if let Some(action) = action {
                    editor.on_key(key, move || action.run(()));
                }
            }
            expose(&editor);
            host.set_value(Some(SendWrapper::new(loaded)));
            handle.open(editor);
            stage.set(Stage::Open);
            // A file without problems raises no event; the page shall know that it was looked at.
            if let Some((report, problems)) = on_problems.zip(handle.check().await) {
                report.try_run(problems);
            }
        });
    });
    Effect::new(move || {
        let text = value.get();
        handle.with(|editor| editor.set_value(&text));
    });
    Effect::new(move || {
        let read_only = read_only.get();
        handle.with(|editor| editor.set_read_only(read_only));
    });
    Effect::new(move || {
        let libraries = libraries.get();
        host.with_value(|host| host.as_deref().map(|host| give(host, place, &libraries)));
    });
    Effect::new(move || {
        let dark = appearance.dark();
        host.with_value(|host| host.as_deref().map(|host| theme::apply(host, dark)));
    });
    on_cleanup(move || {
        handle.close();
        hide();
    });

    view! {
        <div class="editor">
            <div class="editor__surface" node_ref=surface></div>
            <Cover stage />
        </div>
    }
    .into_any()
}

fn give(host: &Host, scope: StoredValue<String>, libraries: &[Library]) {
    let files: Vec<(String, &str)> = scope.with_value(|scope| {
        libraries.iter().map(|library| (address(scope, &library.file), library.text.as_str())).collect()
    });
    host.set_libraries(files.iter().map(|(file, text)| (file.as_str(), *text)));
}

fn listen(
    editor: &mut Editor,
    on_change: Option<Callback<String>>,
    on_problems: Option<Callback<Vec<Problem>>>,
    on_cursor: Option<Callback<(u32, u32)>>,
) {
    if let Some(on_change) = on_change {
        editor.on_change(move |text| on_change.run(text));
    }
    if let Some(on_cursor) = on_cursor {
        editor.on_cursor(move |line, column| on_cursor.run((line, column)));
    }
    if let Some(on_problems) = on_problems {
        let mut waiting = None::<TimeoutHandle>;
        editor.on_problems(move |json| {
            if let Some(waiting) = waiting.take() {
                waiting.clear();
            }
            let report = move || {
                // The page may be gone by then.
                on_problems.try_run(Problem::list(&json));
            };
            waiting = set_timeout_with_handle(report, SETTLE).ok();
        });
    }
}

/// Shows the open editor to browser tests.
fn expose(editor: &Editor) {
    // A window that takes no properties has no tests in it either.
    let _refused = js_sys::Reflect::set(&window(), &TEST_AID.into(), editor.as_js());
}

fn hide() {
    #[cfg(feature = "hydrate")]
    let _refused = js_sys::Reflect::delete_property(&window(), &TEST_AID.into());
}
