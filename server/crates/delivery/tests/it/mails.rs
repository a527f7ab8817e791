use std::{sync::Arc, time::Duration};

use contract::ids::MailId;
use delivery::mail::{
    Mailer, MemoryTransport, NewMail, Outgoing, RetrySchedule, SmtpConfig, Transport, TransportError,
};
use serde_json::json;
use store::{
    log_entries,
    mails::{self, Mail, MailFilter, MailStatus},
    projects,
};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::project::{START, World, world};

fn mail() -> NewMail {
    NewMail {
        recipient: "dana@example.com".parse().unwrap(),
        subject: "Hello".into(),
        text: "How are you?".into(),
        html: None,
        kind: "verify_email".into(),
    }
}

impl World {
    fn mailer(&self, transport: &MemoryTransport, retry: &[u32]) -> Mailer {
        Mailer::with_transport(
            self.db.clone(),
            self.clock.clone(),
            transport.clone(),
            RetrySchedule(retry.to_vec()),
        )
    }

    pub async fn take(&self, mailer: &Mailer) -> MailId {
        self.take_for(mailer, "dana@example.com").await
    }

    pub async fn take_for(&self, mailer: &Mailer, recipient: &str) -> MailId {
        let mail = NewMail { recipient: recipient.parse().unwrap(), ..mail() };
        let mut lease = self.db.live().write().await.unwrap();
        let id = mailer.enqueue(&mut lease, &self.project, mail).await.unwrap();
        lease.commit().await.unwrap();
        id
    }

    pub async fn mail(&self, id: &MailId) -> Mail {
        let mut lease = self.db.live().read().await.unwrap();
        mails::by_id(&mut lease, &self.project, id).await.unwrap().unwrap()
    }
}

#[tokio::test]
async fn f17_without_a_provider_a_mail_is_captured_and_never_sent() {
    let world = world().await;
    let mailer = Mailer::new(world.db.clone(), world.clock.clone(), None);
    assert!(!mailer.configured());
    let id = world.take(&mailer).await;
    assert_eq!(mailer.drain().await.unwrap(), 0);
    let mail = world.mail(&id).await;
    assert_eq!((mail.status, mail.next_attempt_at, mail.attempts), (MailStatus::Captured, None, 0));
}

#[tokio::test]
async fn a_queued_mail_is_sent_once_with_the_projects_sender() {
    let world = world().await;
    let transport = MemoryTransport::default();
    let mailer = world.mailer(&transport, &[5]);
    let id = world.take(&mailer).await;
    assert_eq!(world.mail(&id).await.status, MailStatus::Queued);
    assert_eq!(mailer.drain().await.unwrap(), 1);
    assert_eq!(mailer.drain().await.unwrap(), 0);
    let sent = transport.sent();
    assert_eq!(sent.len(), 1);
    assert_eq!(
        (sent[0].from.as_str(), sent[0].to.as_str()),
        ("Shop <no-reply@shop.test>", "dana@example.com")
    );
    let mail = world.mail(&id).await;
    assert_eq!((mail.status, mail.sent_at, mail.attempts), (MailStatus::Sent, Some(START), 1));
}

#[tokio::test]
async fn a_mail_of_an_undone_transaction_is_never_sent() {
    let world = world().await;
    let transport = MemoryTransport::default();
    let mailer = world.mailer(&transport, &[5]);
    let mut lease = world.db.live().write().await.unwrap();
    mailer.enqueue(&mut lease, &world.project, mail()).await.unwrap();
    drop(lease);
    assert_eq!(mailer.drain().await.unwrap(), 0);
    assert!(transport.sent().is_empty());
}

#[tokio::test]
async fn a_failed_mail_is_tried_again_by_the_schedule_and_then_given_up() {
    let world = world().await;
    let transport = MemoryTransport::default();
    for _ in 0..3 {
        transport.fail_next(TransportError::Transient("the mail server is away".into()));
    }
    let mailer = world.mailer(&transport, &[5, 30]);
    let id = world.take(&mailer).await;

    assert_eq!(mailer.drain().await.unwrap(), 1);
    let mail = world.mail(&id).await;
    assert_eq!((mail.status, mail.next_attempt_at), (MailStatus::Queued, Some(START + 5_000)));
    assert_eq!(mail.error.as_deref(), Some("the mail server is away"));
    world.clock.advance_s(4);
    assert_eq!(mailer.drain().await.unwrap(), 0);
    world.clock.advance_s(1);
    assert_eq!(mailer.drain().await.unwrap(), 1);
    assert_eq!(world.mail(&id).await.next_attempt_at, Some(START + 35_000));
    world.clock.advance_s(30);
    assert_eq!(mailer.drain().await.unwrap(), 1);

    let mail = world.mail(&id).await;
    assert_eq!((mail.status, mail.next_attempt_at, mail.attempts), (MailStatus::Failed, None, 3));
    let mut lease = world.db.live().read().await.unwrap();
    let filter = log_entries::LogFilter { kind: Some("mail_not_delivered"), ..Default::default() };
    assert_eq!(log_entries::list(&mut lease, &world.project, filter, None, 10).await.unwrap().len(), 1);
    assert!(transport.sent().is_empty());
}

#[tokio::test]
async fn a_mail_that_fails_once_is_sent_by_the_next_attempt() {
    let world = world().await;
    let transport = MemoryTransport::default();
    transport.fail_next(TransportError::Transient("greylisted".into()));
    let mailer = world.mailer(&transport, &[5]);
    let id = world.take(&mailer).await;
    mailer.drain().await.unwrap();
    world.clock.advance_s(5);
    mailer.drain().await.unwrap();
    let mail = world.mail(&id).await;
    assert_eq!((mail.status, mail.error), (MailStatus::Sent, None));
    assert_eq!(transport.sent().len(), 1);
}

#[tokio::test]
async fn a_permanent_failure_is_not_tried_again() {
    let world = world().await;
    let transport = MemoryTransport::default();
    transport.fail_next(TransportError::Permanent("no such mailbox".into()));
    let mailer = world.mailer(&transport, &[5, 30]);
    let id = world.take(&mailer).await;
    mailer.drain().await.unwrap();
    assert_eq!(world.mail(&id).await.status, MailStatus::Failed);
}

#[tokio::test]
async fn a_mail_whose_worker_died_is_taken_again_after_its_lease() {
    let world = world().await;
    let transport = MemoryTransport::default();
    let mailer = world.mailer(&transport, &[5]);
    world.take(&mailer).await;
    let mut lease = world.db.live().write().await.unwrap();
    let claimed = mails::claim_due(&mut lease, START, START + 60_000, 8).await.unwrap();
    lease.commit().await.unwrap();
    assert_eq!(claimed.len(), 1);
    assert_eq!(mailer.drain().await.unwrap(), 0);
    world.clock.advance_s(60);
    assert_eq!(mailer.drain().await.unwrap(), 1);
}

#[tokio::test]
async fn the_worker_sends_and_ends_when_it_is_told_to() {
    let world = world().await;
    let transport = MemoryTransport::default();
    let mailer = Arc::new(world.mailer(&transport, &[5]));
    world.take(&mailer).await;
    let shutdown = CancellationToken::new();
    let worker = tokio::spawn(mailer.run(shutdown.clone()));
    tokio::time::timeout(Duration::from_secs(10), async {
        while transport.sent().is_empty() {
            tokio::task::yield_now().await;
        }
    })
    .await
    .unwrap();
    shutdown.cancel();
    tokio::time::timeout(Duration::from_secs(10), worker).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_one_time_token_is_forgotten_once_its_mail_is_over() {
    const TOKEN: &str = "hwt_0123456789abcdefghijABCDEFGHIJ";
    let with_token = || NewMail {
        text: format!("Follow https://shop.test/reset?token={TOKEN}&lang=en"),
        html: Some(format!("<b>{TOKEN}</b>")),
        ..mail()
    };
    let world = world().await;
    let transport = MemoryTransport::default();
    transport.fail_next(TransportError::Transient("away".into()));
    let mailer = world.mailer(&transport, &[5]);
    let captured = Mailer::new(world.db.clone(), world.clock.clone(), None);
    let mut lease = world.db.live().write().await.unwrap();
    let sent = mailer.enqueue(&mut lease, &world.project, with_token()).await.unwrap();
    let kept = captured.enqueue(&mut lease, &world.project, with_token()).await.unwrap();
    lease.commit().await.unwrap();

    mailer.drain().await.unwrap();
    assert!(world.mail(&sent).await.text_body.contains(TOKEN), "it has to be tried again");
    world.clock.advance_s(5);
    mailer.drain().await.unwrap();
    let mail = world.mail(&sent).await;
    assert_eq!(mail.status, MailStatus::Sent);
    assert_eq!(mail.text_body, "Follow https://shop.test/reset?token=hwt_•••&lang=en");
    assert_eq!(mail.html_body.as_deref(), Some("<b>hwt_•••</b>"));
    assert!(transport.sent()[0].text.contains(TOKEN), "whoever it is for gets it");
    assert!(world.mail(&kept).await.text_body.contains(TOKEN), "the console is the only way to it");

    transport.fail_next(TransportError::Permanent("no such mailbox".into()));
    let mut lease = world.db.live().write().await.unwrap();
    let failed = mailer.enqueue(&mut lease, &world.project, with_token()).await.unwrap();
    lease.commit().await.unwrap();
    mailer.drain().await.unwrap();
    let mail = world.mail(&failed).await;
    assert_eq!(mail.status, MailStatus::Failed);
    assert!(!mail.text_body.contains(TOKEN) && !mail.html_body.unwrap().contains(TOKEN));
}

/// Holds every mail until it is told to stop waiting.
struct Slow {
    begun: Arc<Semaphore>,
    go: Arc<Semaphore>,
}

#[async_trait::async_trait]
impl Transport for Slow {
    async fn send(&self, _: &Outgoing) -> Result<(), TransportError> {
        self.begun.add_permits(1);
        let _go = self.go.acquire().await.unwrap();
        Ok(())
    }
}

#[tokio::test]
async fn a_long_queue_does_not_hold_up_a_shutdown() {
    const QUEUED: usize = 50;
    let world = world().await;
    let (begun, go) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let slow = Slow { begun: begun.clone(), go: go.clone() };
    let mailer =
        Mailer::with_transport(world.db.clone(), world.clock.clone(), slow, RetrySchedule::default());
    let mailer = Arc::new(mailer);
    for _ in 0..QUEUED {
        world.take(&mailer).await;
    }
    let shutdown = CancellationToken::new();
    let worker = tokio::spawn(mailer.run(shutdown.clone()));
    begun.acquire_many(8).await.unwrap().forget();
    shutdown.cancel();
    go.add_permits(QUEUED);
    worker.await.unwrap();
    assert_eq!(begun.available_permits(), 0, "nothing is begun after the word to stop");
    let mut lease = world.db.live().read().await.unwrap();
    let sent = MailFilter { status: Some(MailStatus::Sent), ..MailFilter::default() };
    let sent = mails::list(&mut lease, &world.project, sent, None, 100).await.unwrap();
    assert_eq!(sent.len(), 8, "what was handed over is noted");
}

#[tokio::test]
async fn the_sender_is_known_though_the_settings_are_from_an_older_release() {
    let world = world().await;
    let mut lease = world.db.live().write().await.unwrap();
    let mut project = projects::by_id(&mut lease, &world.project).await.unwrap().unwrap();
    project.settings = json!({"mail_from": "Old Shop <old@shop.test>"});
    projects::update(&mut lease, &project, START).await.unwrap();
    lease.commit().await.unwrap();
    let transport = MemoryTransport::default();
    let mailer = world.mailer(&transport, &[5]);
    world.take(&mailer).await;
    mailer.drain().await.unwrap();
    assert_eq!(transport.sent()[0].from, "Old Shop <old@shop.test>");
}

#[test]
fn the_address_of_the_mail_server_is_not_printed() {
    let config = SmtpConfig::from_url("smtps://robot:hunter2@mail.example.com").unwrap();
    assert!(!format!("{config:?}").contains("hunter2"));
}
