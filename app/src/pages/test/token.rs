//! A decoded access token.

use contract::manage::DecodedToken;
use leptos::prelude::*;
use serde_json::Value;

use crate::components::tag::{Tag, Tone};

/// The claims, those that hooks added marked.
#[component]
pub(super) fn TokenView(
    /// The token.
    token: DecodedToken,
) -> impl IntoView {
    let claims: Vec<(String, Value)> = match token.claims {
        Value::Object(claims) => claims.into_iter().collect(),
        _ => Vec::new(),
    };
    let added = token.added;
    view! {
        <h3 class="result__title">"Access token"</h3>
        <dl class="claims">
            {claims
                .into_iter()
                .map(|(name, value)| {
                    let new = added.contains(&name);
                    view! {
                        <div class="claims__row" class:claims__row--added=new>
                            <dt>{name}</dt>
                            <dd>
                                <code>{value.to_string()}</code>
                                {new.then(|| view! { " " <Tag tone=Tone::Accent>"added by a hook"</Tag> })}
                            </dd>
                        </div>
                    }
                })
                .collect_view()}
        </dl>
    }
    .into_any()
}
