//! The navigation at the side: a column on a wide screen, a drawer on a narrow one.
//!
//! The drawer is a popover, so that it opens before the page is hydrated, closes on Escape and on a
//! click beside it. On a wide screen the stylesheet keeps it in place.

use leptos::html;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::brand::Brand;
use super::button::Variant;
use super::icon::{Glyph, Icon};
use super::kbd::Kbd;
use super::menu::{Menu, MenuItem};
use super::palette::PaletteState;
use super::tag::Tag;
use super::theme_toggle::ThemeToggle;

/// Id of the navigation, which the menu button of the top bar opens.
pub(super) const RAIL_ID: &str = "rail";

/// A group of addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RailGroup {
    /// Its heading. Empty for the first, which needs none.
    pub label: String,
    /// Its addresses.
    pub items: Vec<RailItem>,
}

/// One address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RailItem {
    /// What it says.
    pub label: String,
    /// Where it leads. It is marked while the page is at this address or below it.
    pub href: String,
    /// Another address whose pages belong to it.
    pub also: Option<String>,
}

impl RailItem {
    /// An address.
    pub fn new(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { label: label.into(), href: href.into(), also: None }
    }

    /// Marks it on the pages below another address too.
    #[must_use]
    pub fn also(mut self, href: impl Into<String>) -> Self {
        self.also = Some(href.into());
        self
    }
}

/// The project that the console shows now, and the others.
#[derive(Clone, Debug, Default)]
pub struct Projects {
    /// Name of the current project.
    pub current: String,
    /// Its environment, such as `production`.
    pub environment: String,
    /// The projects to choose from, and whatever else belongs there (`New project`).
    pub items: Vec<MenuItem>,
}

/// The navigation.
#[component]
pub fn Rail(
    /// What it leads to.
    #[prop(into)]
    groups: Signal<Vec<RailGroup>>,
    /// The project switcher.
    #[prop(into)]
    projects: Signal<Projects>,
    /// At the foot: who is signed in, a way out.
    #[prop(optional, into)]
    foot: Option<ViewFn>,
) -> impl IntoView {
    let location = use_location();
    let rail = NodeRef::<html::Nav>::new();
    Effect::new(move || {
        location.pathname.track();
        if let Some(rail) = rail.get_untracked() {
            // It refuses when it is not open as a drawer.
            drop(rail.hide_popover());
        }
    });
    let current = Memo::new(move |_| {
        let path = location.pathname.get();
        groups.with(|groups| longest_match(groups, &path))
    });
    let palette = use_context::<PaletteState>();
    view! {
        <nav node_ref=rail id=RAIL_ID class="rail" popover="auto" aria-label="Console">
            <a class="rail__brand" href="/console">
                <Brand />
            </a>
            {move || {
                let projects = projects.get();
                view! {
                    <Menu
                        id="projects"
                        class="rail__project"
                        variant=Variant::Default
                        align_end=false
                        items=Signal::stored(projects.items)
                    >
                        <span class="rail__project-name">{projects.current}</span>
                        {(!projects.environment.is_empty()).then(|| view! { <Tag>{projects.environment}</Tag> })}
                        <Icon glyph=Glyph::Chevron />
                    </Menu>
                }
            }}
            <div class="rail__groups">
                {move || groups.get().into_iter().map(|shown| group(shown, current)).collect_view()}
            </div>
            <div class="rail__foot">
                {palette
                    .map(|palette| {
                        view! {
                            <button type="button" class="rail__item" on:click=move |_| palette.open()>
                                "Command"
                                <Kbd keys="mod+k" />
                            </button>
                        }
                    })}
                {foot.map(|foot| foot.run())}
                <ThemeToggle />
            </div>
        </nav>
    }
    .into_any()
}

fn group(group: RailGroup, current: Memo<Option<String>>) -> impl IntoView {
    view! {
        {(!group.label.is_empty()).then(|| view! { <h2 class="rail__heading">{group.label}</h2> })}
        <ul class="rail__list">
            {group
                .items
                .into_iter()
                .map(|item| {
                    let href = item.href.clone();
                    let here = move || current.with(|current| current.as_deref() == Some(&href)).then_some("page");
                    view! {
                        <li>
                            <a class="rail__item" href=item.href aria-current=here>
                                {item.label}
                            </a>
                        </li>
                    }
                })
                .collect_view()}
        </ul>
    }
}

/// The item whose address `path` is at or below; that of the longest, when several are.
fn longest_match(groups: &[RailGroup], path: &str) -> Option<String> {
    groups
        .iter()
        .flat_map(|group| &group.items)
        .flat_map(|item| {
            std::iter::once(&item.href).chain(&item.also).map(move |covered| (covered, &item.href))
        })
        .filter(|(covered, _)| {
            path.strip_prefix(covered.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
        .max_by_key(|(covered, _)| covered.len())
        .map(|(_, href)| href.clone())
}

#[cfg(test)]
mod tests {
    use super::{RailGroup, RailItem, longest_match};

    #[test]
    fn the_longest_address_is_marked() {
        let items = vec![
            RailItem::new("Overview", "/console/acme"),
            RailItem::new("Users", "/console/acme/users").also("/console/acme/people"),
        ];
        let groups = [RailGroup { label: String::new(), items }];
        let at = |path| longest_match(&groups, path);
        assert_eq!(at("/console/acme/users/7").as_deref(), Some("/console/acme/users"));
        assert_eq!(at("/console/acme/usersettings").as_deref(), Some("/console/acme"));
        assert_eq!(at("/console/acme/people/7").as_deref(), Some("/console/acme/users"));
        assert_eq!(at("/elsewhere"), None);
    }
}
