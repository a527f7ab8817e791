//! The command palette: finds every screen, hook and endpoint by name.

mod rank;
mod shortcut;

use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

use super::icon::{Glyph, Icon};
use super::kbd::Kbd;

/// How many finds are shown.
const SHOWN: usize = 40;

/// Something that can be found.
#[derive(Clone, Debug)]
pub struct PaletteItem {
    /// Its name.
    pub label: String,
    /// What kind of thing it is, such as `Hook`.
    pub group: String,
    /// Other words it is found by.
    pub keywords: String,
    /// Where choosing it leads.
    pub href: String,
}

impl PaletteItem {
    /// An address.
    pub fn link(group: impl Into<String>, label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { label: label.into(), group: group.into(), keywords: String::new(), href: href.into() }
    }

    /// Other words it is found by.
    #[must_use]
    pub fn keywords(mut self, words: impl Into<String>) -> Self {
        self.keywords = words.into();
        self
    }
}

/// Whether the palette is open. In the context below the layout.
#[derive(Clone, Copy, Debug)]
pub struct PaletteState {
    open: RwSignal<bool>,
}

impl Default for PaletteState {
    fn default() -> Self {
        Self::new()
    }
}

impl PaletteState {
    /// A closed palette.
    pub fn new() -> Self {
        Self { open: RwSignal::new(false) }
    }

    /// Opens the palette.
    pub fn open(self) {
        self.open.set(true);
    }
}

/// The palette. Opens on ⌘K or Ctrl K; the arrow keys move, Enter chooses, Escape closes.
#[component]
pub fn CommandPalette(
    /// Opened and closed by this.
    state: PaletteState,
    /// What can be found.
    #[prop(into)]
    items: Signal<Vec<PaletteItem>>,
) -> impl IntoView {
    let open = state.open;
    let query = RwSignal::new(String::new());
    let at = RwSignal::new(0_usize);
    let dialog = NodeRef::<html::Dialog>::new();
    let input = NodeRef::<html::Input>::new();
    let found = Memo::new(move |_| {
        if !open.get() {
            return Vec::new();
        }
        let query = query.get();
        items.with(|items| rank::best(items, &query, SHOWN))
    });

    shortcut::listen(move || open.update(|open| *open = !*open));
    Effect::new(move || {
        let Some(dialog) = dialog.get() else { return };
        match (open.get(), dialog.open()) {
            (true, false) => {
                query.set(String::new());
                at.set(0);
                drop(dialog.show_modal());
                if let Some(input) = input.get_untracked() {
                    drop(input.focus());
                }
            }
            (false, true) => dialog.close(),
            _ => {}
        }
    });

    let navigate = StoredValue::new(use_navigate());
    let choose = move |position: usize| {
        let Some(index) = found.with_untracked(|found| found.get(position).copied()) else { return };
        let Some(href) = items.with_untracked(|items| items.get(index).map(|item| item.href.clone())) else {
            return;
        };
        open.set(false);
        navigate.with_value(|navigate| navigate(&href, Default::default()));
    };
    let keydown = move |event: KeyboardEvent| {
        let last = found.with_untracked(Vec::len).saturating_sub(1);
        match event.key().as_str() {
            "ArrowDown" => at.update(|at| *at = if *at >= last { 0 } else { *at + 1 }),
            "ArrowUp" => at.update(|at| *at = if *at == 0 { last } else { *at - 1 }),
            "Enter" => choose(at.get_untracked()),
            _ => return,
        }
        event.prevent_default();
    };
    Effect::new(move || {
        let selector = format!("#palette-{}", at.get());
        if let Ok(Some(line)) = document().query_selector(&selector) {
            let options = web_sys::ScrollIntoViewOptions::new();
            options.set_block(web_sys::ScrollLogicalPosition::Nearest);
            line.scroll_into_view_with_scroll_into_view_options(&options);
        }
    });

    view! {
        <dialog
            node_ref=dialog
            class="palette"
            aria-label="Find a screen, hook or endpoint"
            on:close=move |_| open.set(false)
            on:mousedown=move |event| {
                let beside = event.target().is_some_and(|target| {
                    dialog.get_untracked().is_some_and(|dialog| js_sys::Object::is(&target, &dialog))
                });
                if beside {
                    open.set(false);
                }
            }
        >
            <div class="palette__box">
                <div class="palette__head">
                    <Icon glyph=Glyph::Search />
                    <input
                        node_ref=input
                        class="palette__input"
                        type="text"
                        role="combobox"
                        aria-label="Find a screen, hook or endpoint"
                        aria-expanded="true"
                        aria-controls="palette-list"
                        aria-autocomplete="list"
                        aria-activedescendant=move || format!("palette-{}", at.get())
                        placeholder="Find a screen, hook or endpoint"
                        autocomplete="off"
                        spellcheck="false"
                        prop:value=move || query.get()
                        on:input=move |event| {
                            query.set(event_target_value(&event));
                            at.set(0);
                        }
                        on:keydown=keydown
                    />
                    <Kbd keys="esc" />
                </div>
                <ul class="palette__list" id="palette-list" role="listbox" aria-label="Found">
                    {move || {
                        items
                            .with(|items| {
                                found
                                    .get()
                                    .into_iter()
                                    .filter_map(|index| items.get(index).cloned())
                                    .enumerate()
                                    .map(|(position, item)| {
                                        view! {
                                            <li
                                                class="palette__item"
                                                id=format!("palette-{position}")
                                                role="option"
                                                aria-selected=move || {
                                                    if at.get() == position { "true" } else { "false" }
                                                }
                                                on:mousemove=move |_| {
                                                    if at.get_untracked() != position {
                                                        at.set(position);
                                                    }
                                                }
                                                on:click=move |_| choose(position)
                                            >
                                                <span class="palette__label">{item.label}</span>
                                                <span class="palette__group">{item.group}</span>
                                            </li>
                                        }
                                    })
                                    .collect_view()
                            })
                    }}
                </ul>
                <Show when=move || open.get() && found.with(Vec::is_empty)>
                    <p class="palette__nothing" role="status">"Nothing is called that."</p>
                </Show>
            </div>
        </dialog>
    }
    .into_any()
}
