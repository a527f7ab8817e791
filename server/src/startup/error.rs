//! Why the server cannot start.

/// Why the server cannot start. The message says what to change.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The settings.
    #[error(transparent)]
    Config(#[from] crate::config::ConfigError),
    /// The log's settings.
    #[error("setting `log.filter`: {0}")]
    Log(String),
    /// The data folder.
    #[error("cannot make the data folder {folder}: {source}")]
    DataDir {
        /// The folder.
        folder: String,
        /// Why.
        source: std::io::Error,
    },
    /// The listener.
    #[error("cannot listen: {0}")]
    Listen(std::io::Error),
    /// The database.
    #[error(transparent)]
    Store(#[from] store::StoreError),
    /// The key that encrypts secrets.
    #[error(transparent)]
    Vault(#[from] store::vault::VaultError),
    /// The database was sealed with another key.
    #[error(
        "{key} is not the key that {database} was encrypted with; restore the key that belongs to it, or name another \
         database"
    )]
    WrongKey {
        /// Where the key comes from.
        key: String,
        /// The database.
        database: String,
    },
    /// The database was sealed with a key that is not there.
    #[error(
        "{database} holds encrypted data, but its key is missing: restore {file}, or set HOOKWRIGHT_SECRET_KEY"
    )]
    NoKey {
        /// Where the key would be.
        file: String,
        /// The database.
        database: String,
    },
    /// The sandbox.
    #[error(transparent)]
    Sandbox(#[from] script::ScriptError),
    /// The hook engine.
    #[error(transparent)]
    Hooks(#[from] hooks::HooksError),
    /// The mail provider.
    #[error(transparent)]
    Mail(#[from] delivery::DeliveryError),
    /// The first administrator or the demo project.
    #[error("{}{}", .0.field.as_deref().map(|f| format!("{f}: ")).unwrap_or_default(), .0.message)]
    Manage(Box<contract::error::ErrorBody>),
}

impl From<contract::error::ErrorBody> for StartError {
    fn from(body: contract::error::ErrorBody) -> Self {
        Self::Manage(Box::new(body))
    }
}
