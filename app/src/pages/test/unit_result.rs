//! What a test of a hook alone gave.

use contract::manage::UnitResult;
use leptos::prelude::*;

use super::endpoint_result::mail;
use super::{ResultPlace, tone};
use crate::components::verdict::Verdict;
use crate::pages::run::RunDetails;

/// Verdict, what the run did, the e-mails it would have sent.
#[component]
pub(super) fn UnitResultView(
    /// What it gave.
    result: UnitResult,
) -> impl IntoView {
    view! {
        <ResultPlace>
            <Verdict tone=tone(result.verdict.kind) title=result.verdict.title>
                {result.verdict.detail}
            </Verdict>
            <RunDetails run=result.run />
            {(!result.mails.is_empty()).then(|| view! { <h3 class="result__title">"E-mails"</h3> })}
            {result.mails.into_iter().map(mail).collect_view()}
        </ResultPlace>
    }
    .into_any()
}
