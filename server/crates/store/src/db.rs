//! The database: connecting, migrating, and the two ways to work with it.

pub(crate) mod cell;
pub(crate) mod change;
pub(crate) mod claim;
pub(crate) mod conn;
pub(crate) mod dialect;
#[cfg(test)]
mod faults;
pub(crate) mod filter;
mod health;
pub(crate) mod lease;
mod link;
pub(crate) mod listen;
mod postgres;
mod presence;
pub(crate) mod record;
pub(crate) mod session;
mod sqlite;

use std::{path::Path, time::Duration};

use sqlx::migrate::Migrator;
use tokio::sync::watch;

pub use self::{postgres::PostgresDb, sqlite::SqliteDb};
use crate::{StoreError, Unavailability, instance_settings, normal_forms};
use claim::Claim;
use conn::Conn;
use health::Health;
use session::Session;

/// How long the answer of a probe is good, unless a write fails: bounds the synced writes that callers can cause by asking.
const FRESH: Duration = Duration::from_secs(1);
/// How long a write shows that a database that is busy now is not stuck.
const BUSY: Duration = Duration::from_secs(30);
/// Size of a probe.
const PROBE_BYTES: usize = 1 << 10;
/// Size of a probe after a failed write: more than a request takes, or the smallest writes would hide the failures.
const LARGE_PROBE_BYTES: usize = 256 << 10;

static SQLITE_MIGRATIONS: Migrator = sqlx::migrate!("../../../migrations/sqlite");
static POSTGRES_MIGRATIONS: Migrator = sqlx::migrate!("../../../migrations/postgres");

/// The database behind the server. Clones share their connections.
#[derive(Clone)]
pub enum Db {
    /// A file of this machine.
    Sqlite(SqliteDb),
    /// A PostgreSQL server, or one that speaks its protocol.
    Postgres(PostgresDb),
}

/// Bounds on what the store takes and how long it waits.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Connections to PostgreSQL, or readers of a SQLite file.
    pub max_connections: u32,
    /// How long to wait for a connection (or, on SQLite, for the one writer).
    pub acquire_timeout: Duration,
    /// How long one statement may run (PostgreSQL), or wait for a lock that another process holds (both).
    pub statement_timeout: Duration,
    /// Whether a SQLite file that does not exist is made.
    pub create: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            max_connections: 10,
            acquire_timeout: Duration::from_secs(5),
            statement_timeout: Duration::from_secs(15),
            create: true,
        }
    }
}

impl Db {
    /// Connects to `sqlite://path` (made if it is missing and the options say so) or `postgres://user:password@host/database`.
    ///
    /// # Errors
    /// [`StoreError::Settings`] for another kind of URL, [`StoreError::Unavailable`] if the database does not answer.
    pub async fn connect(url: &str, options: &Options) -> Result<Self, StoreError> {
        if url.starts_with("sqlite:") {
            SqliteDb::connect(url, *options).await.map(Self::Sqlite)
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            PostgresDb::connect(url, *options).await.map(Self::Postgres)
        } else {
            Err(StoreError::Settings("the database URL must start with sqlite:// or postgres://".into()))
        }
    }

    /// Brings the schema, and what SQL cannot bring of the data, up to date.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        let done = match self {
            Self::Sqlite(db) => SQLITE_MIGRATIONS.run(&db.writer).await,
            Self::Postgres(db) => POSTGRES_MIGRATIONS.run(&db.pool).await,
        };
        if let (Err(_), Self::Sqlite(db)) = (&done, self) {
            // What failed may have left its transaction open, or counted.
            db.writer.acquire().await?.close_on_drop();
        }
        done.map_err(|error| match error {
            sqlx::migrate::MigrateError::Execute(error) => StoreError::from(error),
            other => StoreError::Migrate(other),
        })?;
        normal_forms::bring(self).await
    }

    /// Whether the schema is what this program expects: the number of migrations that are not applied yet.
    pub async fn pending_migrations(&self) -> Result<usize, StoreError> {
        let (known, applied) = match self {
            Self::Sqlite(db) => {
                let mut conn = db.writer.acquire().await?;
                (&SQLITE_MIGRATIONS, applied_migrations(&mut *conn).await?)
            }
            Self::Postgres(db) => {
                let mut conn = db.pool.acquire().await?;
                (&POSTGRES_MIGRATIONS, applied_migrations(&mut *conn).await?)
            }
        };
        Ok(known.iter().count().saturating_sub(applied))
    }

    /// For real traffic: what is written and committed stays.
    pub fn live(&self) -> Session {
        Session::live(self.clone())
    }

    /// For a dry run: nothing stays.
    pub fn dry(&self) -> Session {
        Session::dry(self.clone())
    }

    /// Finds out whether the database can be read and written to, by doing both.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] with the reason.
    pub async fn ready(&self, now: i64) -> Result<(), StoreError> {
        self.ping().await?;
        let health = self.health();
        // Calls at the same time share one probe.
        let _turn = health.probing.lock().await;
        if health.probed_within(FRESH) {
            return Ok(());
        }
        match self.probe(now).await {
            Ok(()) => {
                health.probed();
                Ok(())
            }
            // Waiting behind other writes is no failure while they come to an end.
            Err(StoreError::Unavailable(Unavailability::Busy | Unavailability::Timeout, _))
                if health.wrote_within(BUSY) =>
            {
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.reader().await?.execute("SELECT 1", Vec::new()).await.map(drop)
    }

    /// Writes something and keeps it: only that takes space.
    async fn probe(&self, now: i64) -> Result<(), StoreError> {
        let size = if self.health().has_failed() { LARGE_PROBE_BYTES } else { PROBE_BYTES };
        let filling = serde_json::Value::String("0".repeat(size));
        let mut lease = self.live().write().await?;
        instance_settings::set(&mut lease, "write_probe", &filling, now).await?;
        lease.commit().await
    }

    /// Closes all connections, after those in use have come back.
    pub async fn close(&self) {
        match self {
            Self::Sqlite(db) => db.close().await,
            Self::Postgres(db) => db.pool.close().await,
        }
    }

    /// Writes a consistent copy of a SQLite database to a file that does not exist yet, while the server runs. Only its
    /// owner can read it, and it is there when it is whole.
    ///
    /// # Errors
    /// [`StoreError::Unsupported`] on PostgreSQL, which has tools of its own for this, [`StoreError::File`] when the
    /// file is there already or cannot be made.
    pub async fn backup_to(&self, file: &Path) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(db) => db.backup_to(file).await,
            Self::Postgres(_) => Err(StoreError::Unsupported("back up a PostgreSQL database with pg_dump")),
        }
    }

    /// Claims the database for one server. Several can share a PostgreSQL database, but not a SQLite file, on which
    /// each would miss the other's deployments. Other commands need no claim.
    ///
    /// # Errors
    /// [`StoreError::Claimed`] if another server has the file.
    pub fn claim(&self) -> Result<Claim, StoreError> {
        match self {
            Self::Sqlite(db) => Claim::exclusive(db.presence.database()),
            Self::Postgres(_) => Ok(Claim::shared()),
        }
    }

    /// What the database is called, for people. Holds no password.
    pub fn name(&self) -> String {
        match self {
            Self::Sqlite(db) => db.presence.database().display().to_string(),
            Self::Postgres(db) => db.name(),
        }
    }

    /// Notices of deployments made by other processes: the value changes with each, and whenever one may have been
    /// missed. `None` on SQLite, which one process serves. A notice can be lost: compare
    /// [`deployments::generation`](crate::deployments::generation) from time to time as well.
    pub async fn listen(&self) -> Result<Option<watch::Receiver<u64>>, StoreError> {
        match self {
            Self::Sqlite(_) => Ok(None),
            Self::Postgres(db) => listen::listen(&db.pool).await.map(Some),
        }
    }

    pub(crate) fn options(&self) -> &Options {
        match self {
            Self::Sqlite(db) => &db.options,
            Self::Postgres(db) => &db.options,
        }
    }

    pub(crate) async fn reader(&self) -> Result<Conn, StoreError> {
        Ok(Conn::new(match self {
            Self::Sqlite(db) => db.reader().await?,
            Self::Postgres(db) => db.reader().await?,
        }))
    }

    pub(crate) async fn writer(&self) -> Result<Conn, StoreError> {
        Ok(Conn::new(match self {
            Self::Sqlite(db) => db.writer().await?,
            Self::Postgres(db) => db.writer().await?,
        }))
    }

    fn health(&self) -> &Health {
        match self {
            Self::Sqlite(db) => &db.health,
            Self::Postgres(db) => &db.health,
        }
    }
}

/// Error of a failed connection attempt; the caller may retry.
fn unavailable(error: sqlx::Error) -> StoreError {
    match StoreError::from(error) {
        StoreError::Database(error) => StoreError::Unavailable(Unavailability::Away, Some(error)),
        error => error,
    }
}

async fn applied_migrations<C: sqlx::migrate::Migrate>(conn: &mut C) -> Result<usize, StoreError> {
    const TABLE: &str = "_sqlx_migrations";
    conn.ensure_migrations_table(TABLE).await.map_err(StoreError::Migrate)?;
    conn.list_applied_migrations(TABLE).await.map(|list| list.len()).map_err(StoreError::Migrate)
}
