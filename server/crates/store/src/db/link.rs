//! A connection taken from a pool, and the proof that it is clean before it serves again.
//!
//! SQLite ends a transaction by itself after some errors, and a call can be dropped while its BEGIN or COMMIT is on
//! the way: no counter of begun transactions can know. So a connection is given back to its pool only after the
//! database has confirmed the end of its transaction; else it is closed.

use std::{sync::Arc, time::Duration};

use sqlx::{PgConnection, PgPool, Postgres, Sqlite, SqliteConnection, pool::PoolConnection};

use crate::{
    StoreError, Unavailability,
    db::{conn::Dialect, health::Health, listen},
};

/// How long a database may take to confirm a rollback before its connection is closed.
const PATIENCE: Duration = Duration::from_secs(15);

/// A connection in use. Dropped, it rolls back what is not committed.
pub(super) struct Link {
    /// `None` when it was given back.
    wire: Option<Wire>,
    state: State,
    writes: bool,
    health: Arc<Health>,
}

/// The connection itself.
pub(super) enum Wire {
    Sqlite(PoolConnection<Sqlite>),
    /// With the pool through which the other processes are told after a commit.
    Postgres(PoolConnection<Postgres>, PgPool),
}

/// The connection, as sqlx runs statements on it.
pub(super) enum Driver<'a> {
    Sqlite(&'a mut SqliteConnection),
    Postgres(&'a mut PgConnection),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// No transaction is open.
    Idle,
    /// A transaction is open, or perhaps: its end was not confirmed.
    Open,
    /// It must not serve again.
    Broken,
}

impl Link {
    /// A connection to read with, without a transaction.
    pub(super) fn read(wire: Wire, health: Arc<Health>) -> Self {
        Self { wire: Some(wire), state: State::Idle, writes: false, health }
    }

    /// Begins a transaction that writes.
    pub(super) async fn write(wire: Wire, health: Arc<Health>) -> Result<Self, StoreError> {
        // Open from before BEGIN is sent: this call may be dropped at any time.
        let mut link = Self { wire: Some(wire), state: State::Open, writes: true, health };
        let begun = match link.driver()? {
            // IMMEDIATE takes the write lock at once: a lock that is upgraded later can fail at any statement.
            Driver::Sqlite(conn) => sqlx::query("BEGIN IMMEDIATE").execute(conn).await.map(drop),
            Driver::Postgres(conn) => sqlx::raw_sql("BEGIN").execute(conn).await.map(drop),
        };
        begun.map_err(|error| link.note(error))?;
        Ok(link)
    }

    /// Whether this is a transaction that writes.
    pub(super) fn writes(&self) -> bool {
        self.writes
    }

    pub(super) fn dialect(&self) -> Dialect {
        match self.wire {
            Some(Wire::Postgres(..)) => Dialect::Postgres,
            Some(Wire::Sqlite(_)) | None => Dialect::Sqlite,
        }
    }

    pub(super) fn driver(&mut self) -> Result<Driver<'_>, StoreError> {
        match &mut self.wire {
            Some(Wire::Sqlite(conn)) => Ok(Driver::Sqlite(conn)),
            Some(Wire::Postgres(conn, _)) => Ok(Driver::Postgres(conn)),
            None => Err(StoreError::Failed),
        }
    }

    /// Draws the conclusions from an error: what it says of the connection, and of writing.
    pub(super) fn note(&mut self, error: sqlx::Error) -> StoreError {
        let known = is_answer(&error);
        let error = StoreError::from(error);
        let reason = error.unavailability();
        if !known || reason.is_some_and(ends_connection) {
            self.state = State::Broken;
        }
        if let Some(reason) = reason
            && self.writes
        {
            self.health.failed(reason);
        }
        error
    }

    /// Commits a live write, then tells the other processes if the deployment counter moved.
    pub(super) async fn commit(mut self, notice: Option<i64>) -> Result<(), StoreError> {
        if !self.writes {
            return Ok(());
        }
        let committed = match self.driver()? {
            Driver::Sqlite(conn) => sqlx::query("COMMIT").execute(conn).await.map(drop),
            Driver::Postgres(conn) => sqlx::raw_sql("COMMIT").execute(conn).await.map(drop),
        };
        if let Err(error) = committed {
            let lost = !matches!(error, sqlx::Error::Database(_));
            return Err(match self.note(error) {
                // Without an answer of the server, the commit may have been made.
                StoreError::Unavailable(Unavailability::Away, source) if lost => {
                    StoreError::Unavailable(Unavailability::InDoubt, source)
                }
                error => error,
            });
        }
        self.state = State::Idle;
        self.health.wrote();
        if let (Some(Wire::Postgres(_, pool)), Some(generation)) = (&self.wire, notice) {
            let pool = pool.clone();
            drop(self);
            listen::notify(&pool, generation).await;
        }
        Ok(())
    }

    /// Rolls back and waits for it.
    pub(super) async fn roll_back(mut self) -> Result<(), StoreError> {
        if self.state == State::Open
            && let Some(wire) = &mut self.wire
        {
            let done = wire.roll_back().await;
            done.map_err(|error| self.note(error))?;
            self.state = State::Idle;
        }
        Ok(())
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        let Some(mut wire) = self.wire.take() else { return };
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            // Nothing can be waited for at the end of the program.
            return wire.cut();
        };
        match self.state {
            State::Idle => {}
            State::Broken => wire.close(),
            State::Open => {
                runtime.spawn(async move {
                    let confirmed = tokio::time::timeout(PATIENCE, wire.roll_back()).await;
                    if let Err(error) = confirmed.unwrap_or(Err(sqlx::Error::PoolTimedOut)) {
                        tracing::warn!(%error, "store.connection.closed");
                        wire.close();
                    }
                });
            }
        }
    }
}

impl Wire {
    /// Ends the transaction, if there is one.
    async fn roll_back(&mut self) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(conn) => match sqlx::query("ROLLBACK").execute(&mut **conn).await {
                // It has ended by itself, or by a COMMIT whose answer was not waited for.
                Err(error) if has_no_transaction(&error) => Ok(()),
                done => done.map(drop),
            },
            Self::Postgres(conn, _) => sqlx::raw_sql("ROLLBACK").execute(&mut **conn).await.map(drop),
        }
    }

    /// Has the connection closed when it is dropped, so that the pool opens another one.
    fn close(&mut self) {
        match self {
            Self::Sqlite(conn) => conn.close_on_drop(),
            Self::Postgres(conn, _) => conn.close_on_drop(),
        }
    }

    /// Drops the connection without saying goodbye.
    fn cut(self) {
        match self {
            Self::Sqlite(conn) => drop(conn.detach()),
            Self::Postgres(conn, _) => drop(conn.detach()),
        }
    }
}

/// Whether the error is what a connection in order answers, or is about the values that it brought.
fn is_answer(error: &sqlx::Error) -> bool {
    /// SQLite's `INTERNAL` and `MISUSE`.
    const DEFECTS: [u32; 2] = [2, 21];
    match error {
        sqlx::Error::Database(database) => {
            let sqlite = database.try_downcast_ref::<sqlx::sqlite::SqliteError>();
            let code = sqlite.and_then(|_| database.code()?.parse::<u32>().ok());
            !code.is_some_and(|code| DEFECTS.contains(&(code & 0xff)))
        }
        sqlx::Error::RowNotFound
        | sqlx::Error::TypeNotFound { .. }
        | sqlx::Error::ColumnIndexOutOfBounds { .. }
        | sqlx::Error::ColumnNotFound(_)
        | sqlx::Error::ColumnDecode { .. }
        | sqlx::Error::Encode(_)
        | sqlx::Error::Decode(_) => true,
        _ => false,
    }
}

/// Whether a new connection can do better: the file may be another one now, or one that can be written.
fn ends_connection(reason: Unavailability) -> bool {
    use Unavailability::{Away, Damaged, InDoubt, Io, ReadOnly, Replaced};
    matches!(reason, Away | Damaged | InDoubt | Io | ReadOnly | Replaced)
}

fn has_no_transaction(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|error| error.message().contains("no transaction is active"))
}
