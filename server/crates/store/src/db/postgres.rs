//! A PostgreSQL server, or one that speaks its protocol: one bounded pool for everything.

use std::{str::FromStr, sync::Arc};

use sqlx::{
    PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use crate::{
    StoreError,
    db::{
        Options,
        health::Health,
        link::{Link, Wire},
        unavailable,
    },
};

/// One bounded pool for everything.
#[derive(Clone)]
pub struct PostgresDb {
    pub(super) pool: PgPool,
    pub(super) health: Arc<Health>,
    pub(super) options: Options,
}

impl PostgresDb {
    pub(super) async fn connect(url: &str, options: Options) -> Result<Self, StoreError> {
        let timeout = format!("{}ms", options.statement_timeout.as_millis());
        let server = PgConnectOptions::from_str(url)?
            .application_name("hookwright")
            .options([("statement_timeout", timeout.as_str()), ("lock_timeout", timeout.as_str())]);
        let pool = PgPoolOptions::new()
            .max_connections(options.max_connections.max(1))
            .acquire_timeout(options.acquire_timeout)
            .connect_with(server)
            .await?;
        Ok(Self { pool, health: Arc::default(), options })
    }

    pub(super) async fn reader(&self) -> Result<Link, StoreError> {
        Ok(Link::read(self.wire().await?, self.health.clone()))
    }

    pub(super) async fn writer(&self) -> Result<Link, StoreError> {
        match self.wire().await {
            Ok(wire) => Link::write(wire, self.health.clone()).await,
            Err(error) => {
                if let Some(reason) = error.unavailability() {
                    self.health.failed(reason);
                }
                Err(error)
            }
        }
    }

    /// What the database is called, for people.
    pub(super) fn name(&self) -> String {
        let options = self.pool.connect_options();
        let database = options.get_database().unwrap_or_else(|| options.get_username());
        format!("the PostgreSQL database {database} on {}", options.get_host())
    }

    async fn wire(&self) -> Result<Wire, StoreError> {
        let conn = self.pool.acquire().await.map_err(unavailable)?;
        Ok(Wire::Postgres(conn, self.pool.clone()))
    }
}
