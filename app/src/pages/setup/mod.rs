//! The first administrator, made from the one-time link that the server prints when it starts.

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::Redirect;
use leptos_router::hooks::use_query_map;

use crate::api::access::{SetUp, needs_setup};
use crate::components::brand::Brand;
use crate::components::button::{Button, Variant};
use crate::components::empty_state::EmptyState;
use crate::components::field::TextField;
use crate::pages::loaded::ask;

/// The page.
#[component]
pub(crate) fn Setup() -> impl IntoView {
    let query = use_query_map();
    let token = query.read_untracked().get("token").unwrap_or_default();
    let state = ask(|| (), |()| needs_setup());
    view! {
        <Suspense>
            {move || {
                let done = state.get()?.is_ok_and(|state| !state.needs_setup);
                Some(if done { view! { <Redirect path="/console/sign-in" /> }.into_any() } else { ().into_any() })
            }}
        </Suspense>
        <Alone title="Set up Hookwright" text="Make the first administrator. Others can be added later.">
            {if token.is_empty() {
                view! {
                    <EmptyState
                        title="Open the link that the server printed"
                        text="When it started it printed a one-time link with a token. Without it nobody can make the first administrator."
                    />
                }
                    .into_any()
            } else {
                view! { <SetupForm token /> }.into_any()
            }}
        </Alone>
    }
    .into_any()
}

#[component]
fn SetupForm(token: String) -> impl IntoView {
    let action = ServerAction::<SetUp>::new();
    let failed = move || action.value().get().and_then(Result::err);
    let about =
        move |field: &'static str| Signal::derive(move || failed().and_then(|error| error.about(field)));
    let other = move || {
        failed()
            .filter(|error| ["email", "name", "password"].iter().all(|field| error.about(field).is_none()))
    };
    view! {
        <ActionForm action attr:class="form">
            <input type="hidden" name="token" value=token />
            <TextField
                name="email"
                label="E-mail"
                kind="email"
                autocomplete="username"
                required=true
                autofocus=true
                error=about("email")
            />
            <TextField name="name" label="Name" autocomplete="name" required=true error=about("name") />
            <TextField
                name="password"
                label="Password"
                kind="password"
                autocomplete="new-password"
                required=true
                hint="At least 10 characters."
                error=about("password")
            />
            {move || other().map(|error| view! { <p class="field__error" role="alert">{error.message()}</p> })}
            <Button variant=Variant::Primary kind="submit" busy=Signal::from(action.pending())>
                "Create administrator"
            </Button>
        </ActionForm>
    }
    .into_any()
}

/// A page of its own, without the rail.
#[component]
pub(crate) fn Alone(
    /// Its heading, and the title of the document.
    title: &'static str,
    /// One sentence below it.
    text: &'static str,
    /// What it holds.
    children: Children,
) -> impl IntoView {
    view! {
        <Title text=format!("{title} · Hookwright") />
        <main id="content" class="alone">
            <div class="alone__card">
                <p class="alone__brand">
                    <Brand />
                </p>
                <h1>{title}</h1>
                <p class="alone__text">{text}</p>
                {children()}
            </div>
        </main>
    }
    .into_any()
}
