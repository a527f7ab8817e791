//! Databases and a clock for tests, of this crate and of others.

use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};

use sqlx::{Connection, PgConnection};
use tempfile::TempDir;

use contract::ids::UserId;
use serde_json::Value;

use crate::{Clock, Conn, Db, Options, StoreError, db::cell::args, instance_settings};

/// A clock that stands still until it is moved.
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock at a time, in milliseconds since 1970.
    pub fn at(now_ms: i64) -> Self {
        Self(AtomicI64::new(now_ms))
    }

    /// Moves it on by seconds.
    pub fn advance_s(&self, seconds: i64) {
        self.advance_ms(seconds * 1000);
    }

    /// Moves it on by milliseconds.
    pub fn advance_ms(&self, milliseconds: i64) {
        self.0.fetch_add(milliseconds, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// A database that is removed when this is dropped.
pub struct TempDb {
    /// The database, migrated and empty.
    pub db: Db,
    _folder: TempDir,
}

/// Stores an address of a user as it is given, as programs did before addresses had a normal form.
///
/// # Errors
/// What the database says.
pub async fn set_stored_email(
    conn: &mut Conn,
    id: &UserId,
    email: &str,
    folded: &str,
) -> Result<(), StoreError> {
    let sql = "UPDATE users SET email = $2, email_folded = $3 WHERE id = $1";
    conn.execute(sql, args![id, email, folded]).await.map(drop)
}

/// Asks the next [`Db::migrate`] to bring stored addresses and names into their normal form.
///
/// # Errors
/// What the database says.
pub async fn before_normal_forms(conn: &mut Conn) -> Result<(), StoreError> {
    instance_settings::set(conn, crate::normal_forms::PENDING, &Value::Bool(true), 0).await
}

/// A new SQLite database in a temporary folder.
///
/// # Errors
/// [`StoreError::Settings`] if there is no place for it, and all of [`Db::connect`] and [`Db::migrate`].
pub async fn temp_sqlite() -> Result<TempDb, StoreError> {
    temp_sqlite_with(&Options::default()).await
}

/// The same, with other bounds.
///
/// # Errors
/// As of [`temp_sqlite`].
pub async fn temp_sqlite_with(options: &Options) -> Result<TempDb, StoreError> {
    let unusable = |error: std::io::Error| StoreError::Settings(error.to_string());
    let folder = TempDir::new().map_err(unusable)?;
    let url = format!("sqlite://{}", folder.path().join("test.db").display());
    let db = Db::connect(&url, options).await?;
    db.migrate().await?;
    Ok(TempDb { db, _folder: folder })
}

/// A new, empty database on the PostgreSQL server that `HOOKWRIGHT_TEST_POSTGRES` names.
pub struct TempPostgres {
    /// Its address.
    pub url: String,
    server: String,
    database: String,
}

impl TempPostgres {
    /// Makes one; none when there is no server and none is required (`CI`, `HOOKWRIGHT_REQUIRE_POSTGRES`).
    ///
    /// # Errors
    /// [`StoreError::Settings`] if a server is required and none is named, or its address names no database; and
    /// what the server says.
    pub async fn create() -> Result<Option<Self>, StoreError> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let Ok(server) = std::env::var("HOOKWRIGHT_TEST_POSTGRES") else {
            let set = |name: &str, value: &str| std::env::var(name).is_ok_and(|set| set == value);
            return if set("CI", "true") || set("HOOKWRIGHT_REQUIRE_POSTGRES", "1") {
                let text = "HOOKWRIGHT_TEST_POSTGRES is not set, and PostgreSQL is required here";
                Err(StoreError::Settings(text.to_owned()))
            } else {
                Ok(None)
            };
        };
        let Some((base, _)) = server.rsplit_once('/') else {
            return Err(StoreError::Settings("the server's address names no database".to_owned()));
        };
        // Test programs run at the same time, and a program runs several tests.
        let database = format!("test_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let url = format!("{base}/{database}");
        command(&server, format!("CREATE DATABASE {database}")).await?;
        Ok(Some(Self { url, server, database }))
    }

    /// Removes it, whoever is still connected.
    ///
    /// # Errors
    /// What the server says.
    pub async fn remove(self) -> Result<(), StoreError> {
        command(&self.server, format!("DROP DATABASE {} WITH (FORCE)", self.database)).await
    }
}

async fn command(server: &str, sql: String) -> Result<(), StoreError> {
    let mut conn = PgConnection::connect(server).await?;
    sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut conn).await?;
    conn.close().await?;
    Ok(())
}
