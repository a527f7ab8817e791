//! Mails over a real connection.

use delivery::mail::{Mailer, SmtpConfig};
use store::mails::{Mail, MailStatus};

use crate::{
    project::{World, world},
    smtp_server::{self, Heard},
};

/// One attempt to send a mail through a server that answers like this; `credentials` and `tls` are parts of its address.
async fn sent_through(
    answers: &[(&'static str, &'static str)],
    credentials: &str,
    tls: &str,
) -> (World, Mail, Heard) {
    sent_to("dana@example.com", answers, credentials, tls).await
}

async fn sent_to(
    recipient: &str,
    answers: &[(&'static str, &'static str)],
    credentials: &str,
    tls: &str,
) -> (World, Mail, Heard) {
    let world = world().await;
    let (port, heard) = smtp_server::start(answers).await;
    let config = SmtpConfig::from_url(&format!("smtp://{credentials}127.0.0.1:{port}{tls}")).unwrap();
    let mailer = Mailer::new(world.db.clone(), world.clock.clone(), Some(config));
    let id = world.take_for(&mailer, recipient).await;
    assert_eq!(mailer.drain().await.unwrap(), 1);
    let mail = world.mail(&id).await;
    (world, mail, heard)
}

#[tokio::test]
async fn a_mail_goes_out() {
    let (_world, mail, heard) = sent_through(&[], "", "").await;
    assert_eq!((mail.status, mail.error), (MailStatus::Sent, None));
    let lines = heard.lines();
    for line in
        ["MAIL FROM:<no-reply@shop.test>", "RCPT TO:<dana@example.com>", "Subject: Hello", "How are you?"]
    {
        assert!(lines.iter().any(|heard| heard.starts_with(line)), "{line} in {lines:?}");
    }
}

#[tokio::test]
async fn credentials_go_over_tls_only() {
    let (_world, mail, heard) = sent_through(&[], "robot:hunter2@", "").await;
    assert_eq!(mail.status, MailStatus::Queued);
    assert!(heard.heard("EHLO"));
    assert!(!heard.heard("AUTH"), "{:?}", heard.lines());
    assert!(!heard.heard("MAIL"));
}

#[tokio::test]
async fn credentials_go_in_plain_text_when_that_is_asked_for() {
    let (_world, mail, heard) = sent_through(&[], "robot:hunter2@", "?tls=none").await;
    assert_eq!(mail.status, MailStatus::Sent);
    assert!(heard.heard("AUTH PLAIN"));
}

#[tokio::test]
async fn a_mail_that_the_server_refuses_is_given_up() {
    let (_world, mail, _) = sent_through(&[("RCPT", "550 no such mailbox")], "", "").await;
    assert_eq!((mail.status, mail.attempts), (MailStatus::Failed, 1));
    assert!(mail.error.unwrap().contains("no such mailbox"));
}

#[tokio::test]
async fn a_mail_stays_queued_while_the_server_refuses_the_sign_in() {
    for answer in ["535 wrong password", "530 sign in first", "534 too weak", "538 not like this"] {
        let (_world, mail, _) = sent_through(&[("AUTH", answer)], "robot:hunter2@", "?tls=none").await;
        assert_eq!(mail.status, MailStatus::Queued, "{answer}");
        assert!(mail.next_attempt_at.is_some());
    }
}

#[tokio::test]
async fn a_mail_stays_queued_while_the_server_is_busy() {
    let (_world, mail, _) = sent_through(&[("MAIL", "451 later")], "", "").await;
    assert_eq!(mail.status, MailStatus::Queued);
}

#[tokio::test]
async fn a_mail_to_a_domain_in_unicode_goes_out_in_ascii() {
    let (_world, mail, heard) = sent_to("dana@bücher.example", &[], "", "").await;
    assert_eq!((mail.status, mail.error), (MailStatus::Sent, None));
    assert!(heard.heard("RCPT TO:<dana@xn--bcher-kva.example>"), "{:?}", heard.lines());
}

#[tokio::test]
async fn a_mail_that_the_server_cannot_take_by_its_address_is_given_up_at_once() {
    let (_world, mail, heard) = sent_to("jürgen@example.com", &[], "", "").await;
    assert_eq!((mail.status, mail.attempts, mail.next_attempt_at), (MailStatus::Failed, 1, None));
    assert!(mail.error.unwrap().contains("SMTPUTF8"));
    assert!(!heard.heard("MAIL"));
}

#[tokio::test]
async fn a_mail_to_a_name_in_unicode_goes_out_where_the_server_takes_it() {
    let answers = [("EHLO", "250-test\r\n250-8BITMIME\r\n250 SMTPUTF8")];
    let (_world, mail, heard) = sent_to("jürgen@example.com", &answers, "", "").await;
    assert_eq!((mail.status, mail.error), (MailStatus::Sent, None));
    assert!(heard.heard("RCPT TO:<jürgen@example.com>"), "{:?}", heard.lines());
}

#[tokio::test]
async fn a_mail_stays_queued_while_the_server_is_away() {
    let world = world().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let config = SmtpConfig::from_url(&format!("smtp://127.0.0.1:{port}")).unwrap();
    let mailer = Mailer::new(world.db.clone(), world.clock.clone(), Some(config));
    let id = world.take(&mailer).await;
    assert_eq!(mailer.drain().await.unwrap(), 1);
    assert_eq!(world.mail(&id).await.status, MailStatus::Queued);
}
