//! An endpoint: what runs on it, its test, its reference. Each tab has an address of its own.

mod drag;
mod hook_step;
mod reference;
mod steps;

use contract::catalogue::endpoints::Endpoint;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::address;
use super::code::fetch_editor_ahead;
use super::layout::CurrentProject;
use super::loaded::{Data, ask, failed, loaded};
use super::new_hook::{NewHook, NewHookDialog};
use super::test::EndpointTester;
use crate::api;
use crate::components::button::{Button, Variant};
use crate::components::layout::{Page, PageHead};
use crate::components::tabs::{Tab, Tabs};
use crate::components::top_bar::Crumb;
use crate::components::waterfall::duration;
use crate::error::ConsoleError;

/// The tabs, by the end of their addresses.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    WhatRuns,
    Test,
    Reference,
}

impl Part {
    fn id(self) -> &'static str {
        match self {
            Self::WhatRuns => "what-runs",
            Self::Test => "test",
            Self::Reference => "reference",
        }
    }
}

/// What runs on the endpoint, step by step.
#[component]
pub(crate) fn WhatRuns() -> impl IntoView {
    framed(Part::WhatRuns, |endpoint| view! { <Pipeline endpoint /> }.into_any())
}

/// The endpoint's test.
#[component]
pub(crate) fn Test() -> impl IntoView {
    framed(Part::Test, |endpoint| {
        view! {
            <PageHead
                title=format!("Test {}", endpoint.request_line())
                text="Sends a request through the endpoint with everything that runs on it. A dry run saves and sends nothing."
            />
            <div class="narrow">
                <EndpointTester endpoint />
            </div>
        }
        .into_any()
    })
}

/// The endpoint's reference.
#[component]
pub(crate) fn Reference() -> impl IntoView {
    framed(Part::Reference, |endpoint| view! { <reference::ReferenceView endpoint /> }.into_any())
}

fn framed(part: Part, content: impl Fn(Endpoint) -> AnyView + Send + Sync + 'static) -> AnyView {
    provide_context(hook_step::Moved::new());
    let current = CurrentProject::current();
    let params = use_params_map();
    let endpoint =
        Memo::new(move |_| params.read().get("endpoint").and_then(|name| name.parse::<Endpoint>().ok()));
    let crumbs = current.crumbs(move |slug| {
        let here = endpoint.get().map_or_else(|| "Unknown endpoint".to_owned(), Endpoint::request_line);
        vec![Crumb::link("API & Hooks", address::hooks(slug)), Crumb::here(here)]
    });
    // Read inside the view: another endpoint's page is this one with other links.
    let actions = ViewFn::from(move || {
        move || {
            let endpoint = endpoint.get()?;
            let slug = current.slug().get();
            Some(view! {
                <Button
                    variant=Variant::Ghost
                    href=format!("{}&outcome=skipped", address::endpoint_runs(&slug, endpoint))
                >
                    "Why didn’t my hook run?"
                </Button>
                {(part != Part::Test)
                    .then(|| {
                        view! {
                            <Button variant=Variant::Primary href=address::endpoint_test(&slug, endpoint)>
                                "Test endpoint"
                            </Button>
                        }
                    })}
            })
        }
    });
    let tabs = ViewFn::from(move || {
        let tabs = Signal::derive(move || {
            let slug = current.slug().get();
            endpoint.get().map_or_else(Vec::new, |endpoint| {
                vec![
                    Tab::new(Part::WhatRuns.id(), "What runs").href(address::endpoint(&slug, endpoint)),
                    Tab::new(Part::Test.id(), "Test").href(address::endpoint_test(&slug, endpoint)),
                    Tab::new(Part::Reference.id(), "Reference").href(address::reference(&slug, endpoint)),
                ]
            })
        });
        view! { <Tabs name="Endpoint" tabs selected=Signal::stored(part.id().to_owned()) /> }
    });
    view! {
        <Page crumbs actions tabs>
            {move || match endpoint.get() {
                Some(endpoint) => content(endpoint),
                None => {
                    let missing = ConsoleError::missing("There is no auth endpoint of that name.");
                    failed("", missing, Callback::new(|()| {}))
                }
            }}
        </Page>
    }
    .into_any()
}

#[component]
fn Pipeline(endpoint: Endpoint) -> impl IntoView {
    let current = CurrentProject::current();
    let data: Data<_> =
        ask(move || current.slug().get(), move |slug| api::overview::get_endpoint(slug, endpoint));
    let new_hook = NewHook::new();
    let changed = Callback::new(move |()| data.refetch());
    fetch_editor_ahead();
    view! {
        {loaded(
            "The endpoint could not be loaded",
            data,
            move |overview| {
                let text = about(&overview);
                view! {
                    <PageHead title=overview.title.clone() text=text />
                    <steps::Steps steps=overview.steps new_hook changed />
                }
            },
        )}
        <NewHookDialog state=new_hook />
    }
    .into_any()
}

fn about(overview: &contract::manage::EndpointOverview) -> String {
    let mut text = overview.summary.clone();
    text.push_str(&match overview.requests {
        0 => " No request in the last 24 hours.".to_owned(),
        1 => " 1 request in the last 24 hours".to_owned(),
        many => format!(" {many} requests in the last 24 hours"),
    });
    if overview.requests > 0 {
        if let Some(p95) = overview.p95_us {
            text.push_str(&format!(", p95 {}", duration(p95)));
            if let Some(share) = overview.hooks_percent {
                text.push_str(&format!(" of which hooks {share} %"));
            }
        }
        text.push('.');
    }
    text
}
