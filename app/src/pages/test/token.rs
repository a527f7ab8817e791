//! A decoded access token.

use contract::manage::DecodedToken;
use leptos::prelude::*;
use serde_json::Value;

use crate::components::tag::{Tag, Tone};

/// Header and claims, those that hooks added marked.
#[component]
pub(super) fn TokenView(
    /// The token.
    token: DecodedToken,
) -> impl IntoView {
    view! {
        <h3 class="result__title">"Access token: header"</h3>
        {rows(token.header, &[])}
        <h3 class="result__title">"Access token: claims"</h3>
        {rows(token.claims, &token.added)}
    }
    .into_any()
}

fn rows(part: Value, added: &[String]) -> impl IntoView + use<> {
    let fields: Vec<(String, Value)> = match part {
        Value::Object(fields) => fields.into_iter().collect(),
        _ => Vec::new(),
    };
    let rows = fields
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
        .collect_view();
    view! { <dl class="claims">{rows}</dl> }
}
