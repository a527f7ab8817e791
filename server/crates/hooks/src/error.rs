//! What can go wrong in the engine itself.

/// A failure of the engine, not of a hook.
#[derive(Debug, thiserror::Error)]
pub enum HooksError {
    /// The database.
    #[error(transparent)]
    Store(#[from] store::StoreError),
    /// The client for outgoing requests could not be made.
    #[error("the client for outgoing requests could not be made: {0}")]
    Client(String),
}
