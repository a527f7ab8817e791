//! One struct per subsystem.

use std::{
    fmt,
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use ipnet::IpNet;
use serde::Deserialize;
use url::Url;

use super::ConfigError;

/// Text that is never printed.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct Hidden(String);

impl Hidden {
    /// The text.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "\"\"" } else { "•••" })
    }
}

/// HTTP.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerConfig {
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// How the world reaches this server; when that is not set, as `listen` says.
    #[serde(deserialize_with = "address")]
    pub base_url: Url,
    /// Proxies whose forwarding headers are believed.
    #[serde(deserialize_with = "networks")]
    pub trusted_proxies: Vec<IpNet>,
    /// Origins whose pages may call the auth API; `*` is any.
    pub cors_origins: Vec<String>,
    /// Longest time for a request.
    pub request_timeout_seconds: u64,
    /// Requests at the same time.
    pub max_concurrent_requests: usize,
    /// Connections at the same time.
    pub max_connections: usize,
    /// Connections of one address at the same time.
    pub max_connections_per_address: usize,
    /// Time for the head of a request to arrive.
    pub head_timeout_seconds: u64,
    /// Time that a connection waits for its next request.
    pub idle_timeout_seconds: u64,
    /// Time for requests to end when the server stops.
    pub shutdown_seconds: u64,
}

impl ServerConfig {
    /// The base address without a slash at its end.
    pub fn base(&self) -> &str {
        self.base_url.as_str().trim_end_matches('/')
    }

    /// Whether the world reaches this server by https, so that cookies can be marked as such.
    pub fn secure(&self) -> bool {
        self.base_url.scheme() == "https"
    }

    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        if !matches!(self.base_url.scheme(), "http" | "https") || !self.base_url.has_host() {
            return Err(ConfigError::value("server.base_url", "must be an http:// or https:// address"));
        }
        if self.base_url.query().is_some() || self.base_url.fragment().is_some() {
            return Err(ConfigError::value("server.base_url", "must not have a query or a fragment"));
        }
        if let Some(bad) = self.cors_origins.iter().find(|o| *o != "*" && !is_origin(o)) {
            let reason = format!("`{bad}` is not an origin such as https://app.example");
            return Err(ConfigError::value("server.cors_origins", reason));
        }
        between("server.request_timeout_seconds", self.request_timeout_seconds, 1, 600)?;
        between("server.max_concurrent_requests", self.max_concurrent_requests as u64, 1, 100_000)?;
        between("server.max_connections", self.max_connections as u64, 16, 1_000_000)?;
        between("server.max_connections_per_address", self.max_connections_per_address as u64, 1, 1_000_000)?;
        between("server.head_timeout_seconds", self.head_timeout_seconds, 1, 600)?;
        between("server.idle_timeout_seconds", self.idle_timeout_seconds, 1, 3_600)?;
        between("server.shutdown_seconds", self.shutdown_seconds, 0, 600)
    }
}

/// Puts the address that follows from `server.listen` in place of an empty `server.base_url`.
pub(super) fn derive_base_url(values: &mut toml::Table) -> Result<(), ConfigError> {
    let Some(toml::Value::Table(server)) = values.get_mut("server") else { return Ok(()) };
    if server.get("base_url").and_then(toml::Value::as_str) != Some("") {
        return Ok(());
    }
    let listen = server.get("listen").and_then(toml::Value::as_str).unwrap_or_default();
    let listen: SocketAddr = listen.parse().map_err(|_| {
        ConfigError::value("server.listen", "must be an address and a port, such as 127.0.0.1:3000")
    })?;
    let host = match listen.ip().to_canonical() {
        ip if ip.is_loopback() || ip.is_unspecified() => "localhost".to_owned(),
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => format!("[{ip}]"),
    };
    server.insert("base_url".into(), format!("http://{host}:{}", listen.port()).into());
    Ok(())
}

/// Database.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseConfig {
    /// URL; empty: SQLite in the data folder. May hold a password.
    pub url: Hidden,
    /// Connections, or readers of a SQLite file.
    pub max_connections: u32,
    /// How long a request waits for a connection, in milliseconds.
    pub acquire_timeout_ms: u64,
}

impl DatabaseConfig {
    /// What the store wants.
    pub fn options(&self) -> store::Options {
        store::Options {
            max_connections: self.max_connections,
            acquire_timeout: Duration::from_millis(self.acquire_timeout_ms),
            ..store::Options::default()
        }
    }

    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        between("database.max_connections", self.max_connections.into(), 1, 1_000)?;
        between("database.acquire_timeout_ms", self.acquire_timeout_ms, 10, 120_000)
    }
}

/// First administrator.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdminConfig {
    /// E-mail address; empty: a one-time link is printed instead.
    pub email: String,
    /// Password.
    pub password: Hidden,
}

impl AdminConfig {
    /// The address and the password, when they are given.
    pub fn credentials(&self) -> Option<(&str, &str)> {
        (!self.email.is_empty()).then(|| (self.email.as_str(), self.password.reveal()))
    }

    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        match (self.email.is_empty(), self.password.reveal().is_empty()) {
            (false, true) => Err(ConfigError::value("admin.password", "is needed beside admin.email")),
            (true, false) => Err(ConfigError::value("admin.email", "is needed beside admin.password")),
            _ => Ok(()),
        }
    }
}

/// Passwords.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthConfig {
    /// Memory of one argon2id hash, in KiB.
    pub argon2_memory_kib: u32,
    /// Passes over that memory.
    pub argon2_iterations: u32,
    /// Lanes.
    pub argon2_parallelism: u32,
    /// Hashes at the same time; 0: one per processor.
    pub hash_threads: usize,
}

impl AuthConfig {
    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        between("auth.argon2_memory_kib", self.argon2_memory_kib.into(), 8, 1 << 21)?;
        between("auth.argon2_iterations", self.argon2_iterations.into(), 1, 64)?;
        between("auth.argon2_parallelism", self.argon2_parallelism.into(), 1, 64)
    }
}

/// Sandbox and hook engine.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HooksConfig {
    /// Whether the fetch of hooks may reach private addresses.
    pub allow_private_addresses: bool,
    /// Hooks that compute at the same time, beside the first of each project.
    pub slots: u32,
    /// Hooks in memory at the same time, those that wait included.
    pub instances: u32,
    /// Hooks of one project in memory at the same time, those that wait included; at most `instances`.
    pub slots_per_project: u32,
    /// How long a hook waits for a slot, in milliseconds.
    pub queue_timeout_ms: u64,
    /// Threads that run hooks; 0: one per processor.
    pub threads: usize,
    /// Whether the kernel is asked which memory a hook has written.
    pub page_scan: bool,
    /// How often the deployed hooks are compared with the database, in seconds.
    pub watch_seconds: u64,
}

impl HooksConfig {
    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        between("hooks.slots", self.slots.into(), 1, 1_024)?;
        between("hooks.instances", self.instances.into(), 1, 4_096)?;
        between("hooks.slots_per_project", self.slots_per_project.into(), 1, self.instances.into())?;
        between("hooks.queue_timeout_ms", self.queue_timeout_ms, 1, 60_000)?;
        between("hooks.watch_seconds", self.watch_seconds, 1, 3_600)
    }
}

/// E-mail.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailConfig {
    /// Address of the SMTP server; empty: e-mails are kept. May hold a password.
    pub smtp_url: Hidden,
    /// Waits between attempts, in seconds.
    pub retry_schedule_seconds: Vec<u32>,
}

/// Removal of old records.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetentionConfig {
    /// How often, in minutes.
    pub prune_minutes: u64,
}

impl RetentionConfig {
    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        between("retention.prune_minutes", self.prune_minutes, 1, 10_080)
    }
}

/// The server's own log.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogConfig {
    /// Which entries are written.
    pub filter: String,
    /// How.
    pub format: LogFormat,
}

/// How log entries are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// A line for people.
    Text,
    /// A JSON object per line.
    Json,
}

fn between(key: &str, value: u64, least: u64, most: u64) -> Result<(), ConfigError> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err(ConfigError::value(key, format!("{value} is not between {least} and {most}")))
}

fn is_origin(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| url.has_host() && url.origin().ascii_serialization() == text)
}

fn address<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Url, D::Error> {
    let text = String::deserialize(from)?;
    Url::parse(&text).map_err(|error| serde::de::Error::custom(format!("`{text}`: {error}")))
}

/// Networks, or single addresses.
fn networks<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<IpNet>, D::Error> {
    let texts = Vec::<String>::deserialize(from)?;
    let network = |text: &String| {
        text.parse::<IpNet>()
            .or_else(|_| text.parse::<std::net::IpAddr>().map(IpNet::from))
            .map_err(|_| serde::de::Error::custom(format!("`{text}` is not an address or a network")))
    };
    texts.iter().map(network).collect()
}
