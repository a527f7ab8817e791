//! The database: connecting, migrating, and the two ways to work with it.

pub(crate) mod cell;
pub(crate) mod change;
pub(crate) mod conn;
pub(crate) mod dialect;
pub(crate) mod filter;
pub(crate) mod lease;
pub(crate) mod listen;
pub(crate) mod record;
pub(crate) mod session;

use std::{path::Path, str::FromStr, time::Duration};

use sqlx::{
    PgPool, SqlitePool,
    migrate::Migrator,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::sync::watch;

use crate::StoreError;
use conn::{Conn, Link};
use session::Session;

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

/// One connection that writes, several that read.
#[derive(Clone)]
pub struct SqliteDb {
    writer: SqlitePool,
    readers: SqlitePool,
    options: Options,
}

/// One bounded pool for everything.
#[derive(Clone)]
pub struct PostgresDb {
    pool: PgPool,
    options: Options,
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

    /// Brings the schema up to date.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(db) => SQLITE_MIGRATIONS.run(&db.writer).await,
            Self::Postgres(db) => POSTGRES_MIGRATIONS.run(&db.pool).await,
        }
        .map_err(|error| match error {
            sqlx::migrate::MigrateError::Execute(error) => StoreError::from(error),
            other => StoreError::Migrate(other),
        })
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

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.reader().await?.execute("SELECT 1", Vec::new()).await.map(drop)
    }

    /// Closes all connections, after those in use have come back.
    pub async fn close(&self) {
        match self {
            Self::Sqlite(db) => {
                db.readers.close().await;
                db.writer.close().await;
            }
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
        let Self::Sqlite(db) = self else {
            return Err(StoreError::Unsupported("back up a PostgreSQL database with pg_dump"));
        };
        if file.try_exists()? {
            return Err(StoreError::File(std::io::ErrorKind::AlreadyExists.into()));
        }
        let part = file.with_added_extension("part");
        // Of a backup that was killed.
        if part.try_exists()? {
            std::fs::remove_file(&part)?;
        }
        let written = db.copy_into(&part).await.and_then(|()| Ok(std::fs::rename(&part, file)?));
        if written.is_err() {
            // What became of it does not matter any more.
            let _ = std::fs::remove_file(&part);
        }
        written
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
            Self::Sqlite(db) => Link::Sqlite(db.readers.acquire().await?),
            Self::Postgres(db) => Link::Postgres(db.pool.acquire().await?),
        }))
    }

    pub(crate) async fn writer(&self) -> Result<Conn, StoreError> {
        Ok(Conn::new(match self {
            // IMMEDIATE takes the write lock at once: a lock that is upgraded later can fail at any statement.
            Self::Sqlite(db) => Link::SqliteWrite(db.writer.begin_with("BEGIN IMMEDIATE").await?),
            Self::Postgres(db) => Link::PostgresWrite(db.pool.begin().await?, db.pool.clone()),
        }))
    }
}

impl SqliteDb {
    /// Copies everything into a new file.
    async fn copy_into(&self, file: &Path) -> Result<(), StoreError> {
        let name = file.to_str().ok_or_else(|| StoreError::Settings("the file name is not UTF-8".into()))?;
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        // Made first, and empty, so that nobody else can read what is written into it.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let made = options.open(file)?;
        sqlx::query("VACUUM INTO $1").bind(name).execute(&self.writer).await?;
        made.sync_all()?;
        Ok(())
    }

    async fn connect(url: &str, options: Options) -> Result<Self, StoreError> {
        if url.contains(":memory:") || url.contains("mode=memory") {
            return Err(StoreError::Settings("a SQLite database must be a file".into()));
        }
        let file = SqliteConnectOptions::from_str(url)?
            .create_if_missing(options.create)
            .foreign_keys(true)
            .busy_timeout(options.acquire_timeout);
        let path = file.get_filename();
        if !options.create && !path.exists() {
            return Err(StoreError::Settings(format!("there is no database {}", path.display())));
        }
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(options.acquire_timeout)
            // The one writer stays: opening it again would cost every prepared statement.
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(
                file.clone().journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Normal),
            )
            .await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(options.max_connections.max(1))
            .acquire_timeout(options.acquire_timeout)
            .connect_with(file.pragma("query_only", "ON"))
            .await?;
        Ok(Self { writer, readers, options })
    }
}

impl PostgresDb {
    async fn connect(url: &str, options: Options) -> Result<Self, StoreError> {
        let timeout = format!("{}ms", options.statement_timeout.as_millis());
        let server = PgConnectOptions::from_str(url)?
            .application_name("hookwright")
            .options([("statement_timeout", timeout.as_str()), ("lock_timeout", timeout.as_str())]);
        let pool = PgPoolOptions::new()
            .max_connections(options.max_connections.max(1))
            .acquire_timeout(options.acquire_timeout)
            .connect_with(server)
            .await?;
        Ok(Self { pool, options })
    }
}

async fn applied_migrations<C: sqlx::migrate::Migrate>(conn: &mut C) -> Result<usize, StoreError> {
    const TABLE: &str = "_sqlx_migrations";
    conn.ensure_migrations_table(TABLE).await.map_err(StoreError::Migrate)?;
    conn.list_applied_migrations(TABLE).await.map(|list| list.len()).map_err(StoreError::Migrate)
}
