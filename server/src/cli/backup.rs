//! `hookwright backup`.

use std::path::Path;

use anyhow::{Context as _, bail};
use store::Db;

use super::print;
use crate::{config::Config, startup::connect};

pub(super) async fn run(config: &Config, file: &Path) -> anyhow::Result<()> {
    let db = connect(config).await?;
    if matches!(db, Db::Postgres(_)) {
        bail!("the database is PostgreSQL: back it up with pg_dump");
    }
    db.backup_to(file).await.with_context(|| format!("cannot write {}", file.display()))?;
    db.close().await;
    print(&format!("{} holds a copy of the database. Keep the secret key with it.", file.display()))?;
    Ok(())
}
