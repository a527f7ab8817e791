//! A SQLite file: one connection that writes, several that read.

use std::{path::Path, str::FromStr, sync::Arc};

use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::{
    StoreError,
    db::{
        Options,
        health::Health,
        link::{Link, Wire},
        presence::{Presence, beside},
        unavailable,
    },
    private,
};

/// One connection that writes, several that read.
#[derive(Clone)]
pub struct SqliteDb {
    pub(super) writer: SqlitePool,
    readers: SqlitePool,
    pub(super) presence: Arc<Presence>,
    pub(super) health: Arc<Health>,
    pub(super) options: Options,
}

impl SqliteDb {
    pub(super) async fn connect(url: &str, options: Options) -> Result<Self, StoreError> {
        if url.contains(":memory:") || url.contains("mode=memory") {
            return Err(StoreError::Settings("a SQLite database must be a file".into()));
        }
        // SQLite never makes the file: it would be world-readable, and after a deletion empty.
        let file = SqliteConnectOptions::from_str(url)?
            .create_if_missing(false)
            .foreign_keys(true)
            .busy_timeout(options.acquire_timeout);
        let path = file.get_filename().to_path_buf();
        prepare(&path, options.create)?;
        let presence = Arc::new(Presence::of(&path));
        let opened = presence.clone();
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(options.acquire_timeout)
            // The one writer stays: opening it again would cost every prepared statement.
            .idle_timeout(None)
            .max_lifetime(None)
            .after_connect(move |_, _| {
                opened.forget_log();
                Box::pin(async { Ok(()) })
            })
            // FULL, because what was acknowledged has to survive a power cut: NORMAL syncs the log only from time to
            // time.
            .connect_with(
                file.clone().journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full),
            )
            .await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(options.max_connections.max(1))
            .acquire_timeout(options.acquire_timeout)
            .connect_with(file.pragma("query_only", "ON"))
            .await?;
        Ok(Self { writer, readers, presence, health: Arc::default(), options })
    }

    pub(super) async fn reader(&self) -> Result<Link, StoreError> {
        self.presence.check()?;
        // Without a writer, the last reader may have removed the log, and the next one made another.
        if self.writer.size() > 0 {
            self.presence.check_log()?;
        }
        let conn = self.readers.acquire().await.map_err(unavailable)?;
        Ok(Link::read(Wire::Sqlite(conn), self.health.clone()))
    }

    pub(super) async fn writer(&self) -> Result<Link, StoreError> {
        let begun = self.begin().await;
        if let Err(StoreError::Unavailable(reason, _)) = &begun {
            self.health.failed(*reason);
        }
        begun
    }

    async fn begin(&self) -> Result<Link, StoreError> {
        self.presence.check()?;
        let conn = self.writer.acquire().await.map_err(unavailable)?;
        self.presence.check_log()?;
        let link = Link::write(Wire::Sqlite(conn), self.health.clone()).await?;
        self.presence.know_log();
        Ok(link)
    }

    /// Closes all connections, after those in use have come back.
    pub(super) async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// Writes a consistent copy into a file that does not exist yet.
    pub(super) async fn backup_to(&self, file: &Path) -> Result<(), StoreError> {
        if file.try_exists()? {
            return Err(StoreError::File(std::io::ErrorKind::AlreadyExists.into()));
        }
        let part = file.with_added_extension("part");
        // Of a backup that was killed.
        if part.try_exists()? {
            std::fs::remove_file(&part)?;
        }
        let written = self.copy_into(&part).await.and_then(|()| Ok(std::fs::rename(&part, file)?));
        if written.is_err() {
            // What became of it does not matter any more.
            let _ = std::fs::remove_file(&part);
        }
        written?;
        Ok(private::sync_folder_of(file)?)
    }

    /// Copies everything into a new file.
    async fn copy_into(&self, file: &Path) -> Result<(), StoreError> {
        let name = file.to_str().ok_or_else(|| StoreError::Settings("the file name is not UTF-8".into()))?;
        // Made first, and empty, so that no other user can read what is written into it.
        let made = private::make_file(file)?;
        let mut writer = self.writer.acquire().await?;
        // Closed afterwards: the connection's state after a copy that failed is not known.
        writer.close_on_drop();
        sqlx::query("VACUUM INTO $1").bind(name).execute(&mut *writer).await?;
        made.sync_all()?;
        Ok(())
    }
}

/// Makes the database's file if it may, and takes other users' access to it away. Its log gets the rights of the file.
fn prepare(path: &Path, create: bool) -> Result<(), StoreError> {
    let made = if create { private::make_file(path).map(drop) } else { Ok(()) };
    match made {
        Ok(()) if create => private::sync_folder_of(path)?,
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => return Err(error.into()),
        _ => {}
    }
    if !path.exists() {
        return Err(StoreError::Settings(format!("there is no database {}", path.display())));
    }
    private::narrow_file(path);
    for suffix in ["-wal", "-shm"] {
        private::narrow_file(&beside(path, suffix));
    }
    Ok(())
}
