//! The reference of an endpoint.

use contract::catalogue::endpoints::Endpoint;
use contract::manage::{EndpointReference, FieldReference, StepKind, StepOverview};
use leptos::prelude::*;

use crate::api;
use crate::components::code_block::CodeBlock;
use crate::components::layout::PageHead;
use crate::components::panel::Panel;
use crate::components::table::{Cell, Column, Table};
use crate::components::tag::{Tag, Tone};
use crate::pages::layout::CurrentProject;
use crate::pages::loaded::{Data, ask, loaded};

/// Fields, answers, errors, a command that calls it, and what runs in order.
#[component]
pub(super) fn ReferenceView(
    /// The endpoint.
    endpoint: Endpoint,
) -> impl IntoView {
    let current = CurrentProject::current();
    let data: Data<_> =
        ask(move || current.slug().get(), move |slug| api::overview::get_reference(slug, endpoint));
    let spec = endpoint.spec();
    view! {
        <PageHead title=endpoint.request_line() text=spec.summary />
        <div class="narrow">{loaded("The reference could not be loaded", data, sections)}</div>
    }
    .into_any()
}

fn sections(reference: EndpointReference) -> impl IntoView {
    let sample = serde_json::to_string_pretty(&reference.sample).unwrap_or_default();
    let no_body = reference.request.is_empty();
    let no_answer = reference.response.is_empty();
    let status = reference.status;
    view! {
        <Panel title="Call it" padded=true>
            <CodeBlock text=Signal::stored(reference.curl) label="Command that calls the endpoint" />
            <p class="form__note">
                {if reference.bearer {
                    "Needs an access token of the project: Authorization: Bearer …"
                } else {
                    "Anybody may call it."
                }}
            </p>
        </Panel>
        <Panel title="Request body" padded=no_body>
            {if no_body {
                view! { <p>"None."</p> }.into_any()
            } else {
                view! {
                    <Fields caption="Fields of the request body" fields=reference.request />
                    <div class="panel__inset">
                        <CodeBlock text=Signal::stored(sample) label="Example body" />
                    </div>
                }
                    .into_any()
            }}
        </Panel>
        <Panel title=format!("Answer: HTTP {status}") padded=no_answer>
            {if no_answer {
                view! { <p>"No body."</p> }.into_any()
            } else {
                view! { <Fields caption="Fields of the answer" fields=reference.response /> }.into_any()
            }}
        </Panel>
        <Panel title="Errors">
            <Table caption="Errors" columns=vec![Column::text("Status"), Column::text("Code")]>
                {reference
                    .errors
                    .into_iter()
                    .map(|error| {
                        view! {
                            <tr>
                                <Cell>{error.status}</Cell>
                                <Cell label="Code">
                                    <code>{error.code}</code>
                                </Cell>
                            </tr>
                        }
                    })
                    .collect_view()}
            </Table>
        </Panel>
        <Panel title="What runs, in order">
            <Table
                caption="What runs, in order"
                columns=vec![Column::text("Step"), Column::text("What it is"), Column::text("Accepted handler names")]
            >
                {reference.steps.into_iter().map(step).collect_view()}
            </Table>
        </Panel>
    }
}

#[component]
fn Fields(caption: &'static str, fields: Vec<FieldReference>) -> impl IntoView {
    view! {
        <Table caption columns=vec![Column::text("Field"), Column::text("Type"), Column::text("What it holds")]>
            {fields
                .into_iter()
                .map(|field| {
                    view! {
                        <tr>
                            <Cell>
                                <code>{field.name}</code>
                                {field.optional.then(|| view! { <span class="field__optional">" optional"</span> })}
                            </Cell>
                            <Cell label="Type">
                                <code>{field.kind}</code>
                            </Cell>
                            <Cell label="What it holds">{field.doc}</Cell>
                        </tr>
                    }
                })
                .collect_view()}
        </Table>
    }
    .into_any()
}

fn step(step: StepOverview) -> impl IntoView {
    let name = match (step.trigger, step.event) {
        (Some(trigger), _) => trigger.to_string(),
        (None, Some(event)) => event,
        (None, None) => step.title.clone(),
    };
    let kind = match step.kind {
        StepKind::Hooks if step.can_deny => "hooks, can deny",
        StepKind::Hooks => "hooks, cannot deny",
        StepKind::Core => "the endpoint’s own work",
        StepKind::Event => "event",
    };
    view! {
        <tr>
            <Cell>
                <code>{name}</code>
                " "
                {step
                    .hooks
                    .into_iter()
                    .map(|hook| {
                        let tone = if hook.live_version.is_some() { Tone::Ok } else { Tone::Draft };
                        view! { <Tag tone>{hook.name}</Tag> " " }
                    })
                    .collect_view()}
            </Cell>
            <Cell label="What it is">{kind}". "{step.summary}</Cell>
            <Cell label="Handlers">
                {step.aliases.into_iter().map(|name| view! { <code>{name}</code>" " }).collect_view()}
            </Cell>
        </tr>
    }
}
