//! The database that a test runs on.

use store::{
    Db, Options,
    testing::{TempDb, TempPostgres, temp_sqlite},
};

tokio::task_local! {
    /// The PostgreSQL database of the test that runs; none: each world gets a SQLite file of its own.
    static POSTGRES: String;
}

/// Runs a test on a new database of the PostgreSQL server, and removes the database.
pub async fn on_postgres(name: &str, test: impl Future<Output = ()> + Send + 'static) {
    let Some(database) = TempPostgres::create().await.unwrap() else {
        eprintln!("SKIPPED on PostgreSQL: {name} (HOOKWRIGHT_TEST_POSTGRES is not set)");
        return;
    };
    // In a task of its own, so that the database is removed after a panic too.
    let outcome = tokio::spawn(POSTGRES.scope(database.url.clone(), test)).await;
    database.remove().await.unwrap();
    if let Err(error) = outcome {
        std::panic::resume_unwind(error.into_panic());
    }
}

/// An empty database; the second part removes a SQLite file when it is dropped.
pub async fn database() -> (Db, Option<TempDb>) {
    match POSTGRES.try_with(Clone::clone) {
        Ok(url) => {
            let options = Options { max_connections: 4, ..Options::default() };
            let db = Db::connect(&url, &options).await.unwrap();
            db.migrate().await.unwrap();
            (db, None)
        }
        Err(_) => {
            let temp = temp_sqlite().await.unwrap();
            (temp.db.clone(), Some(temp))
        }
    }
}
