//! Why the sandbox could not start.

/// Why the sandbox could not start.
#[derive(Debug, thiserror::Error)]
pub enum ScriptError {
    /// The embedded engine does not fit this machine or this build.
    #[error("the sandbox engine could not be set up: {0}")]
    Engine(String),
    /// A thread could not be started.
    #[error("a sandbox thread could not be started: {0}")]
    Thread(#[from] std::io::Error),
}
