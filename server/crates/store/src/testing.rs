//! Databases for tests, of this crate and of others.

use tempfile::TempDir;

use crate::{Db, Options, StoreError};

/// A database that is removed when this is dropped.
pub struct TempDb {
    /// The database, migrated and empty.
    pub db: Db,
    _folder: TempDir,
}

/// A new SQLite database in a temporary folder.
///
/// # Errors
/// [`StoreError::Settings`] if there is no place for it, and all of [`Db::connect`] and [`Db::migrate`].
pub async fn temp_sqlite() -> Result<TempDb, StoreError> {
    let unusable = |error: std::io::Error| StoreError::Settings(error.to_string());
    let folder = TempDir::new().map_err(unusable)?;
    let url = format!("sqlite://{}", folder.path().join("test.db").display());
    let db = Db::connect(&url, &Options::default()).await?;
    db.migrate().await?;
    Ok(TempDb { db, _folder: folder })
}
