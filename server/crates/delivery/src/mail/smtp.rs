//! SMTP.

use std::{borrow::Cow, fmt, net::IpAddr, time::Duration};

use async_trait::async_trait;
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor, message::MultiPart,
    transport::smtp::AsyncSmtpTransportBuilder,
};

use url::Url;

use super::{Mailbox, Outgoing, RetrySchedule, Transport, TransportError};
use crate::DeliveryError;

/// The mail server and how patiently it is asked. `Debug` does not show the address, which may hold a password.
#[derive(Clone)]
pub struct SmtpConfig {
    server: AsyncSmtpTransportBuilder,
    /// How long one attempt may take.
    pub timeout: Duration,
    /// When a failed mail is tried again.
    pub retry: RetrySchedule,
}

impl fmt::Debug for SmtpConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { server: _, timeout, retry } = self;
        f.debug_struct("SmtpConfig").field("timeout", timeout).field("retry", retry).finish_non_exhaustive()
    }
}

impl SmtpConfig {
    /// A server by its address: `smtp://user:password@host:587` (STARTTLS, without which nothing is sent) or
    /// `smtps://user:password@host` (TLS from the start). `smtp://` without credentials to this machine itself goes in
    /// plain text; anything else does so only when it is asked for, with `?tls=none` (or `?tls=opportunistic`, which
    /// leaves the choice to the server and to whoever is in between).
    ///
    /// # Errors
    /// When the address is not of that form.
    pub fn from_url(url: &str) -> Result<Self, DeliveryError> {
        let url = with_tls(url)?;
        let server = AsyncSmtpTransport::<Tokio1Executor>::from_url(&url)
            .map_err(|error| DeliveryError::SmtpUrl(error.to_string()))?;
        Ok(Self { server, timeout: Duration::from_secs(20), retry: RetrySchedule::default() })
    }
}

/// The address as the client reads it. To the client `smtp://` means plain text unless it says otherwise, and it does
/// not know `tls=none`.
fn with_tls(address: &str) -> Result<Cow<'_, str>, DeliveryError> {
    let mut url = Url::parse(address).map_err(|error| DeliveryError::SmtpUrl(error.to_string()))?;
    if url.scheme() != "smtp" {
        return Ok(address.into());
    }
    match url.query_pairs().find(|(name, _)| name == "tls").map(|(_, value)| value) {
        Some(value) if value == "none" => url.set_query(None),
        Some(_) => return Ok(address.into()),
        None if url.username().is_empty() && url.password().is_none() && is_loopback(&url) => {}
        None => url.set_query(Some("tls=required")),
    }
    Ok(String::from(url).into())
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Sends through an SMTP server.
pub(super) struct SmtpTransport {
    client: AsyncSmtpTransport<Tokio1Executor>,
    timeout: Duration,
}

impl SmtpTransport {
    pub(super) fn new(config: SmtpConfig) -> Self {
        Self { client: config.server.timeout(Some(config.timeout)).build(), timeout: config.timeout }
    }
}

#[async_trait]
impl Transport for SmtpTransport {
    async fn send(&self, mail: &Outgoing) -> Result<(), TransportError> {
        let message = message(mail)?;
        // The client bounds each command; this bounds the whole conversation.
        match tokio::time::timeout(self.timeout, self.client.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(failure(&error)),
            Err(_) => Err(TransportError::Transient("the mail server did not answer in time".into())),
        }
    }
}

/// What is about this mail will not be better later. What is about the set-up (the sign-in, TLS) is put right by an
/// administrator, and what is about the network or the server's load passes.
fn failure(error: &lettre::transport::smtp::Error) -> TransportError {
    let text = error.to_string();
    if error.is_client() && text.contains("SMTPUTF8") {
        let why = "the mail server takes no addresses with letters beyond ASCII before the @ (SMTPUTF8)";
        TransportError::Permanent(why.into())
    } else if error.is_client() && text.contains("8BITMIME") {
        TransportError::Permanent("the mail server takes ASCII only (no 8BITMIME)".into())
    } else if error.is_permanent() && !is_about_us(error) {
        TransportError::Permanent(text)
    } else {
        TransportError::Transient(text)
    }
}

/// Whether the server refused the sign-in, not the mail: that is put right by a new password, and then the mail goes.
fn is_about_us(error: &lettre::transport::smtp::Error) -> bool {
    error.status().is_some_and(|code| matches!(u16::from(code), 530 | 534 | 535 | 538))
}

/// A message as it goes over the wire. What cannot be one will not be one later either.
fn message(mail: &Outgoing) -> Result<Message, TransportError> {
    let mailbox = |text: &str, who: &str| {
        Mailbox::parse(text).map(Mailbox::into_inner).map_err(|error| {
            TransportError::Permanent(format!("the {who} is not an e-mail address: {error}"))
        })
    };
    let builder = Message::builder()
        .from(mailbox(&mail.from, "sender")?)
        .to(mailbox(&mail.to, "recipient")?)
        .subject(mail.subject.clone());
    let message = match &mail.html {
        Some(html) => builder.multipart(MultiPart::alternative_plain_html(mail.text.clone(), html.clone())),
        None => builder.body(mail.text.clone()),
    };
    message.map_err(|error| TransportError::Permanent(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outgoing() -> Outgoing {
        Outgoing {
            from: "Shop <no-reply@shop.test>".into(),
            to: "dana@example.com".into(),
            subject: "Grüße\r\nBcc: eve@example.com".into(),
            text: "Hello".into(),
            html: Some("<p>Hello</p>".into()),
        }
    }

    #[test]
    fn a_subject_cannot_add_headers() {
        let wire = String::from_utf8(message(&outgoing()).unwrap().formatted()).unwrap();
        assert!(!wire.lines().any(|line| line.starts_with("Bcc:")), "{wire}");
        assert!(wire.contains("multipart/alternative"));
    }

    #[test]
    fn a_bad_address_is_permanent() {
        for (to, from) in
            [("nobody", "a@b.test"), ("da..na@b.test", "a@b.test"), ("a@b.test", "Shop, Inc <a@b.test>")]
        {
            let mail = Outgoing { to: to.into(), from: from.into(), ..outgoing() };
            assert!(matches!(message(&mail), Err(TransportError::Permanent(_))));
        }
    }

    #[test]
    fn a_domain_in_unicode_goes_out_in_ascii() {
        let mail = Outgoing { to: "dana@bücher.example".into(), ..outgoing() };
        let message = message(&mail).unwrap();
        assert_eq!(message.envelope().to()[0].to_string(), "dana@xn--bcher-kva.example");
        assert!(message.formatted().is_ascii());
    }

    #[test]
    fn plain_text_is_only_for_this_machine_or_when_asked_for() {
        for (given, read) in [
            ("smtp://localhost:1025", "smtp://localhost:1025"),
            ("smtp://127.0.0.1:1025", "smtp://127.0.0.1:1025"),
            ("smtp://[::1]:1025", "smtp://[::1]:1025"),
            ("smtp://me:pw@localhost:1025", "smtp://me:pw@localhost:1025?tls=required"),
            ("smtp://mail.example.com", "smtp://mail.example.com?tls=required"),
            ("smtp://me:pw@mail.example.com:587", "smtp://me:pw@mail.example.com:587?tls=required"),
            ("smtp://me:pw@mail.example.com?tls=required", "smtp://me:pw@mail.example.com?tls=required"),
            ("smtp://me:pw@mail.example.com?tls=none", "smtp://me:pw@mail.example.com"),
            ("smtp://mail.example.com?tls=opportunistic", "smtp://mail.example.com?tls=opportunistic"),
            ("smtps://me:pw@mail.example.com", "smtps://me:pw@mail.example.com"),
        ] {
            assert_eq!(with_tls(given).unwrap(), read);
            assert!(SmtpConfig::from_url(given).is_ok(), "{given}");
        }
        assert!(SmtpConfig::from_url("smtp://mail.example.com?tls=maybe").is_err());
    }

    #[test]
    fn a_bad_url_is_refused_without_repeating_it() {
        let error = SmtpConfig::from_url("imap://user:hunter2@host").unwrap_err();
        assert!(!error.to_string().contains("hunter2"));
    }
}
