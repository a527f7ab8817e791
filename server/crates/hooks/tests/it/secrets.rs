//! What must not be in a record, nor in what a failure tells the user.

use std::sync::Arc;

use async_trait::async_trait;
use contract::{
    catalogue::{
        payloads::{Sample as _, SendEmailEvent},
        triggers::{Trigger, fires},
    },
    ids::ProjectId,
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
    let world = world().await;
    let sealed = Vault::new([7; 32]).seal(&format!("secret:{}:KEY", world.project), KEY.as_bytes());
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
async fn a_refusal_by_throwing_does_not_show_the_key_to_the_user() {
    let world = with_secret().await;
    world
        .deploy(
            Trigger::PreUserRegistration,
            "export function beforeSignup({ event }) { throw new Error('refused key ' + event.secrets.KEY); }",
        )
        .await;
    let fired = world.fire().await;
    assert!(!recorded(&fired.journal).contains(KEY));
    assert_eq!(fired.result.unwrap_err().message, "refused key •••");
}

#[tokio::test]
async fn a_refusal_with_a_reason_does_not_either() {
    let world = with_secret().await;
    world
        .deploy(
            Trigger::PreUserRegistration,
            "export function beforeSignup({ event, api }) { api.access.deny(event.secrets.KEY, btoa('x:' + event.secrets.KEY)); }",
        )
        .await;
    let denial = world.fire().await.result.unwrap_err();
    assert_eq!(denial.reason, "•••");
    assert!(denial.message.contains("•••"), "{}", denial.message);
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
