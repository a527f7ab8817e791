//! Two versions of a hook beside each other.

use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use monaco_bindings::{Diff, Host};
use send_wrapper::SendWrapper;

use super::language::Language;
use super::session::{Cover, Stage, load};
use super::theme;
use crate::assets::Assets;
use crate::theme::Appearance;

/// Two texts compared: side by side where there is room, one below the other where there is not. It
/// fills its place; give that a height.
#[component]
pub fn DiffEditor(
    /// The older text.
    #[prop(into)]
    original: Signal<String>,
    /// The newer text.
    #[prop(into)]
    modified: Signal<String>,
    /// Language of both.
    #[prop(optional)]
    language: Language,
    /// What stands at the left, such as `Live v7`.
    #[prop(into)]
    left: Signal<String>,
    /// What stands at the right, such as `Draft`.
    #[prop(into)]
    right: Signal<String>,
    /// What is compared, for assistive technology, such as `Live v7 and the draft`.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    let surface = NodeRef::<html::Div>::new();
    let stage = RwSignal::new(Stage::default());
    let host = StoredValue::new(None::<SendWrapper<Host>>);
    let diff = StoredValue::new(None::<SendWrapper<Diff>>);
    let appearance = Appearance::current();
    let assets = expect_context::<Assets>();

    Effect::new(move || {
        let Some(element) = surface.get() else { return };
        let assets = assets.clone();
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
            let (old, new) = (original.get_untracked(), modified.get_untracked());
            let opened = loaded.create_diff(&element, language.as_str(), &old, &new);
            host.set_value(Some(SendWrapper::new(loaded)));
            diff.set_value(Some(SendWrapper::new(opened)));
            stage.set(Stage::Open);
        });
    });
    Effect::new(move || {
        let (old, new) = (original.get(), modified.get());
        diff.with_value(|diff| diff.as_deref().map(|diff| diff.set_texts(&old, &new)));
    });
    Effect::new(move || {
        let dark = appearance.dark();
        host.with_value(|host| host.as_deref().map(|host| theme::apply(host, dark)));
    });
    on_cleanup(move || drop(diff.try_set_value(None)));

    view! {
        <div class="diff-editor" role="region" aria-label=label>
            <div class="diff-editor__heads">
                <span>{left}</span>
                <span>{right}</span>
                <span class="diff-editor__same" role="status">
                    {move || (original.with(|old| modified.with(|new| old == new))).then_some("No differences")}
                </span>
            </div>
            <div class="editor">
                <div class="editor__surface" node_ref=surface></div>
                <Cover stage />
            </div>
        </div>
    }
    .into_any()
}
