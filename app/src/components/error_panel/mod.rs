//! What is shown in the place of something that failed.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};

/// Says what failed and what can be done about it.
#[component]
pub fn ErrorPanel(
    /// What failed, in one line.
    #[prop(into)]
    title: String,
    /// Why, and what to do.
    #[prop(into)]
    text: String,
    /// Public error code, for a search or a question.
    #[prop(optional, into)]
    code: Option<String>,
    /// Id of the request, for the logs.
    #[prop(optional_no_strip)]
    request: Option<String>,
    /// Buttons, such as `Try again`.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="error-panel" role="alert">
            <Icon glyph=Glyph::Alert />
            <div>
                <h2 class="error-panel__title">{title}</h2>
                <p class="error-panel__text">{text}</p>
                {(code.is_some() || request.is_some())
                    .then(|| {
                        view! {
                            <p class="error-panel__meta">
                                {code.map(|code| view! { <code>{code}</code> })}
                                {request.map(|request| view! { <span>"Request " <code>{request}</code></span> })}
                            </p>
                        }
                    })}
                {children.map(|children| view! { <div class="error-panel__actions">{children()}</div> })}
            </div>
        </div>
    }
    .into_any()
}
