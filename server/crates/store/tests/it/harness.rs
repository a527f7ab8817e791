//! Databases for the suite, and a way to compare all that is in one.

use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{Connection, PgConnection, Row, SqliteConnection};
use store::{Db, Options};

/// A migrated, empty database.
#[derive(Clone)]
pub struct TestDb {
    pub db: Db,
    pub url: String,
}

/// Runs a test on a new SQLite file.
pub async fn on_sqlite<F: Future<Output = ()>>(test: impl FnOnce(TestDb) -> F) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("test.db").display());
    test(connect(url).await).await;
}

/// Runs a test on a new database of the PostgreSQL server, and removes the database.
pub async fn on_postgres<F>(name: &str, test: impl FnOnce(TestDb) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let Ok(server) = std::env::var("HOOKWRIGHT_TEST_POSTGRES") else {
        let required = |name: &str, value: &str| std::env::var(name).is_ok_and(|set| set == value);
        assert!(
            !required("CI", "true") && !required("HOOKWRIGHT_REQUIRE_POSTGRES", "1"),
            "HOOKWRIGHT_TEST_POSTGRES is not set, and PostgreSQL is required here"
        );
        eprintln!("SKIPPED on PostgreSQL: {name} (HOOKWRIGHT_TEST_POSTGRES is not set)");
        return;
    };
    let database = format!("store_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    command(&server, format!("CREATE DATABASE {database}")).await;
    let (base, _) = server.rsplit_once('/').expect("the server's URL ends with a database");
    let test_db = connect(format!("{base}/{database}")).await;
    let db = test_db.db.clone();
    // In a task of its own, so that the database is removed after a panic too.
    let outcome = tokio::spawn(test(test_db)).await;
    db.close().await;
    command(&server, format!("DROP DATABASE {database} WITH (FORCE)")).await;
    if let Err(error) = outcome {
        std::panic::resume_unwind(error.into_panic());
    }
}

async fn connect(url: String) -> TestDb {
    let options = Options { max_connections: 4, ..Options::default() };
    let db = Db::connect(&url, &options).await.unwrap();
    db.migrate().await.unwrap();
    TestDb { db, url }
}

async fn command(server: &str, sql: String) {
    let mut conn = PgConnection::connect(server).await.unwrap();
    sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
}

impl TestDb {
    /// A second, independent connection to the same database, as another process has it.
    pub async fn other_process(&self) -> Db {
        Db::connect(&self.url, &Options::default()).await.unwrap()
    }

    /// Every row of every table as text, in a fixed order.
    pub async fn dump(&self) -> Vec<String> {
        if self.url.starts_with("sqlite") { self.dump_sqlite().await } else { self.dump_postgres().await }
    }

    async fn dump_sqlite(&self) -> Vec<String> {
        let mut conn = SqliteConnection::connect(&self.url).await.unwrap();
        let tables = strings(
            sqlx::query("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
                .fetch_all(&mut conn)
                .await
                .unwrap(),
        );
        let mut lines = Vec::new();
        for table in tables {
            let sql =
                format!("SELECT 'quote(\"' || name || '\")' FROM pragma_table_info('{table}') ORDER BY cid");
            let columns = strings(sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_all(&mut conn).await.unwrap());
            let sql = format!("SELECT {} FROM \"{table}\" ORDER BY 1", columns.join(" || ',' || "));
            let rows = strings(sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_all(&mut conn).await.unwrap());
            lines.extend(rows.into_iter().map(|row| format!("{table}: {row}")));
        }
        lines
    }

    async fn dump_postgres(&self) -> Vec<String> {
        let mut conn = PgConnection::connect(&self.url).await.unwrap();
        let tables = strings(
            sqlx::query("SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
                .fetch_all(&mut conn)
                .await
                .unwrap(),
        );
        let mut lines = Vec::new();
        for table in tables {
            let sql = format!("SELECT t::text FROM \"{table}\" t ORDER BY 1");
            let rows = strings(sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_all(&mut conn).await.unwrap());
            lines.extend(rows.into_iter().map(|row| format!("{table}: {row}")));
        }
        lines
    }
}

fn strings<R: Row>(rows: Vec<R>) -> Vec<String>
where
    for<'r> String: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
    usize: sqlx::ColumnIndex<R>,
{
    rows.iter().map(|row| row.get::<String, _>(0)).collect()
}
