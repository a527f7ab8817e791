//! The worker: takes what is due, sends it, and plans the next attempt of what failed.

use std::{sync::Arc, time::Duration};

use contract::{ids::ProjectId, manage::ProjectSettings};
use futures::future::join_all;
use serde_json::json;
use store::{
    Conn, StoreError,
    log_entries::{self, LogEntry, LogLevel},
    mails::{self, Mail},
    new_id, projects,
};
use tokio_util::sync::CancellationToken;

use super::{Mailer, Outgoing, Provider, TransportError};
use crate::DeliveryError;

/// Mails that are sent at the same time.
const BATCH: u32 = 8;
/// How long a taken mail belongs to its worker; after that another one may take it, because the first has died.
const LEASE_MS: i64 = 5 * 60 * 1000;
/// How often the queue is looked at.
const POLL: Duration = Duration::from_secs(1);
/// How the one-time tokens begin that the flows send, and less than what follows.
const TOKEN: &str = "hwt_";
const SHORTEST_TOKEN: usize = 20;
/// What the console shows of an error.
const ERROR_CHARS: usize = 500;

/// When a failed mail is tried again: the waits, in seconds, after the first attempt, after the second, and so on. A
/// mail that fails after the last of them has failed for good.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct RetrySchedule(pub Vec<u32>);

impl Default for RetrySchedule {
    fn default() -> Self {
        Self(vec![5, 30, 2 * 60, 10 * 60, 60 * 60, 6 * 60 * 60])
    }
}

impl RetrySchedule {
    /// The wait after this many attempts, in milliseconds; none when it was the last.
    fn wait_ms(&self, attempts: i64) -> Option<i64> {
        let index = usize::try_from(attempts).ok()?.checked_sub(1)?;
        self.0.get(index).map(|seconds| i64::from(*seconds) * 1000)
    }
}

impl Mailer {
    /// Sends what is queued until `shutdown`; what is being sent then is finished first. Without a provider there is
    /// nothing to do.
    pub async fn run(self: Arc<Self>, shutdown: CancellationToken) {
        if !self.configured() {
            return;
        }
        while !shutdown.is_cancelled() {
            if let Err(error) = self.drain_until(&shutdown).await {
                tracing::warn!(%error, "the mail queue could not be worked on");
            }
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = tokio::time::sleep(POLL) => {}
            }
        }
    }

    /// Sends everything that is due now; returns how many attempts were made.
    ///
    /// # Errors
    /// When the database is away; what was not sent stays queued.
    pub async fn drain(&self) -> Result<usize, DeliveryError> {
        self.drain_until(&CancellationToken::new()).await
    }

    /// Stops between two batches when told to: a long queue outlasts the patience of a shutdown, and mails that are
    /// handed over while the database is being closed would be sent again.
    async fn drain_until(&self, shutdown: &CancellationToken) -> Result<usize, DeliveryError> {
        let Some(provider) = &self.provider else { return Ok(0) };
        let mut attempts = 0;
        while !shutdown.is_cancelled() {
            let now = self.clock.now_ms();
            let mut lease = self.db.live().write().await?;
            let due = mails::claim_due(&mut lease, now, now + LEASE_MS, BATCH).await?;
            lease.commit().await?;
            if due.is_empty() {
                break;
            }
            attempts += due.len();
            for done in join_all(due.iter().map(|mail| self.attempt(provider, mail))).await {
                done?;
            }
        }
        Ok(attempts)
    }

    async fn attempt(&self, provider: &Provider, mail: &Mail) -> Result<(), DeliveryError> {
        let outgoing = Outgoing {
            from: self.sender(&mail.project_id).await?,
            to: mail.recipient.clone(),
            subject: mail.subject.clone(),
            text: mail.text_body.clone(),
            html: mail.html_body.clone(),
        };
        let sent = provider.transport.send(&outgoing).await;
        let now = self.clock.now_ms();
        let mut lease = self.db.live().write().await?;
        let over = match sent {
            Ok(()) => {
                mails::mark_sent(&mut lease, &mail.project_id, &mail.id, now).await?;
                true
            }
            Err(error) => {
                let wait = match &error {
                    TransportError::Transient(_) => provider.retry.wait_ms(mail.attempts),
                    TransportError::Permanent(_) => None,
                };
                let text: String = error.to_string().chars().take(ERROR_CHARS).collect();
                let retry_at = wait.map(|wait| now + wait);
                mails::mark_failed(&mut lease, &mail.project_id, &mail.id, &text, retry_at).await?;
                tracing::warn!(mail.id = %mail.id, mail.attempts, retry = retry_at.is_some(), "a mail was not sent");
                if retry_at.is_none() {
                    log_entries::insert(&mut lease, &given_up(mail, &text, now)).await?;
                }
                retry_at.is_none()
            }
        };
        if over {
            forget_tokens(&mut lease, mail).await?;
        }
        lease.commit().await?;
        Ok(())
    }

    /// The project's sender as it is now, not as it was when the mail was made: a wrong one can be put right.
    async fn sender(&self, project: &ProjectId) -> Result<String, DeliveryError> {
        let mut lease = self.db.live().read().await?;
        let row = projects::by_id(&mut lease, project).await?;
        let settings = row.map(|row| ProjectSettings::deserialize_or_default(&row.settings));
        Ok(settings.unwrap_or_default().mail_from)
    }
}

/// A one-time token opens an account for whoever reads it, and a mail that is over is kept to show *that* it was sent.
async fn forget_tokens(conn: &mut Conn, mail: &Mail) -> Result<(), StoreError> {
    let (text, html) = (masked(&mail.text_body), mail.html_body.as_deref().map(masked));
    if text == mail.text_body && html == mail.html_body {
        return Ok(());
    }
    mails::set_bodies(conn, &mail.project_id, &mail.id, &text, html.as_deref()).await
}

/// The text without what follows the prefix of a token.
fn masked(text: &str) -> String {
    let mut parts = text.split(TOKEN);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
        let token = part.len() - rest.len() >= SHORTEST_TOKEN;
        out.push_str(TOKEN);
        out.push_str(if token { "•••" } else { "" });
        // What is shorter only looks alike.
        out.push_str(if token { rest } else { part });
    }
    out
}

/// The entry of the project's log stream for a mail that will not be sent.
fn given_up(mail: &Mail, error: &str, now: i64) -> LogEntry {
    LogEntry {
        id: new_id(now),
        project_id: mail.project_id.clone(),
        kind: "mail_not_delivered".into(),
        level: LogLevel::Error,
        description: format!(
            "A mail of kind `{}` was given up after {} attempts: {error}",
            mail.kind, mail.attempts
        ),
        user_id: None,
        hook_id: None,
        request_id: None,
        details: json!({"mail_id": mail.id, "kind": mail.kind, "attempts": mail.attempts}),
        created_at: now,
    }
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn tokens_are_masked_wherever_they_stand() {
        let token = "hwt_Ab-_0123456789Ab-_0123456789";
        for (given, kept) in [
            (format!("Hello {token}\n"), "Hello hwt_•••\n"),
            (token.to_owned(), "hwt_•••"),
            (
                format!("<a href=\"https://x.test/?t={token}&l=en\">"),
                "<a href=\"https://x.test/?t=hwt_•••&l=en\">",
            ),
            (format!("{token} {token}"), "hwt_••• hwt_•••"),
            ("a token begins with hwt_ and more".to_owned(), "a token begins with hwt_ and more"),
        ] {
            assert_eq!(masked(&given), kept);
        }
    }
}
