//! One-time tokens that are sent by e-mail: making, delivering, and answering the same for everybody.

use contract::{
    auth::Accepted,
    catalogue::{endpoints::Endpoint, events::Event, payloads::SendEmailEvent, triggers::fires},
    email,
    error::{ErrorBody, ErrorCode},
};
use delivery::mail::Mailbox;
use hooks::{Exchange, user_payload};
use serde_json::{Value, json};
use store::{
    Conn, StoreError,
    log_entries::{self, LogEntry, LogLevel},
    new_id,
    tickets::{self, Ticket, TicketPurpose},
    users::User,
};

use crate::{
    Answer, Auth,
    error::AuthError,
    input::{Address, Fields},
    letters,
    opaque::{self, Kind, OpaqueToken},
    throttle::{Key, What},
};

/// How long a token works.
const fn life_ms(purpose: TicketPurpose) -> i64 {
    const HOUR_MS: i64 = 60 * 60 * 1000;
    match purpose {
        TicketPurpose::VerifyEmail => 24 * HOUR_MS,
        TicketPurpose::ResetPassword => HOUR_MS,
    }
}

/// Tokens of a purpose that a user gets within [`BUSY_MS`] as they are asked for.
const FREE: usize = 5;
const BUSY_MS: i64 = 60 * 60 * 1000;
/// How long the last of them stays good before another one is made.
const FRESH_MS: i64 = 5 * 60 * 1000;

impl Auth {
    /// Whether many tokens were made lately and the last one is new and can still be used. Counted in the database, over
    /// all callers and all processes.
    pub(crate) async fn has_fresh_ticket(
        &self,
        conn: &mut Conn,
        user: &User,
        purpose: TicketPurpose,
    ) -> Result<bool, AuthError> {
        let now = self.now();
        let limit = FREE as u32;
        let recent = tickets::recent(conn, &user.project_id, &user.id, purpose, now - BUSY_MS, limit).await?;
        let fresh = |ticket: &Ticket| {
            ticket.used_at.is_none() && ticket.created_at > now - FRESH_MS && ticket_is_for(ticket, user)
        };
        Ok(recent.len() >= FREE && recent.first().is_some_and(fresh))
    }

    /// Makes a token for a user with an address, in the caller's transaction; earlier ones stop working.
    pub(crate) async fn make_ticket(
        &self,
        conn: &mut Conn,
        user: &User,
        purpose: TicketPurpose,
    ) -> Result<OpaqueToken, AuthError> {
        let token = OpaqueToken::generate(Kind::Ticket)?;
        let now = self.now();
        tickets::invalidate(conn, &user.project_id, &user.id, purpose, now).await?;
        let ticket = Ticket {
            id: new_id(now),
            project_id: user.project_id.clone(),
            user_id: user.id.clone(),
            purpose,
            email: user.email.clone().unwrap_or_default(),
            token_hash: token.hash(),
            created_at: now,
            expires_at: now + life_ms(purpose),
            used_at: None,
        };
        tickets::insert(conn, &ticket).await?;
        Ok(token)
    }

    /// Delivers a token: by the project's hook, else by e-mail. Without a mail provider the e-mail is kept and the
    /// project's log says so (row F17). The request succeeds whatever becomes of it: the token can be asked for again.
    pub(crate) async fn deliver(
        &self,
        exchange: &Exchange,
        user: &User,
        purpose: TicketPurpose,
        token: OpaqueToken,
    ) {
        let email = user.email.clone().unwrap_or_default();
        let token = token.into_text();
        let payload = SendEmailEvent {
            email: email.clone(),
            token: token.clone(),
            user: user_payload(user),
            request: exchange.request().clone(),
            tenant: exchange.tenant(),
        };
        let handled = match purpose {
            TicketPurpose::VerifyEmail => exchange.notify(fires::SendVerificationEmail, payload).await,
            TicketPurpose::ResetPassword => exchange.notify(fires::SendPasswordResetEmail, payload).await,
        };
        if handled > 0 {
            return;
        }
        let taken = async {
            let mut lease = exchange.session().write().await?;
            match Mailbox::parse(&email) {
                Ok(recipient) => {
                    let mail = letters::ticket(exchange.project(), purpose, recipient, &token);
                    let id = self.inner.mailer.enqueue(&mut lease, &user.project_id, mail).await?;
                    if !self.inner.mailer.configured() {
                        let why = "there is no mail provider, and no hook delivers it";
                        let details = json!({"mail_id": id, "kind": purpose.as_str()});
                        let entry =
                            self.not_delivered(exchange, user, &format!("kept and not sent: {why}"), details);
                        log_entries::insert(&mut lease, &entry).await?;
                    }
                }
                // Of a user from before addresses were checked.
                Err(error) => {
                    let why =
                        format!("not made: the user's address is not one that mail can be sent to: {error}");
                    let entry = self.not_delivered(exchange, user, &why, json!({"kind": purpose.as_str()}));
                    log_entries::insert(&mut lease, &entry).await?;
                }
            }
            lease.commit().await
        };
        let taken: Result<(), StoreError> = taken.await;
        if let Err(error) = taken {
            tracing::error!(%error, purpose = purpose.as_str(), "an e-mail was not taken");
        }
    }

    fn not_delivered(&self, exchange: &Exchange, user: &User, what: &str, details: Value) -> LogEntry {
        let now = self.now();
        LogEntry {
            id: new_id(now),
            project_id: user.project_id.clone(),
            kind: "mail_not_delivered".into(),
            level: LogLevel::Warn,
            description: format!("An e-mail was {what}."),
            user_id: Some(user.id.clone()),
            hook_id: None,
            request_id: Some(exchange.request_id().clone()),
            details,
            created_at: now,
        }
    }

    /// Reads a request for a token and takes one of the caller's attempts; the same for every address, known or not.
    pub(crate) async fn ticket_request(
        &self,
        exchange: &Exchange,
        purpose: TicketPurpose,
        body: Option<Value>,
    ) -> Result<Address, AuthError> {
        let address = Fields::of(body)?.address()?;
        if !exchange.is_dry() {
            let subject = format!("{purpose}:{}", address.folded());
            let key = Key::new(What::Ticket, &exchange.project().id, &subject, &exchange.request().ip);
            self.inner.throttle.attempt(&key).await?;
        }
        Ok(address)
    }

    /// Looks whether a token is good, without using it up, so that no work is done for one that is not.
    pub(crate) async fn check_ticket(
        &self,
        exchange: &Exchange,
        purpose: TicketPurpose,
        token: &str,
    ) -> Result<(), AuthError> {
        let mut lease = exchange.session().read().await?;
        let hash = opaque::hash(token);
        let found = tickets::by_hash(&mut lease, &exchange.project().id, hash.expose()).await?;
        let good = found.is_some_and(|ticket| {
            ticket.purpose == purpose && ticket.used_at.is_none() && ticket.expires_at > self.now()
        });
        if good { Ok(()) } else { Err(invalid_ticket()) }
    }
}

/// The answer that does not tell whether the address is known.
pub(crate) fn accepted(endpoint: Endpoint) -> Result<Answer, AuthError> {
    let message = "If the address belongs to a user, an e-mail is on its way.".into();
    Answer::of(endpoint, &Accepted { message })
}

/// Whether the user still has the address that the token was sent to: whoever reads that mailbox is proven by it, and
/// nobody who has read another one before.
pub(crate) fn ticket_is_for(ticket: &Ticket, user: &User) -> bool {
    user.email.as_deref().map(email::fold) == Some(email::fold(&ticket.email))
}

/// The token is no good. One answer for every reason.
pub(crate) fn invalid_ticket() -> AuthError {
    ErrorBody::new(ErrorCode::InvalidTicket, "The token is unknown, used or expired; ask for a new one.")
        .field("token")
        .into()
}

/// The event that tells of a token having been asked for.
pub(crate) const fn requested_event(purpose: TicketPurpose) -> Event {
    match purpose {
        TicketPurpose::VerifyEmail => Event::AuthEmailVerificationRequested,
        TicketPurpose::ResetPassword => Event::AuthPasswordResetRequested,
    }
}
