//! Tests: a hook alone, or its whole endpoint.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{
    catalogue::endpoints::Endpoint,
    ids::{HookId, UserId},
    manage::{Mail, Run},
    record, words,
};

words! {
    /// Whether a test changes anything.
    pub enum TestMode {
        /// Nothing is saved or sent.
        DryRun = "dry_run",
        /// A real request: changes real data.
        Live = "live",
    }

    /// How a test ended, for the colour of its verdict.
    pub enum VerdictKind {
        /// It went through.
        Allowed = "allowed",
        /// A hook refused.
        Denied = "denied",
        /// Something failed.
        Failed = "failed",
    }
}

record! {
    /// Runs a hook alone.
    #[serde(deny_unknown_fields)]
    pub struct UnitTest {
        /// Version to run; none: the draft.
        pub version: Option<u32>,
        /// Source to run in place of the saved draft, such as unsaved text of the editor.
        pub source: Option<String>,
        /// The event; the trigger's example when missing.
        pub event: Option<Value>,
        /// Fills the event's `user` from this user.
        pub user_id: Option<UserId>,
    }

    /// What a unit test gave.
    pub struct UnitResult {
        /// In words.
        pub verdict: Verdict,
        /// The run.
        pub run: Run,
        /// E-mails that would have been sent.
        pub mails: Vec<CapturedMail>,
    }

    /// In words.
    pub struct Verdict {
        /// For the colour.
        pub kind: VerdictKind,
        /// Such as `Denied by hook 1: free_email`.
        pub title: String,
        /// Such as `The user sees “Please use a work email” · 403 · 2.1 ms`.
        pub detail: String,
    }

    /// Runs an endpoint with its hooks.
    #[serde(deny_unknown_fields)]
    pub struct EndpointTest {
        /// Dry run or live.
        pub mode: TestMode,
        /// The body.
        pub body: Option<Value>,
        /// Signs the request as this user, for endpoints that need a token.
        pub user_id: Option<UserId>,
        /// Hooks whose draft runs in place of the live version.
        pub drafts: Option<Vec<HookId>>,
        /// Unsaved sources by hook id, in place of the saved drafts.
        pub sources: Option<BTreeMap<String, String>>,
        /// Versions by hook id, each in place of the live one. Like a draft, only in a dry run.
        pub versions: Option<BTreeMap<String, u32>>,
    }

    /// What an endpoint test gave.
    pub struct EndpointResult {
        /// In words.
        pub verdict: Verdict,
        /// Endpoint.
        pub endpoint: Endpoint,
        /// Dry run or live.
        pub mode: TestMode,
        /// The request, without passwords.
        pub request: TestRequest,
        /// The answer.
        pub response: TestResponse,
        /// What happened, step by step.
        pub steps: Vec<TestStep>,
        /// The runs, in order.
        pub runs: Vec<Run>,
        /// The access token of the answer, decoded.
        pub token: Option<DecodedToken>,
        /// What was, or would have been, written.
        pub changes: Vec<DatabaseChange>,
        /// E-mails that were, or would have been, sent.
        pub mails: Vec<CapturedMail>,
        /// Events that were, or would have been, emitted.
        pub events: Vec<EmittedEvent>,
        /// From start to end, in microseconds.
        pub duration_us: u64,
    }

    /// A request as sent.
    pub struct TestRequest {
        /// HTTP method.
        pub method: String,
        /// Path.
        pub path: String,
        /// Body.
        pub body: Value,
    }

    /// An answer as received.
    pub struct TestResponse {
        /// HTTP status.
        pub status: u32,
        /// Body.
        pub body: Value,
    }

    /// A step of the waterfall.
    pub struct TestStep {
        /// Such as `before · Refuse free e-mail`, or `Create the user`.
        pub label: String,
        /// Whether it is a hook, the endpoint's own work, or an event.
        pub kind: crate::manage::StepKind,
        /// Microseconds since the request started; none: it did not run.
        pub start_us: Option<u64>,
        /// Microseconds that it took.
        pub duration_us: Option<u64>,
        /// Why it did not run, or how it ended.
        pub note: Option<String>,
        /// Index into `runs`.
        pub run: Option<u32>,
    }

    /// A decoded JWT.
    pub struct DecodedToken {
        /// Header.
        pub header: Value,
        /// Claims.
        pub claims: Value,
        /// Names of the claims that hooks added.
        pub added: Vec<String>,
    }

    /// A change of the database.
    pub struct DatabaseChange {
        /// Table.
        pub table: String,
        /// `insert`, `update` or `delete`.
        pub operation: String,
        /// Id of the row.
        pub id: String,
        /// The row before.
        pub before: Option<Value>,
        /// The row after.
        pub after: Option<Value>,
    }

    /// An e-mail caught by a test.
    pub struct CapturedMail {
        /// To whom.
        pub to: String,
        /// Subject.
        pub subject: String,
        /// Text.
        pub text: String,
        /// HTML, when the sender gave any.
        pub html: Option<String>,
    }

    /// An event of the outbox.
    pub struct EmittedEvent {
        /// Event id.
        pub event: String,
        /// Payload.
        pub payload: Value,
    }
}

impl From<&Mail> for CapturedMail {
    fn from(mail: &Mail) -> Self {
        Self {
            to: mail.recipient.clone(),
            subject: mail.subject.clone(),
            text: mail.text.clone(),
            html: mail.html.clone(),
        }
    }
}
