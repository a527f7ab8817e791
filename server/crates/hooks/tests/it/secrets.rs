//! What must not be in a record, nor in what a failure tells the user.

use std::sync::Arc;

use async_trait::async_trait;
use contract::{
    catalogue::{
        payloads::{Sample as _, SendEmailEvent},
        triggers::{Trigger, fires},
    },
    ids::ProjectId,
    manage::HookSettings,
};
use hooks::{Journal, ServiceToken, TokenSigner};
use store::vault::Vault;

use crate::world::{World, world};

const KEY: &str = "sk_live_0123456789";
const TOKEN: &str = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl";

struct Signer;

#[async_trait]
impl TokenSigner for Signer {
    async fn service_token(&self, _: &ProjectId, _: ServiceToken, _: bool) -> Result<String, String> {
        Ok(TOKEN.into())
    }
}

async fn with_secret() -> World {
    with(KEY).await
}

async fn with(value: &str) -> World {
    let world = world().await;
    let sealed = Vault::new([7; 32]).seal(&format!("secret:{}:KEY", world.project), value.as_bytes());
    let mut lease = world.db.live().write().await.unwrap();
    let value = store::Secret::new(sealed.unwrap());
    store::secrets::set(&mut lease, &world.project, "KEY", value, "test", 0).await.unwrap();
    lease.commit().await.unwrap();
    world.hooks.reload().await.unwrap();
    world
}

/// The runs as they are recorded.
fn recorded(journal: &Journal) -> String {
    serde_json::to_string(&journal.runs).unwrap()
}

#[tokio::test]
async fn the_user_reads_a_refusal_as_it_was_written_and_the_record_hides_the_secret() {
    let world = with("premium").await;
    world
        .deploy(
            Trigger::PreUserRegistration,
            "export function beforeSignup({ api }) { api.access.deny('no_premium', 'Only premium customers may sign up'); }",
        )
        .await;
    let fired = world.fire().await;
    let recorded = recorded(&fired.journal);
    assert!(!recorded.contains("premium") && recorded.contains("Only ••• customers"), "{recorded}");
    let denial = fired.result.unwrap_err();
    assert_eq!(
        (denial.reason.as_str(), denial.message.as_str()),
        ("no_premium", "Only premium customers may sign up")
    );
}

#[tokio::test]
async fn the_message_of_an_error_passes_unchanged_to_the_user() {
    let world = with_secret().await;
    world
        .deploy(
            Trigger::PreUserRegistration,
            "export function beforeSignup({ event }) { throw new Error('refused key ' + event.secrets.KEY); }",
        )
        .await;
    let fired = world.fire().await;
    assert!(!recorded(&fired.journal).contains(KEY));
    assert_eq!(fired.result.unwrap_err().message, format!("refused key {KEY}"));
}

#[tokio::test]
async fn a_secret_is_in_no_part_of_a_record() {
    let pem = "-----BEGIN KEY-----\nMIGHAgEAMBMGByqGSM49\nAgEGCCqGSM49AwEHBG0w\n-----END KEY-----";
    let world = with(pem).await;
    world
        .deploy(
            Trigger::PreUserRegistration,
            r#"export async function beforeSignup({ event, api }) {
                const key = event.secrets.KEY;
                const [, first, second] = key.split('\n');
                const twice = JSON.stringify(JSON.stringify({ key }));
                console.log(first, twice, encodeURIComponent(twice), btoa(first));
                api.user.setAppMetadata('k' + second, { twice, [first]: [key] });
                await Aerocall.cache.get(first).catch(() => {});
                await fetch('http://user:' + second + '@127.0.0.1/?k=' + encodeURIComponent(key)).catch((e) => console.log(e));
                const error = new Error('with ' + twice);
                error.name = 'E' + first;
                error.stack = error.name + second + '\n' + error.stack;
                throw error;
            }"#,
        )
        .await;
    let fired = world.fire().await;
    let run = serde_json::to_string(fired.run()).unwrap();
    for part in ["MIGHAgEAMBMGByqGSM49", "AgEGCCqGSM49AwEHBG0w", "user:"] {
        assert!(!run.contains(part), "{part}: {run}");
    }
    assert_eq!(fired.run().error.as_ref().unwrap().name, "E•••");
    assert!(fired.run().summary.message.as_ref().unwrap().starts_with("E•••: with "), "{run}");
    assert_eq!(fired.run().api_calls.len(), 1, "{run}");
}

#[tokio::test]
async fn the_password_of_a_url_is_in_no_record() {
    let world = world().await;
    world
        .deploy(
            Trigger::PreUserRegistration,
            "export async function beforeSignup({ api }) {
                await fetch('http://dana:hunter2@127.0.0.1/').catch((error) => console.log(String(error)));
                console.log('see https://dana:hunter2@host/path and dana@example.com');
                return { to: 'postgres://dana:hunter2@db/x' };
            }",
        )
        .await;
    let fired = world.fire().await;
    let run = serde_json::to_string(fired.run()).unwrap();
    assert!(!run.contains("hunter2"), "{run}");
    assert_eq!(fired.run().output["to"], "postgres://•••@db/x");
    assert_eq!(fired.run().logs[1].message, "see https://•••@host/path and dana@example.com");
}

#[tokio::test]
async fn k02_only_an_error_or_a_text_is_a_message_to_the_user() {
    const GENERAL: &str = "This request was refused because a check could not be completed.";
    let world = world().await;
    let hook = world.add(Trigger::PreUserRegistration, &HookSettings::default()).await;
    for (thrown, message) in [
        ("new Error('Not today')", "Not today"),
        ("'Not today'", "Not today"),
        ("Object.assign(new Error('Not today'), { code: 7 })", "Not today"),
        ("null", GENERAL),
        ("undefined", GENERAL),
        ("{ a: 1 }", GENERAL),
        ("{ name: 'Error', message: 'inside', stack: '' }", GENERAL),
        ("[1, 2]", GENERAL),
        ("42", GENERAL),
        ("7n", GENERAL),
        ("true", GENERAL),
        ("Symbol('x')", GENERAL),
        ("() => {}", GENERAL),
        ("new String('x')", GENERAL),
        ("''", GENERAL),
        ("'  '", GENERAL),
        ("new Error()", GENERAL),
        ("new Error('')", GENERAL),
        ("new Error('  ')", GENERAL),
        ("new Error(null)", GENERAL),
        ("new Error(undefined)", GENERAL),
        ("new Error({ a: 1 })", GENERAL),
        ("Object.assign(new Error('x'), { message: { a: 1 } })", GENERAL),
        ("Object.assign(new Error('x'), { message: 5 })", GENERAL),
        ("Object.defineProperty(new Error('x'), 'message', { get() { throw 1; } })", GENERAL),
        ("Object.assign(new Error('inside'), { name: 'DatabaseError' })", GENERAL),
        ("new TypeError('inside')", GENERAL),
        ("new (class MyError extends Error { name = 'MyError' })('inside')", GENERAL),
        ("Promise.reject(new Error('inside'))", GENERAL),
    ] {
        let source = format!("export async function beforeSignup() {{ throw {thrown}; }}");
        world.redeploy(&hook, &source).await;
        let fired = world.fire().await;
        assert_eq!(fired.result.unwrap_err().message, message, "throw {thrown}");
    }
}

#[tokio::test]
async fn f16_the_one_time_token_of_a_message_is_in_no_record() {
    let world = world().await;
    world
        .deploy(
            Trigger::SendPasswordResetEmail,
            "export function sendPasswordResetEmail(email, token) {
                console.log('https://a.b/?t=' + encodeURIComponent(token));
                return { token };
            }",
        )
        .await;
    let token = "hwt_0123456789abcdefghijklmnop";
    let event = SendEmailEvent { token: token.into(), ..SendEmailEvent::sample() };
    let exchange = world.exchange();
    assert_eq!(exchange.notify(fires::SendPasswordResetEmail, event).await, 1);
    let journal = exchange.finish(202, None);
    assert_eq!(journal.runs[0].logs[0].message, "https://a.b/?t=•••");
    assert!(!recorded(&journal).contains(token));
}

#[tokio::test]
async fn c19_a_service_token_is_in_no_record() {
    let world = world().await;
    world.hooks.set_token_signer(Arc::new(Signer));
    world
        .deploy(
            Trigger::PreUserRegistration,
            "export async function beforeSignup({ api }) {
                const token = await api.token.createServiceToken({ scope: 'read:users' });
                console.log(token);
                await fetch('https://127.0.0.1/', { headers: { Authorization: 'Bearer other-' + token.length } })
                    .catch(() => {});
                return token;
            }",
        )
        .await;
    let fired = world.fire().await;
    assert!(fired.result.is_ok());
    let record = recorded(&fired.journal);
    assert!(!record.contains(TOKEN) && !record.contains("other-"), "{record}");
    assert_eq!(fired.run().logs[0].message, "•••");
}
