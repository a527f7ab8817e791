//! Tabs: of a page (links, one address each) or inside one (buttons).

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// One tab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tab {
    /// Identifies it in `selected`.
    pub id: String,
    /// What it says.
    pub label: String,
    /// A number beside the label.
    pub count: Option<usize>,
    /// Its address, when every tab is a page of its own.
    pub href: Option<String>,
}

impl Tab {
    /// A tab inside the page.
    pub fn new(id: impl Into<String>, label: impl Into<String>) -> Self {
        Self { id: id.into(), label: label.into(), count: None, href: None }
    }

    /// Shows a number beside the label.
    #[must_use]
    pub fn count(mut self, count: usize) -> Self {
        self.count = Some(count);
        self
    }

    /// Makes the tab a link to a page of its own.
    #[must_use]
    pub fn href(mut self, href: impl Into<String>) -> Self {
        self.href = Some(href.into());
        self
    }
}

/// A row of tabs. When the tabs have addresses it is a navigation of links; otherwise the arrow keys
/// move between them and `on_select` hears which was chosen. The panel it controls should have
/// `role="tabpanel"` and `id="{name}-panel"`.
#[component]
pub fn Tabs(
    /// Names the row, for its ids and for assistive technology, such as `editor`.
    #[prop(into)]
    name: String,
    /// The tabs, in order.
    #[prop(into)]
    tabs: Signal<Vec<Tab>>,
    /// Id of the tab that is open.
    #[prop(into)]
    selected: Signal<String>,
    /// Called with the id of a tab that was chosen. Not called for tabs that are links.
    #[prop(optional, into)]
    on_select: Option<Callback<String>>,
) -> impl IntoView {
    let links = tabs.with_untracked(|tabs| tabs.iter().any(|tab| tab.href.is_some()));
    if links {
        return view! {
            <nav class="tabs" aria-label=name>
                {move || {
                    tabs.get()
                        .into_iter()
                        .map(|tab| {
                            let Tab { id, label, count, href } = tab;
                            view! {
                                <a
                                    class="tabs__tab"
                                    href=href
                                    aria-current=move || (selected.get() == id).then_some("page")
                                >
                                    {content(label, count)}
                                </a>
                            }
                        })
                        .collect_view()
                }}
            </nav>
        }
        .into_any();
    }
    let choose = move |id: String| {
        if let Some(on_select) = on_select {
            on_select.run(id);
        }
    };
    let panel = format!("{name}-panel");
    let label = name.clone();
    view! {
        <div class="tabs" role="tablist" aria-label=label on:keydown=move |event| step(&event)>
            {move || {
                let panel = panel.clone();
                let name = name.clone();
                tabs.get()
                    .into_iter()
                    .map(|tab| {
                        let Tab { id, label, count, .. } = tab;
                        let own = format!("{name}-tab-{id}");
                        let id = StoredValue::new(id);
                        let open = move || selected.with(|selected| id.with_value(|id| id == selected));
                        view! {
                            <button
                                type="button"
                                class="tabs__tab"
                                role="tab"
                                id=own
                                aria-controls=panel.clone()
                                aria-selected=move || if open() { "true" } else { "false" }
                                tabindex=move || if open() { "0" } else { "-1" }
                                on:click=move |_| choose(id.get_value())
                            >
                                {content(label, count)}
                            </button>
                        }
                    })
                    .collect_view()
            }}
        </div>
    }
    .into_any()
}

fn content(label: String, count: Option<usize>) -> impl IntoView {
    let count = count.map(|count| view! { <span class="tabs__count">{count}</span> });
    (label, count)
}

/// Moves to the tab beside the focused one and opens it.
fn step(event: &KeyboardEvent) {
    let Some(focused) = document().active_element() else { return };
    let target = match event.key().as_str() {
        "ArrowRight" => focused.next_element_sibling().or_else(|| edge(&focused, true)),
        "ArrowLeft" => focused.previous_element_sibling().or_else(|| edge(&focused, false)),
        "Home" => edge(&focused, true),
        "End" => edge(&focused, false),
        _ => return,
    };
    if let Some(target) = target.and_then(|target| target.dyn_into::<web_sys::HtmlElement>().ok()) {
        event.prevent_default();
        target.click();
        // The tab has just become focusable or was focusable before; a browser that refuses is harmless.
        let _focused = target.focus();
    }
}

fn edge(tab: &web_sys::Element, first: bool) -> Option<web_sys::Element> {
    let row = tab.parent_element()?;
    if first { row.first_element_child() } else { row.last_element_child() }
}
