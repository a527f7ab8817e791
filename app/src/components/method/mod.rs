//! HTTP methods.

use leptos::prelude::*;

/// A method and a path, such as `POST /auth/register`.
#[component]
pub fn Endpoint(
    /// HTTP method.
    #[prop(into)]
    method: String,
    /// Path below the project's address.
    #[prop(into)]
    path: String,
    /// Where a click leads.
    #[prop(optional, into)]
    href: Option<String>,
) -> impl IntoView {
    let path = match href {
        Some(href) => view! { <a class="endpoint__path" href=href>{path}</a> }.into_any(),
        None => view! { <span class="endpoint__path">{path}</span> }.into_any(),
    };
    view! {
        <span class="endpoint">
            <span class="endpoint__method">{method}</span>
            " "
            {path}
        </span>
    }
}
