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
    /// A secret cannot be decrypted.
    #[error(transparent)]
    Vault(#[from] store::vault::VaultError),
    /// What the database holds of a hook cannot be understood.
    #[error("hook {hook} cannot be loaded: {reason}")]
    Damaged {
        /// The hook's id.
        hook: String,
        /// What is wrong.
        reason: String,
    },
}
