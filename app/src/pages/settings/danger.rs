//! What changes much at once: bypassing hooks, new keys, deleting the project.

use contract::manage::{Project, ProjectSettings, UpdateProject};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

use super::form;
use crate::api;
use crate::components::button::{Button, Variant};
use crate::components::dialog::Dialog;
use crate::components::field::TextField;
use crate::components::panel::Panel;
use crate::components::toast::use_toasts;
use crate::pages::change::{Change, ChangeError};
use crate::pages::kept;
use crate::pages::layout::CurrentProject;

/// Three actions, each with a dialog that names the project and what changes.
#[component]
pub(super) fn Danger(
    /// The project.
    project: Project,
) -> impl IntoView {
    view! {
        <Panel title="Take care" padded=true>
            <div class="danger">
                <Bypass settings=project.settings />
                <RotateKeys />
                <Delete slug=project.slug />
            </div>
        </Panel>
    }
    .into_any()
}

#[component]
fn Bypass(settings: ProjectSettings) -> impl IntoView {
    let current = CurrentProject::current();
    let toasts = use_toasts();
    let change = Change::new();
    let open = RwSignal::new(false);
    let before = StoredValue::new(settings);
    let on = move || {
        current
            .project()
            .map_or_else(|| before.with_value(|before| before.bypass_hooks), |now| now.settings.bypass_hooks)
    };
    let flip = move || {
        let bypass_hooks = !untrack(on);
        let slug = current.slug_now();
        let work = async move {
            // The other settings as they are now, not as this page once read them.
            let now = api::projects::get_project(slug.clone()).await?;
            let settings = Some(ProjectSettings { bypass_hooks, ..now.settings });
            let updated_at = Some(now.updated_at);
            let update = UpdateProject { settings, updated_at, ..UpdateProject::default() };
            api::projects::update_project(slug, update).await
        };
        change.run(work, move |_| {
            open.set(false);
            toasts.ok(if bypass_hooks { "All hooks are bypassed" } else { "Hooks run again" });
            current.reload();
        });
    };
    let word = move || if on() { "Run hooks again" } else { "Bypass all hooks" };
    view! {
        <div class="danger__item">
            <div>
                <h3>"Bypass all hooks"</h3>
                <p>
                    "The way out when hooks lock everybody out: every endpoint runs with its default behaviour. Written to the audit log."
                </p>
                <Show when=on>
                    <p class="danger__on">"! All hooks of this project are bypassed now."</p>
                </Show>
            </div>
            <Button variant=Variant::Danger on_click=Callback::new(move |_| {
                change.clear();
                open.set(true);
            })>
                {word}
            </Button>
        </div>
        <Dialog
            busy=change.busy()
            id="bypass"
            title=Signal::derive(move || format!("{} of {}?", word(), current.place()))
            open
            actions=ViewFn::from(move || {
                view! {
                    <Button disabled=change.busy() on_click=Callback::new(move |_| open.set(false))>"Cancel"</Button>
                    <Button variant=Variant::Danger busy=change.busy() on_click=Callback::new(move |_| flip())>
                        {word}
                    </Button>
                }
            })
        >
            <p>
                {move || {
                    if on() {
                        "Every live hook takes part in every request again, from the next one on."
                    } else {
                        "No hook runs any more, from the next request on: what hooks refuse is allowed, what they add is missing. Your name goes into the audit log."
                    }
                }}
            </p>
            <ChangeError change />
        </Dialog>
    }
    .into_any()
}

#[component]
fn RotateKeys() -> impl IntoView {
    let current = CurrentProject::current();
    let toasts = use_toasts();
    let change = Change::new();
    let open = RwSignal::new(false);
    let rotate = move || {
        change.run(api::projects::rotate_keys(current.slug_now()), move |()| {
            open.set(false);
            toasts.ok("The new key signs in ten minutes");
        });
    };
    view! {
        <div class="danger__item">
            <div>
                <h3>"Rotate the signing keys"</h3>
                <p>"A new key signs access tokens ten minutes after it was published; those that are out stay good until they expire."</p>
            </div>
            <Button variant=Variant::Danger on_click=Callback::new(move |_| {
                change.clear();
                open.set(true);
            })>
                "Rotate keys"
            </Button>
        </div>
        <Dialog
            busy=change.busy()
            id="rotate"
            title=Signal::derive(move || format!("Rotate the signing keys of {}?", current.place()))
            open
            actions=ViewFn::from(move || {
                view! {
                    <Button disabled=change.busy() on_click=Callback::new(move |_| open.set(false))>"Cancel"</Button>
                    <Button variant=Variant::Danger busy=change.busy() on_click=Callback::new(move |_| rotate())>
                        "Rotate now"
                    </Button>
                }
            })
        >
            <p>"The new key is published at once. Services that verify tokens have ten minutes to read the project’s JWKS again."</p>
            <ChangeError change />
        </Dialog>
    }
    .into_any()
}

#[component]
fn Delete(slug: String) -> impl IntoView {
    let current = CurrentProject::current();
    let toasts = use_toasts();
    let change = Change::new();
    let open = RwSignal::new(false);
    let typed = RwSignal::new(String::new());
    let slug = StoredValue::new(slug);
    let sure = move || typed.with(|typed| slug.with_value(|slug| typed == slug));
    let navigate = StoredValue::new(use_navigate());
    let delete = move || {
        if !sure() {
            return;
        }
        let name = current.place();
        change.run(api::projects::delete_project(slug.get_value()), move |()| {
            open.set(false);
            slug.with_value(|slug| kept::forget(&form::key(slug)));
            toasts.ok(format!("{name} is deleted"));
            navigate.with_value(|navigate| navigate("/console", Default::default()));
        });
    };
    view! {
        <div class="danger__item">
            <div>
                <h3>"Delete the project"</h3>
                <p>"Its users, hooks, versions, secrets, runs and logs are lost."</p>
            </div>
            <Button variant=Variant::Danger on_click=Callback::new(move |_| {
                change.clear();
                typed.set(String::new());
                open.set(true);
            })>
                "Delete project"
            </Button>
        </div>
        <Dialog
            busy=change.busy()
            id="delete-project"
            title=Signal::derive(move || format!("Delete {}?", current.place()))
            open
            actions=ViewFn::from(move || {
                view! {
                    <Button disabled=change.busy() on_click=Callback::new(move |_| open.set(false))>"Cancel"</Button>
                    <Button
                        variant=Variant::Danger
                        busy=change.busy()
                        disabled=Signal::derive(move || !sure())
                        on_click=Callback::new(move |_| delete())
                    >
                        "Delete for good"
                    </Button>
                }
            })
        >
            <p>"Nobody can sign in to it any more, and nothing of it can be brought back."</p>
            <TextField
                name="confirm-slug"
                label=format!("Type {} to confirm", slug.get_value())
                value=typed
                mono=true
                autofocus=true
            />
            <ChangeError change />
        </Dialog>
    }
    .into_any()
}
