//! Settings: the embedded defaults, under a file, under `HOOKWRIGHT_*` variables; one struct per subsystem.
//!
//! Nothing else reads the environment. To add a setting, add it with a comment to `config.default.toml`, to its struct
//! here and, if it has a variable, to [`variables`].

mod error;
mod sections;
mod variables;

use std::path::{Path, PathBuf};

use serde::Deserialize;

pub use self::{
    error::ConfigError,
    sections::{
        AdminConfig, AuthConfig, DatabaseConfig, HooksConfig, LogConfig, LogFormat, MailConfig,
        RetentionConfig, ServerConfig,
    },
};

/// The defaults, with a comment for each: what `hookwright.toml` may contain.
pub const DEFAULTS: &str = include_str!("../config.default.toml");

/// The file that is read when no other is named.
const FILE: &str = "hookwright.toml";

/// Everything that can be set.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Folder of the database and the key file.
    pub data_dir: PathBuf,
    /// Base64 of the key that encrypts secrets; empty: from a file in the data folder.
    pub secret_key: sections::Hidden,
    /// HTTP.
    pub server: ServerConfig,
    /// Database.
    pub database: DatabaseConfig,
    /// First administrator.
    pub admin: AdminConfig,
    /// Passwords.
    pub auth: AuthConfig,
    /// Sandbox and hook engine.
    pub hooks: HooksConfig,
    /// E-mail.
    pub mail: MailConfig,
    /// Removal of old records.
    pub retention: RetentionConfig,
    /// The server's own log.
    pub log: LogConfig,
}

impl Config {
    /// Reads the defaults, then `file` (or `hookwright.toml`, if there is one), then the variables in `environment`.
    ///
    /// # Errors
    /// When the named file cannot be read, a key or variable is not known, or a value is of no use; the message names
    /// the key.
    pub fn load(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let mut values: toml::Table = DEFAULTS
            .parse()
            .map_err(|e| ConfigError::Syntax { file: "config.default.toml".into(), source: e })?;
        if let Some(path) =
            file.map(Path::to_path_buf).or_else(|| Path::new(FILE).exists().then(|| FILE.into()))
        {
            let text = std::fs::read_to_string(&path)
                .map_err(|source| ConfigError::Unreadable { file: path.display().to_string(), source })?;
            let over: toml::Table = text
                .parse()
                .map_err(|source| ConfigError::Syntax { file: path.display().to_string(), source })?;
            merge(&mut values, over, "")?;
        }
        variables::apply(&mut values, environment)?;
        sections::derive_base_url(&mut values)?;
        let config: Self = serde_path_to_error::deserialize(toml::Value::Table(values)).map_err(|error| {
            ConfigError::Value {
                key: error.path().to_string(),
                reason: error.into_inner().message().to_owned(),
            }
        })?;
        config.validate()?;
        Ok(config)
    }

    /// Address of the database.
    pub fn database_url(&self) -> String {
        if self.database.url.reveal().is_empty() {
            format!("sqlite://{}", self.data_dir.join("hookwright.db").display())
        } else {
            self.database.url.reveal().to_owned()
        }
    }

    fn validate(&self) -> Result<(), ConfigError> {
        self.server.validate()?;
        self.database.validate()?;
        self.admin.validate()?;
        self.auth.validate()?;
        self.hooks.validate()?;
        self.retention.validate()
    }
}

/// Lays `over` upon `under`. A key that the defaults do not have is refused.
fn merge(under: &mut toml::Table, over: toml::Table, path: &str) -> Result<(), ConfigError> {
    for (key, value) in over {
        let name = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        let Some(known) = under.get_mut(&key) else {
            let expected = under.keys().cloned().collect::<Vec<_>>().join(", ");
            return Err(ConfigError::UnknownKey { key: name, expected });
        };
        match (known, value) {
            (toml::Value::Table(known), toml::Value::Table(value)) => merge(known, value, &name)?,
            (known, value) => *known = value,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(file: &str, variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("test.toml");
        std::fs::write(&path, file).expect("written");
        Config::load(Some(&path), variables.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())))
    }

    #[test]
    fn the_defaults_are_valid() {
        let config = load("", &[]).expect("valid");
        assert_eq!(config.server.listen.to_string(), "127.0.0.1:3000");
        assert_eq!(config.database_url(), "sqlite://./data/hookwright.db");
    }

    #[test]
    fn the_base_address_follows_what_is_listened_on_unless_it_is_set() {
        for (listen, base) in [
            ("127.0.0.1:3000", "http://localhost:3000"),
            ("127.0.0.1:8080", "http://localhost:8080"),
            ("0.0.0.0:8080", "http://localhost:8080"),
            ("[::]:8080", "http://localhost:8080"),
            ("[::1]:8080", "http://localhost:8080"),
            ("[::ffff:127.0.0.1]:8080", "http://localhost:8080"),
            ("192.0.2.7:8080", "http://192.0.2.7:8080"),
            ("[2001:db8::7]:8080", "http://[2001:db8::7]:8080"),
            ("127.0.0.1:80", "http://localhost"),
        ] {
            let config = load("", &[("HOOKWRIGHT_LISTEN", listen)]).expect("valid");
            assert_eq!(config.server.base(), base, "{listen}");
        }
        let set =
            [("HOOKWRIGHT_LISTEN", "0.0.0.0:8080"), ("HOOKWRIGHT_BASE_URL", "https://auth.example.com/")];
        assert_eq!(load("", &set).expect("valid").server.base(), "https://auth.example.com");
        let file = "[server]\nbase_url = \"http://localhost:3000\"\n";
        assert_eq!(load(file, &set[..1]).expect("valid").server.base(), "http://localhost:3000");
    }

    #[test]
    fn a_file_wins_over_defaults_and_a_variable_over_both() {
        let file = "data_dir = \"/srv/a\"\n[server]\nlisten = \"0.0.0.0:80\"\nmax_concurrent_requests = 7\n";
        let config = load(
            file,
            &[("HOOKWRIGHT_LISTEN", "127.0.0.1:81"), ("HOOKWRIGHT_TRUSTED_PROXIES", "10.0.0.0/8, ::1")],
        )
        .expect("valid");
        assert_eq!(config.server.listen.port(), 81);
        assert_eq!(config.server.max_concurrent_requests, 7);
        assert_eq!(config.server.trusted_proxies.len(), 2);
        assert_eq!(config.data_dir, Path::new("/srv/a"));
    }

    #[test]
    fn mistakes_are_refused_by_name() {
        type Variables<'a> = &'a [(&'a str, &'a str)];
        let cases: [(&str, Variables<'_>, &str); 8] = [
            ("[server]\nlisten_on = \"x\"", &[], "server.listen_on"),
            ("colour = 1", &[], "colour"),
            ("[server]\nlisten = 3", &[], "server.listen"),
            ("", &[("HOOKWRIGHT_LISTEN", "localhost:3000")], "server.listen"),
            ("[server]\nbase_url = \"auth.example.com\"", &[], "server.base_url"),
            ("", &[("HOOKWRIGHT_HOOKS_SLOTS", "many")], "HOOKWRIGHT_HOOKS_SLOTS"),
            ("", &[("HOOKWRIGHT_LISTNE", "1")], "HOOKWRIGHT_LISTNE"),
            ("[admin]\nemail = \"a@b.example\"", &[], "admin.password"),
        ];
        for (file, variables, named) in cases {
            let error = load(file, variables).expect_err(named).to_string();
            assert!(error.contains(named), "{error} should name {named}");
        }
    }

    #[test]
    fn a_project_may_have_more_hooks_in_memory_than_compute_at_the_same_time() {
        let slots = |per_project: &'static str| {
            [
                ("HOOKWRIGHT_HOOKS_SLOTS", "4"),
                ("HOOKWRIGHT_HOOKS_INSTANCES", "16"),
                ("HOOKWRIGHT_HOOKS_SLOTS_PER_PROJECT", per_project),
            ]
        };
        assert_eq!(load("", &slots("16")).expect("valid").hooks.slots_per_project, 16);
        let error = load("", &slots("17")).expect_err("more than there are").to_string();
        assert!(error.contains("hooks.slots_per_project"), "{error}");
    }

    #[test]
    fn secrets_are_not_printed() {
        let config =
            load("secret_key = \"s3cret\"", &[("HOOKWRIGHT_DATABASE_URL", "postgres://u:s3cret@h/d")]);
        assert!(!format!("{config:?}").contains("s3cret"));
    }
}
