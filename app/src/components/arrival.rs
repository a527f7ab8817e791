//! Arriving at a page: before and after the browser has taken over, and where the focus goes when the reader follows
//! a link.

use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::rail::RAIL_ID;

/// Whether the page answers clicks. False on the server.
pub fn hydrated() -> bool {
    cfg!(feature = "hydrate")
        && document().document_element().is_some_and(|html| html.has_attribute("data-hydrated"))
}

/// True until the page answers clicks: for the button of a form that needs its script, which would otherwise be sent
/// by the browser, to nobody.
pub fn not_yet() -> Signal<bool> {
    let waiting = RwSignal::new(true);
    Effect::new(move || waiting.set(false));
    waiting.into()
}

/// Says the name of a page to which the reader came by a link, as a browser does when it loads one. In the context of
/// every page.
#[derive(Clone, Copy)]
pub struct Announcer(RwSignal<String>);

impl Announcer {
    /// Silent.
    pub fn provide() -> Self {
        let announcer = Self(RwSignal::new(String::new()));
        provide_context(announcer);
        announcer
    }
}

/// Where the announcement stands.
#[component]
pub fn Announcement(
    /// What speaks.
    announcer: Announcer,
) -> impl IntoView {
    view! {
        <p class="visually-hidden" role="status">
            {move || announcer.0.get()}
        </p>
    }
}

/// Puts the focus on the content when the reader has come by a link, and has the title announced. The first page has
/// both from the browser.
pub fn arrive(content: NodeRef<html::Main>, title: impl Fn() -> String + 'static) {
    scroll_by_keys(content);
    let path = use_location().pathname;
    let announcer = expect_context::<Announcer>();
    // Of the page that the server rendered, until another path is shown.
    let first = RwSignal::new((!hydrated()).then(|| path.get_untracked()));
    Effect::new(move || {
        let now = path.get();
        if first.with_untracked(|first| first.as_deref() == Some(now.as_str())) {
            return;
        }
        first.set(None);
        if let Some(content) = content.get()
            && !stays()
        {
            drop(content.focus());
        }
    });
    Effect::new(move || {
        if first.with(Option::is_none) {
            announcer.0.set(title());
        }
    });
}

/// Keys that scroll a page.
const SCROLLS: [&str; 7] = ["PageDown", "PageUp", "Home", "End", "ArrowDown", "ArrowUp", " "];

/// Lets the keys that scroll a page scroll the content when nothing has the focus: the content scrolls, not the
/// document around it.
fn scroll_by_keys(content: NodeRef<html::Main>) {
    Effect::new(move || {
        let keys = window_event_listener(ev::keydown, move |event| {
            let nowhere = document().active_element().is_none_or(|focused| focused.tag_name() == "BODY");
            if nowhere
                && SCROLLS.contains(&event.key().as_str())
                && let Some(content) = content.get_untracked()
            {
                // Before the browser acts on the key.
                drop(content.focus());
            }
        });
        on_cleanup(move || keys.remove());
    });
}

/// Whether the focus is where it must stay: in the rail that is beside the page, or in a dialog above it.
fn stays() -> bool {
    let Some(focused) = document().active_element() else { return false };
    let inside = |place: &str| focused.closest(place).ok().flatten().is_some();
    inside("dialog[open]") || inside(&format!("#{RAIL_ID}:not(:popover-open)"))
}
