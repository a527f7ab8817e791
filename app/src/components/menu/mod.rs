//! A list of actions that opens below its button.
//!
//! It is a popover: the browser opens and closes it, even before the page is hydrated, puts it above
//! everything else and gives the focus back on Escape. The stylesheet anchors it to its button.

use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::button::Variant;

/// One line of a menu.
#[derive(Clone, Debug)]
pub enum MenuItem {
    /// Leads somewhere.
    Link {
        /// What it says.
        label: String,
        /// Where it leads.
        href: String,
        /// Whether it is what is open now.
        current: bool,
    },
    /// Does something.
    Action {
        /// What it says.
        label: String,
        /// Called when it is chosen.
        run: Callback<()>,
        /// Destroys something.
        danger: bool,
    },
    /// A line between groups.
    Separator,
}

impl MenuItem {
    /// A line that leads to `href`.
    pub fn link(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self::Link { label: label.into(), href: href.into(), current: false }
    }

    /// A line that does something.
    pub fn action(label: impl Into<String>, run: impl Into<Callback<()>>) -> Self {
        Self::Action { label: label.into(), run: run.into(), danger: false }
    }

    /// A line that destroys something.
    pub fn danger(label: impl Into<String>, run: impl Into<Callback<()>>) -> Self {
        Self::Action { label: label.into(), run: run.into(), danger: true }
    }
}

/// A button that opens a menu.
#[component]
pub fn Menu(
    /// Id of the menu; must be unique on the page.
    #[prop(into)]
    id: String,
    /// Name of the button for assistive technology, when it shows an icon; must contain what it shows.
    #[prop(optional, into)]
    label: Option<String>,
    /// The lines.
    #[prop(into)]
    items: Signal<Vec<MenuItem>>,
    /// Look of the button.
    #[prop(default = Variant::Ghost)]
    variant: Variant,
    /// Opens towards the start of the line instead of its end; right for a button at the right edge.
    #[prop(default = true)]
    align_end: bool,
    /// Replaces the look of the button.
    #[prop(optional, into)]
    class: Option<String>,
    /// What the button shows.
    children: Children,
) -> impl IntoView {
    let menu = NodeRef::<html::Div>::new();
    let close = move || {
        if let Some(menu) = menu.get_untracked() {
            // It refuses only when it is closed already.
            drop(menu.hide_popover());
        }
    };
    let class = class.unwrap_or_else(|| variant.class().to_owned());
    view! {
        <button type="button" class=class popovertarget=id.clone() aria-haspopup="menu" aria-label=label.clone()>
            {children()}
        </button>
        <div
            node_ref=menu
            id=id
            class="menu"
            class:menu--end=align_end
            popover="auto"
            role="menu"
            aria-label=label.unwrap_or_else(|| "Menu".into())
            on:toggle=move |_| focus_first(menu)
            on:keydown=move |event| step(menu, &event)
        >
            {move || {
                items
                    .get()
                    .into_iter()
                    .map(|item| match item {
                        MenuItem::Link { label, href, current } => {
                            view! {
                                <a
                                    class="menu__item"
                                    role="menuitem"
                                    href=href
                                    aria-current=current.then_some("true")
                                    on:click=move |_| close()
                                >
                                    {label}
                                </a>
                            }
                                .into_any()
                        }
                        MenuItem::Action { label, run, danger } => {
                            view! {
                                <button
                                    type="button"
                                    class="menu__item"
                                    class:menu__item--danger=danger
                                    role="menuitem"
                                    on:click=move |_| {
                                        close();
                                        run.run(());
                                    }
                                >
                                    {label}
                                </button>
                            }
                                .into_any()
                        }
                        MenuItem::Separator => view! { <hr class="menu__line" /> }.into_any(),
                    })
                    .collect_view()
            }}
        </div>
    }
    .into_any()
}

type MenuRef = NodeRef<html::Div>;

fn items(menu: MenuRef) -> Vec<web_sys::HtmlElement> {
    let Some(menu) = menu.get_untracked() else { return Vec::new() };
    let Ok(found) = menu.query_selector_all("[role=menuitem]") else { return Vec::new() };
    (0..found.length()).filter_map(|at| found.item(at)?.dyn_into().ok()).collect()
}

fn focus_first(menu: MenuRef) {
    let open = menu.get_untracked().is_some_and(|menu| menu.matches(":popover-open").unwrap_or(false));
    if open && let Some(first) = items(menu).first() {
        drop(first.focus());
    }
}

fn step(menu: MenuRef, event: &KeyboardEvent) {
    let items = items(menu);
    let Some(last) = items.len().checked_sub(1) else { return };
    let focused = document().active_element();
    let at = items
        .iter()
        .position(|item| focused.as_ref().is_some_and(|focused| item.is_same_node(Some(focused))));
    let next = match (event.key().as_str(), at) {
        ("ArrowDown", Some(at)) if at < last => at + 1,
        ("ArrowUp", Some(at)) if at > 0 => at - 1,
        ("ArrowUp" | "End", _) => last,
        ("ArrowDown" | "Home", _) => 0,
        _ => return,
    };
    event.prevent_default();
    drop(items[next].focus());
}
