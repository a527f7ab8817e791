//! The sign-in of administrators. A plain form: it works without a script.

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::components::Redirect;
use leptos_router::hooks::use_query_map;

use super::setup::Alone;
use crate::api::access::{SignIn as SignInAction, needs_setup};
use crate::components::button::{Button, Variant};
use crate::components::field::TextField;
use crate::pages::loaded::ask;

/// The page.
#[component]
pub(crate) fn SignIn() -> impl IntoView {
    let query = use_query_map();
    let next = query.read_untracked().get("next").unwrap_or_default();
    let action = ServerAction::<SignInAction>::new();
    let state = ask(|| (), |()| needs_setup());
    let error = move || action.value().get().and_then(Result::err).map(|error| error.message());
    view! {
        <Alone title="Sign in" text="To the console of this server.">
            <ActionForm action attr:class="form">
                <input type="hidden" name="next" value=next.clone() />
                <TextField
                    name="email"
                    label="E-mail"
                    kind="email"
                    autocomplete="username"
                    required=true
                    autofocus=true
                />
                <TextField
                    name="password"
                    label="Password"
                    kind="password"
                    autocomplete="current-password"
                    required=true
                />
                {move || error().map(|text| view! { <p class="field__error" role="alert">{text}</p> })}
                <Button variant=Variant::Primary kind="submit" busy=Signal::from(action.pending())>
                    "Sign in"
                </Button>
            </ActionForm>
            <Suspense>
                {move || {
                    state
                        .get()
                        .and_then(Result::ok)
                        .filter(|state| state.needs_setup)
                        .map(|_| view! { <Redirect path="/console/setup" /> })
                }}
            </Suspense>
        </Alone>
    }
    .into_any()
}
