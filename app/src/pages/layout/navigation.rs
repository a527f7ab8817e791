//! What the rail and the palette lead to. What is not built is not listed.

use contract::catalogue::endpoints::Endpoint;
use contract::manage::Admin;
use leptos::form::ActionForm;
use leptos::prelude::*;

use super::CurrentProject;
use crate::api::access::SignOut;
use crate::components::menu::MenuItem;
use crate::components::palette::PaletteItem;
use crate::components::rail::{Projects, RailGroup, RailItem};
use crate::pages::address;
use crate::pages::late::Late;

/// Every page of a project beside API & Hooks: heading in the rail, label, last part of the address.
const PAGES: &[(&str, &str, &str)] = &[
    ("Auth", "Users", "users"),
    ("Auth", "Mails", "mails"),
    ("Operate", "Runs", "runs"),
    ("Operate", "Logs", "logs"),
    ("Operate", "Secrets", "secrets"),
    ("Operate", "API keys", "keys"),
    ("Operate", "Audit log", "audit"),
    ("Project", "Settings", "settings"),
];

/// The groups of the rail.
pub(super) fn rail(slug: &str) -> Vec<RailGroup> {
    // The editor of a hook has an address of its own, and is reached from here.
    let first = RailItem::new("API & Hooks", address::hooks(slug)).also(address::page(slug, "hooks"));
    let mut groups = vec![RailGroup { label: "Auth".into(), items: vec![first] }];
    for (heading, label, name) in PAGES {
        let item = RailItem::new(*label, address::page(slug, name));
        match groups.last_mut() {
            Some(group) if group.label == *heading => group.items.push(item),
            _ => groups.push(RailGroup { label: (*heading).into(), items: vec![item] }),
        }
    }
    groups
}

/// The project switcher.
pub(super) fn switcher(current: CurrentProject) -> Projects {
    let slug = current.slug().get();
    let all = current.known.get();
    let environment = all
        .iter()
        .find(|project| project.slug == slug)
        .map(|project| project.environment.clone())
        .unwrap_or_default();
    let mut items: Vec<MenuItem> = all
        .into_iter()
        .map(|project| MenuItem::Link {
            label: format!("{} · {}", project.name, project.environment),
            href: address::hooks(&project.slug),
            current: project.slug == slug,
        })
        .collect();
    items.push(MenuItem::Separator);
    items.push(MenuItem::link("All projects", "/console"));
    items.push(MenuItem::link("New project", "/console?new=1"));
    Projects { current: current.name(), environment, items }
}

/// What the palette finds: every page, hook and endpoint.
pub(super) fn palette(current: CurrentProject) -> Vec<PaletteItem> {
    let slug = current.slug().get();
    let mut items =
        vec![PaletteItem::link("Page", "API & Hooks", address::hooks(&slug)).keywords("endpoints")];
    for (heading, label, name) in PAGES {
        items.push(PaletteItem::link("Page", *label, address::page(&slug, name)).keywords(*heading));
    }
    items.push(PaletteItem::link("Page", "Projects", "/console"));
    if current.admin.get().is_some() {
        items.push(PaletteItem::link("Page", "Instance", address::INSTANCE).keywords("keys audit"));
    }
    for hook in current.hooks() {
        let words = format!("{} {}", hook.trigger, hook.trigger.spec().title);
        items.push(PaletteItem::link("Hook", hook.name, address::hook(&slug, &hook.id)).keywords(words));
    }
    for endpoint in Endpoint::ALL {
        items.push(
            PaletteItem::link("Endpoint", endpoint.request_line(), address::endpoint(&slug, *endpoint))
                .keywords(endpoint.spec().title),
        );
    }
    items
}

/// Who is signed in, and the way out.
pub(super) fn foot(admin: Late<Admin>) -> impl IntoView {
    let sign_out = ServerAction::<SignOut>::new();
    view! {
        // Administrators belong to the instance; whoever is none is not shown what is.
        <a class="rail__item" href=address::INSTANCE hidden=move || admin.get().is_none()>
            "Instance"
        </a>
        <ActionForm action=sign_out attr:class="sign-out">
            <span class="sign-out__name">
                {move || admin.get().map(|admin| admin.name)}
            </span>
            <button type="submit" class="link">
                "Sign out"
            </button>
        </ActionForm>
    }
}
