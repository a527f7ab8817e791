//! Data on its way: a skeleton while it loads, the server's sentence when it fails.

use std::pin::Pin;
use std::sync::Arc;

use leptos::prelude::*;
use leptos_router::components::Redirect;
use leptos_router::hooks::use_location;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::address;
use crate::api::json::JsonText;
use crate::components::button::Button;
use crate::components::error_panel::ErrorPanel;
use crate::components::loading::Skeleton;
use crate::error::ConsoleError;

/// What a page asks the server for.
pub(crate) type Data<T> = Resource<Result<T, ConsoleError>, JsonText>;

/// Asks the server with `question`, and again whenever `about` has another value.
pub(crate) fn ask<T, S, F>(
    about: impl Fn() -> S + Send + Sync + 'static,
    question: impl Fn(S) -> F + Send + Sync + 'static,
) -> Data<T>
where
    T: Send + Sync + Serialize + DeserializeOwned + 'static,
    S: Clone + PartialEq + Send + Sync + 'static,
    F: Future<Output = Result<T, ConsoleError>> + Send + 'static,
{
    // One kind of future for all questions: what is generic over it is large.
    let question = move |about| -> Answer<T> { Box::pin(question(about)) };
    Resource::new_with_options(about, question, false)
}

type Answer<T> = Pin<Box<dyn Future<Output = Result<T, ConsoleError>> + Send>>;

/// Shows `data` with `show`. `what` names it in case it fails, such as `The hooks could not be loaded`.
/// While it loads again, what was there stays. Leads to the sign-in when nobody is signed in.
pub(crate) fn loaded<T, V>(
    what: &'static str,
    data: Data<T>,
    show: impl Fn(T) -> V + Send + Sync + 'static,
) -> AnyView
where
    T: Clone + Send + Sync + Serialize + DeserializeOwned + 'static,
    V: IntoView + 'static,
{
    waiting(Arc::new(move || {
        Some(match data.get()? {
            Ok(value) => show(value).into_any(),
            Err(error) => failed(what, error, Callback::new(move |()| data.refetch())),
        })
    }))
}

/// The part of [`loaded`] that is the same for all data.
fn waiting(content: Arc<dyn Fn() -> Option<AnyView> + Send + Sync>) -> AnyView {
    view! {
        <Transition fallback=|| view! { <Skeleton lines=6 /> }>
            {
                let content = Arc::clone(&content);
                move || content()
            }
        </Transition>
    }
    .into_any()
}

/// What stands in the place of something that could not be loaded. Tells a browser the status too.
pub(crate) fn failed(what: &'static str, error: ConsoleError, again: Callback<()>) -> AnyView {
    if error.is_signed_out() {
        let location = use_location();
        let here =
            format!("{}{}", location.pathname.get_untracked(), query(&location.search.get_untracked()));
        return view! { <Redirect path=address::sign_in(&here) /> }.into_any();
    }
    #[cfg(feature = "ssr")]
    if let Some(options) = use_context::<leptos_axum::ResponseOptions>() {
        options.set_status(http::StatusCode::from_u16(error.code().status()).unwrap_or_default());
    }
    let missing = error.is_missing();
    view! {
        <ErrorPanel
            title=if missing { "There is no such thing here" } else { what }
            text=error.message()
            code=error.code().to_string()
            request=error.request()
        >
            {if missing {
                view! { <Button href="/console">"Projects"</Button> }.into_any()
            } else {
                view! { <Button on_click=Callback::new(move |_| again.run(()))>"Try again"</Button> }.into_any()
            }}
        </ErrorPanel>
    }
    .into_any()
}

fn query(search: &str) -> String {
    if search.is_empty() { String::new() } else { format!("?{}", search.trim_start_matches('?')) }
}
