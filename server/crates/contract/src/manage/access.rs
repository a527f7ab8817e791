//! Administrators, API keys, secrets, the audit log.

use crate::{
    ids::{AdminId, ApiKeyId, AuditId},
    record, words,
};

words! {
    /// What an API key may do.
    pub enum Scope {
        /// Read hooks, versions, runs and logs.
        ReadHooks = "read:hooks",
        /// Create hooks.
        CreateHooks = "create:hooks",
        /// Change, test, deploy and roll back hooks.
        UpdateHooks = "update:hooks",
        /// Delete hooks.
        DeleteHooks = "delete:hooks",
        /// Read the names of secrets.
        ReadSecrets = "read:secrets",
        /// Set and delete secrets.
        UpdateSecrets = "update:secrets",
        /// Read projects and their settings.
        ReadProjects = "read:projects",
        /// Create, change and delete projects.
        UpdateProjects = "update:projects",
        /// Read users.
        ReadUsers = "read:users",
        /// Read the log stream and the audit log.
        ReadLogs = "read:logs",
        /// Read e-mails. Those that wait to be sent, or are only kept, hold links that open accounts.
        ReadMails = "read:mails",
    }
}

record! {
    /// The administrator who is signed in.
    pub struct Admin {
        /// Id.
        pub id: AdminId,
        /// E-mail address.
        pub email: String,
        /// Name.
        pub name: String,
    }

    /// Whether the instance has an administrator yet.
    pub struct SetupState {
        /// True until the first administrator has been made.
        pub needs_setup: bool,
    }

    /// Makes the first administrator.
    #[serde(deny_unknown_fields)]
    pub struct SetupRequest {
        /// The token of the one-time link.
        pub token: String,
        /// E-mail address.
        pub email: String,
        /// Name.
        pub name: String,
        /// Password, at least 10 characters.
        pub password: String,
    }

    /// Signs an administrator in.
    #[serde(deny_unknown_fields)]
    pub struct SignInRequest {
        /// E-mail address.
        pub email: String,
        /// Password.
        pub password: String,
    }

    /// An API key, without the key itself.
    pub struct ApiKey {
        /// Id.
        pub id: ApiKeyId,
        /// Name.
        pub name: String,
        /// The first characters, to recognise it by.
        pub prefix: String,
        /// Slug of the only project that it opens; none: every project.
        pub project: Option<String>,
        /// What it may do.
        pub scopes: Vec<Scope>,
        /// Who made it.
        pub created_by: String,
        /// When, in milliseconds since 1970.
        pub created_at: i64,
        /// When it stops working.
        pub expires_at: Option<i64>,
        /// When it was last used.
        pub last_used_at: Option<i64>,
    }

    /// Makes an API key.
    #[serde(deny_unknown_fields)]
    pub struct CreateApiKey {
        /// Name.
        pub name: String,
        /// What it may do; nothing that its maker may not.
        pub scopes: Vec<Scope>,
        /// Days until it stops working, 1 to 3,650; none: it does not.
        pub expires_in_days: Option<u32>,
    }

    /// A new API key, shown once.
    pub struct CreatedApiKey {
        /// The key: send it as `Authorization: Bearer …`. It cannot be read again.
        pub token: String,
        /// What is kept of it.
        pub key: ApiKey,
    }

    /// A secret's name and traces; its value can never be read.
    pub struct Secret {
        /// Name, as hooks read it: `event.secrets.NAME`.
        pub name: String,
        /// When it was made, in milliseconds since 1970.
        pub created_at: i64,
        /// When its value was last set.
        pub updated_at: i64,
        /// Who set it last.
        pub updated_by: String,
        /// Names of the hooks whose code mentions it.
        pub used_by: Vec<String>,
        /// What the server has changed in the value, or advises; only in the answer that sets it.
        pub notices: Vec<String>,
    }

    /// Sets a secret.
    #[serde(deny_unknown_fields)]
    pub struct PutSecret {
        /// The value, up to 8 KiB, kept as it is but for line breaks at its end.
        pub value: String,
    }

    /// A page of the audit log.
    pub struct AuditPage {
        /// Entries, newest first.
        pub entries: Vec<AuditEntry>,
        /// Pass it as `cursor` for the next page.
        pub next: Option<String>,
    }

    /// An entry of the audit log.
    pub struct AuditEntry {
        /// Id.
        pub id: AuditId,
        /// Who: an administrator's address, or the name of an API key.
        pub actor: String,
        /// What, such as `hook.deploy`.
        pub action: String,
        /// To what.
        pub target: String,
        /// More.
        pub details: serde_json::Value,
        /// From which address.
        pub ip: Option<String>,
        /// When, in milliseconds since 1970.
        pub created_at: i64,
    }
}
