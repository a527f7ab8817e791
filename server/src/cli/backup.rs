//! `hookwright backup`.

use std::path::Path;

use anyhow::{Context as _, bail};
use store::Db;

use super::print;
use crate::{config::Config, startup::open};

pub(super) async fn run(config: &Config, file: &Path) -> anyhow::Result<()> {
    let db = open(config).await?;
    if matches!(db, Db::Postgres(_)) {
        bail!("the database is PostgreSQL: back it up with pg_dump");
    }
    let written = db.backup_to(file).await;
    db.close().await;
    written.with_context(|| format!("cannot write {}", file.display()))?;
    print(&format!("{} holds a copy of the database. Keep the secret key with it.", file.display()))?;
    Ok(())
}
