//! Tests: a hook alone, or its whole endpoint. The endpoint page and the hook editor share them.

mod endpoint_page;
mod endpoint_result;
mod endpoint_tester;
mod input;
mod recorded;
mod stale;
mod token;
mod unit_result;
mod unit_tester;
mod user_picker;
mod versions;

pub(crate) use self::endpoint_page::EndpointTester;
pub(crate) use self::endpoint_tester::{EndpointForm, EndpointRun};
pub(crate) use self::unit_tester::{UnitForm, UnitRun};
pub(crate) use self::versions::{DRAFT, version_choices};

use contract::manage::{RunFilter, VerdictKind};
use leptos::html;
use leptos::prelude::*;
use serde_json::Value;
use web_sys::{ScrollIntoViewOptions, ScrollLogicalPosition};

use crate::components::tag::Tone;

/// What the colour of a verdict says.
fn tone(kind: VerdictKind) -> Tone {
    match kind {
        VerdictKind::Allowed => Tone::Ok,
        VerdictKind::Denied => Tone::Warn,
        VerdictKind::Failed => Tone::Bad,
    }
}

/// The latest live runs: only they are kept.
fn recent() -> RunFilter {
    RunFilter {
        hook_id: None,
        request_id: None,
        outcome: None,
        mode: None,
        endpoint: None,
        cursor: None,
        limit: Some(100),
    }
}

/// Where what a test gave is shown. On a narrow screen that is far below the button: it comes into sight when it is
/// there.
#[component]
fn ResultPlace(
    /// What it gave.
    children: Children,
) -> impl IntoView {
    let place = NodeRef::<html::Section>::new();
    Effect::new(move || {
        let Some(place) = place.get() else { return };
        let options = ScrollIntoViewOptions::new();
        options.set_block(ScrollLogicalPosition::Nearest);
        if let Ok(Some(verdict)) = place.query_selector(".verdict") {
            verdict.scroll_into_view_with_scroll_into_view_options(&options);
        }
    });
    view! {
        <section class="result" aria-label="Result of the test" node_ref=place>
            <h2 class="visually-hidden">"Result"</h2>
            {children()}
        </section>
    }
    .into_any()
}

/// JSON as people read it.
pub(crate) fn pretty(value: &Value) -> String {
    match value {
        Value::Null => "null".into(),
        value => serde_json::to_string_pretty(value).unwrap_or_default(),
    }
}

/// What is typed as JSON; nothing typed is no body.
fn parse(text: &str) -> Result<Option<Value>, String> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    serde_json::from_str(text).map(Some).map_err(|error| format!("This is not JSON: {error}."))
}
