//! What can be wrong with the settings.

/// A setting is of no use. The message names it.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {file}: {source}")]
    Unreadable {
        /// The file.
        file: String,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not TOML.
    #[error("{file} is not valid TOML: {source}")]
    Syntax {
        /// The file.
        file: String,
        /// Where and why.
        source: toml::de::Error,
    },
    /// A key does not exist.
    #[error("`{key}` is not a setting; expected one of: {expected}")]
    UnknownKey {
        /// The key.
        key: String,
        /// What there is in its place.
        expected: String,
    },
    /// A variable does not exist.
    #[error("the variable {variable} is not a setting; see config.default.toml for those that are")]
    UnknownVariable {
        /// The variable.
        variable: String,
    },
    /// A value is of no use.
    #[error("setting `{key}`: {reason}")]
    Value {
        /// The key, or the variable that set it.
        key: String,
        /// What is wrong.
        reason: String,
    },
}

impl ConfigError {
    pub(super) fn value(key: &str, reason: impl Into<String>) -> Self {
        Self::Value { key: key.into(), reason: reason.into() }
    }
}
