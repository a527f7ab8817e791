//! What the engine knows of a project, in memory.

use std::collections::BTreeMap;

use contract::{
    catalogue::payloads::{Client, Connection, Tenant},
    ids::ProjectId,
    manage::{CapturedMail, ProjectSettings},
};
use serde_json::Value;

use crate::{
    fetch::LookUps,
    redact::{Masking, Redactor},
};

/// A project. Swapped as a whole when anything of it changes.
pub struct ProjectInfo {
    /// Id.
    pub id: ProjectId,
    /// Name in addresses.
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
    /// Secrets in the clear, for `event.secrets`; never printed.
    pub(crate) secrets: BTreeMap<String, String>,
    /// Finds them where they must not be.
    pub(crate) redactor: Redactor,
    /// Its share of the look-ups of names.
    pub(crate) look_ups: LookUps,
}

impl std::fmt::Debug for ProjectInfo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ProjectInfo").field("id", &self.id).field("slug", &self.slug).finish_non_exhaustive()
    }
}

impl ProjectInfo {
    /// The project as hooks see it.
    pub fn tenant(&self) -> Tenant {
        Tenant { id: self.slug.clone() }
    }

    /// The project's default application.
    pub fn client(&self) -> Client {
        Client { client_id: "default".into(), name: self.name.clone(), metadata: BTreeMap::new() }
    }

    /// The project's database connection.
    pub fn connection(&self) -> Connection {
        Connection {
            id: "con_default".into(),
            name: "Username-Password-Authentication".into(),
            strategy: "auth0".into(),
        }
    }

    /// Hides the project's secrets in what a test shows.
    pub fn hide_secrets(&self, shown: &mut Value) {
        self.redactor.value(shown);
    }

    /// The same in a text.
    pub fn hide_secrets_of_text(&self, shown: &mut String) {
        self.redactor.text(shown);
    }

    /// The same in a mail.
    pub fn hide_secrets_of_mail(&self, mail: &mut CapturedMail) {
        let CapturedMail { to, subject, text, html } = mail;
        for part in [to, subject, text].into_iter().chain(html) {
            self.redactor.text(part);
        }
    }

    /// How the value of a secret is hidden in records; none: there is no such secret.
    pub fn masking(&self, secret: &str) -> Option<Masking> {
        self.secrets.get(secret).map(|value| Masking::of(value))
    }

    /// Names of the project's secrets.
    pub fn secret_names(&self) -> impl Iterator<Item = &str> {
        self.secrets.keys().map(String::as_str)
    }
}
