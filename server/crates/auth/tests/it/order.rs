use std::collections::BTreeSet;

use contract::{
    catalogue::{
        endpoints::{Endpoint, Step},
        triggers::{Convention, Trigger},
    },
    manage::StepKind,
};
use hooks::Journal;
use serde_json::{Value, json};

use crate::world::{EMAIL, PASSWORD, Reply, World, wants_bearer, world};

/// A hook of every trigger that does nothing but be there.
async fn hook_everything(world: &World) {
    for trigger in Trigger::wired() {
        let alias = &trigger.spec().aliases[0];
        let arguments = match alias.convention {
            Convention::EventApi => "event, api",
            Convention::Bag => "{ payload }",
            Convention::Positional(_) => "first",
        };
        world.deploy(trigger, &format!("export function {}({arguments}) {{}}", alias.name)).await;
    }
}

/// What happened, in the words of the catalogue.
fn steps(journal: &Journal) -> Vec<String> {
    let words = journal.steps.iter().map(|step| match step.kind {
        StepKind::Hooks => format!("hooks {}", step.trigger.unwrap()),
        StepKind::Core => format!("core {}", step.title),
        StepKind::Event => format!("event {}", step.title),
    });
    words.collect()
}

fn documented(endpoint: Endpoint) -> Vec<String> {
    let words = endpoint.spec().steps.iter().map(|step| match step {
        Step::Hooks(trigger) => format!("hooks {trigger}"),
        Step::Core(title, _) => format!("core {title}"),
        Step::Event(event) => format!("event {event}"),
    });
    words.collect()
}

async fn good_request(world: &World, endpoint: Endpoint) -> Reply {
    world.clock.advance_s(1);
    let body = match endpoint {
        Endpoint::Register => json!({"email": "eve@example.com", "password": PASSWORD}),
        Endpoint::Login => json!({"email": EMAIL, "password": PASSWORD}),
        Endpoint::Refresh => json!({"refresh_token": world.login().await.text("/refresh_token")}),
        Endpoint::PasswordForgot | Endpoint::VerifyEmailRequest => json!({"email": EMAIL}),
        Endpoint::PasswordReset => {
            let token = sent_token(world, Endpoint::PasswordForgot).await;
            json!({"token": token, "password": PASSWORD})
        }
        Endpoint::VerifyEmailConfirm => {
            json!({"token": sent_token(world, Endpoint::VerifyEmailRequest).await})
        }
        Endpoint::PasswordChange => json!({"current_password": PASSWORD, "new_password": PASSWORD}),
        Endpoint::Logout | Endpoint::Me => Value::Null,
    };
    if wants_bearer(endpoint) {
        let token = world.login().await.text("/access_token");
        return world.call_as(&token, endpoint, body).await;
    }
    world.call(endpoint, body).await
}

/// The token that the delivering hook was given; it has left it in the cache.
async fn sent_token(world: &World, endpoint: Endpoint) -> String {
    world.call(endpoint, json!({"email": EMAIL})).await.result.unwrap();
    world.cached("token").await
}

pub async fn c26_every_endpoint_goes_through_exactly_the_steps_of_the_catalogue() {
    let world = world().await;
    world.register().await.ok();
    hook_everything(&world).await;
    // The tokens never reach the run log; these two hooks leave them in the cache for this test.
    world
        .deploy(
            Trigger::SendVerificationEmail,
            "export function sendVerificationEmail(email, token) { Aerocall.cache.set('token', token); }",
        )
        .await;
    world
        .deploy(
            Trigger::SendPasswordResetEmail,
            "export function sendPasswordResetEmail(email, token) { Aerocall.cache.set('token', token); }",
        )
        .await;
    // Before the address is verified, because a verified one gets no further e-mail.
    let mut endpoints = Endpoint::ALL.to_vec();
    endpoints.sort_by_key(|endpoint| *endpoint == Endpoint::VerifyEmailConfirm);
    let mut seen = BTreeSet::new();
    for endpoint in endpoints {
        let reply = good_request(&world, endpoint).await;
        assert!(reply.result.is_ok(), "{endpoint}: {:?}", reply.result);
        let mut happened = steps(&reply.journal);
        // Two hooks of one trigger are one step of the catalogue.
        happened.dedup();
        assert_eq!(happened, documented(endpoint), "{endpoint}");
        seen.extend(endpoint.triggers());
    }
    assert_eq!(seen, Trigger::wired().collect());
}

pub async fn without_hooks_the_events_and_the_work_are_the_same() {
    let world = world().await;
    let reply = world.register().await;
    let expected: Vec<_> =
        documented(Endpoint::Register).into_iter().filter(|step| !step.starts_with("hooks")).collect();
    assert_eq!(steps(&reply.journal), expected);
}
