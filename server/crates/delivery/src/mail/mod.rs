//! E-mail: the queue, its worker and the transports.

mod address;
#[cfg(any(test, feature = "testing"))]
mod memory;
mod message;
mod smtp;
mod transport;
mod worker;

use std::sync::Arc;

use contract::ids::{MailId, ProjectId};
use store::{
    Clock, Conn, Db, StoreError,
    mails::{self, MailStatus},
    new_id,
};

#[cfg(any(test, feature = "testing"))]
pub use self::memory::MemoryTransport;
pub use self::{
    address::{Mailbox, MailboxError},
    message::NewMail,
    smtp::SmtpConfig,
    transport::{Outgoing, Transport, TransportError},
    worker::RetrySchedule,
};

/// Takes e-mails, and sends them in the background when there is a provider.
///
/// Without a provider, mails are *captured*: kept in the database for the console to show, and never sent.
pub struct Mailer {
    db: Db,
    clock: Arc<dyn Clock>,
    provider: Option<Provider>,
}

/// How mails get out.
struct Provider {
    transport: Box<dyn Transport>,
    retry: RetrySchedule,
}

impl Mailer {
    /// A mailer that sends through an SMTP server, or captures when there is none.
    pub fn new(db: Db, clock: Arc<dyn Clock>, smtp: Option<SmtpConfig>) -> Self {
        let provider = smtp.map(|config| {
            let retry = config.retry.clone();
            Provider { transport: Box::new(smtp::SmtpTransport::new(config)), retry }
        });
        Self { db, clock, provider }
    }

    /// A mailer that sends through the given transport.
    pub fn with_transport(
        db: Db,
        clock: Arc<dyn Clock>,
        transport: impl Transport + 'static,
        retry: RetrySchedule,
    ) -> Self {
        Self { db, clock, provider: Some(Provider { transport: Box::new(transport), retry }) }
    }

    /// Whether mails are sent at all.
    pub fn configured(&self) -> bool {
        self.provider.is_some()
    }

    /// Takes a mail, with the connection of the caller's own transaction. It is sent after the commit.
    ///
    /// # Errors
    /// When the database refuses the row.
    pub async fn enqueue(
        &self,
        conn: &mut Conn,
        project: &ProjectId,
        mail: NewMail,
    ) -> Result<MailId, StoreError> {
        let now = self.clock.now_ms();
        let (status, next_attempt_at) =
            if self.configured() { (MailStatus::Queued, Some(now)) } else { (MailStatus::Captured, None) };
        let row = mails::Mail {
            id: new_id(now),
            project_id: project.clone(),
            recipient: mail.recipient.to_string(),
            subject: mail.subject,
            text_body: mail.text,
            html_body: mail.html,
            kind: mail.kind,
            status,
            error: None,
            attempts: 0,
            next_attempt_at,
            created_at: now,
            sent_at: None,
        };
        mails::insert(conn, &row).await?;
        Ok(row.id)
    }
}
