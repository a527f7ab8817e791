//! Databases for the suite, and a way to compare all that is in one.

use sqlx::{Connection, PgConnection, Row, SqliteConnection};
use store::{Db, Options, testing::TempPostgres};

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
    let Some(database) = TempPostgres::create().await.unwrap() else {
        eprintln!("SKIPPED on PostgreSQL: {name} (HOOKWRIGHT_TEST_POSTGRES is not set)");
        return;
    };
    let test_db = connect(database.url.clone()).await;
    let db = test_db.db.clone();
    // In a task of its own, so that the database is removed after a panic too.
    let outcome = tokio::spawn(test(test_db)).await;
    db.close().await;
    database.remove().await.unwrap();
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
