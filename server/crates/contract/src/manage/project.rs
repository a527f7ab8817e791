//! Projects, their users and mails.

use crate::{
    catalogue::payloads::User,
    ids::{MailId, ProjectId},
    record, words,
};

words! {
    /// How a project's access tokens are signed.
    pub enum SigningAlgorithm {
        /// ECDSA with P-256 and SHA-256.
        Es256 = "ES256",
    }
}

record! {
    /// A project.
    pub struct Project {
        /// Id.
        pub id: ProjectId,
        /// Name in addresses: `/p/{slug}/auth/register`.
        pub slug: String,
        /// Name for people.
        pub name: String,
        /// Such as `production`.
        pub environment: String,
        /// Host name that belongs to this project alone.
        pub custom_host: Option<String>,
        /// Whether requests that name no project are for this one.
        pub is_default: bool,
        /// Settings.
        pub settings: ProjectSettings,
        /// When it was made, in milliseconds since 1970.
        pub created_at: i64,
        /// When it was last changed.
        pub updated_at: i64,
    }

    /// Settings of a project.
    #[serde(deny_unknown_fields)]
    pub struct ProjectSettings {
        /// Whether anybody may sign up.
        pub signup_enabled: bool,
        /// Whether a new user gets a verification e-mail.
        pub verify_email_on_signup: bool,
        /// Shortest password.
        pub password_min_length: u32,
        /// Life of an access token, in seconds.
        pub access_token_seconds: u32,
        /// Life of a refresh token, in seconds.
        pub refresh_token_seconds: u32,
        /// Seconds after its use in which a refresh token still gets the answer that it got, for two tabs that refresh at
        /// once and for answers lost on their way. 0: never; a second use ends the session. Missing in a change: stays.
        pub refresh_reuse_seconds: Option<u32>,
        /// Sender of the project's e-mails.
        pub mail_from: String,
        /// Link in verification e-mails; `{token}` is replaced. Empty: the e-mail carries the token alone.
        pub verify_email_url: String,
        /// Link in reset e-mails; `{token}` is replaced. Empty: the e-mail carries the token alone.
        pub reset_password_url: String,
        /// Hosts that hooks may call even though they are not named in the hook's own settings; empty: any public host.
        pub allowed_hosts: Vec<String>,
        /// Skips every hook of this project: the way out when hooks lock everybody out.
        pub bypass_hooks: bool,
        /// Days for which runs and logs are kept.
        pub retention_days: u32,
    }

    /// Makes a project.
    #[serde(deny_unknown_fields)]
    pub struct CreateProject {
        /// Name for people.
        pub name: String,
        /// Name in addresses; made from the name when missing.
        pub slug: Option<String>,
        /// Such as `production`, which is the default.
        pub environment: Option<String>,
    }

    /// Changes a project; what is missing stays.
    #[derive(Default)]
    #[serde(deny_unknown_fields)]
    pub struct UpdateProject {
        /// Name for people.
        pub name: Option<String>,
        /// Such as `production`.
        pub environment: Option<String>,
        /// Host name that belongs to this project alone; empty: none.
        pub custom_host: Option<String>,
        /// Settings.
        pub settings: Option<ProjectSettings>,
        /// The `updated_at` that the caller has seen: 409 `conflict` when the project was changed since.
        pub updated_at: Option<i64>,
    }

    /// A page of users.
    pub struct UserPage {
        /// Users, newest first.
        pub users: Vec<User>,
        /// Pass it as `cursor` for the next page.
        pub next: Option<String>,
    }

    /// A page of e-mails.
    pub struct MailPage {
        /// E-mails, newest first.
        pub mails: Vec<Mail>,
        /// Pass it as `cursor` for the next page.
        pub next: Option<String>,
    }

    /// An e-mail that the server has made.
    pub struct Mail {
        /// Id.
        pub id: MailId,
        /// To whom.
        pub recipient: String,
        /// Subject.
        pub subject: String,
        /// Text.
        pub text: String,
        /// HTML, when the sender gave any.
        pub html: Option<String>,
        /// Why it was made, such as `verify_email`.
        pub kind: String,
        /// `captured` (no provider is configured), `queued`, `sent` or `failed`.
        pub status: String,
        /// Why it failed.
        pub error: Option<String>,
        /// When it was made, in milliseconds since 1970.
        pub created_at: i64,
    }
}

/// Default of [`ProjectSettings::refresh_reuse_seconds`].
const REFRESH_REUSE_SECONDS: u32 = 10;

impl Default for ProjectSettings {
    fn default() -> Self {
        Self {
            signup_enabled: true,
            verify_email_on_signup: true,
            password_min_length: 8,
            access_token_seconds: 15 * 60,
            refresh_token_seconds: 30 * 24 * 60 * 60,
            refresh_reuse_seconds: Some(REFRESH_REUSE_SECONDS),
            mail_from: "Hookwright <no-reply@localhost>".into(),
            verify_email_url: String::new(),
            reset_password_url: String::new(),
            allowed_hosts: Vec::new(),
            bypass_hooks: false,
            retention_days: 30,
        }
    }
}

impl ProjectSettings {
    /// Returns the seconds in which a used refresh token still gets its answer.
    pub fn reuse_seconds(&self) -> u32 {
        self.refresh_reuse_seconds.unwrap_or(REFRESH_REUSE_SECONDS)
    }

    /// Reads stored settings; a setting that was added since has its default, one that was removed is left out.
    pub fn deserialize_or_default(stored: &serde_json::Value) -> Self {
        let mut merged = serde_json::to_value(Self::default()).unwrap_or_default();
        if let (Some(merged), Some(stored)) = (merged.as_object_mut(), stored.as_object()) {
            for field in Self::SPEC.fields {
                if let Some(value) = stored.get(field.name) {
                    merged.insert(field.name.into(), value.clone());
                }
            }
        }
        serde_json::from_value(merged).unwrap_or_default()
    }
}
