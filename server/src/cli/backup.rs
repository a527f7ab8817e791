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
    // Made first, and empty, so that nobody else can read what is written into it.
    private_file(file).with_context(|| format!("cannot make {}", file.display()))?;
    db.backup_to(file).await.with_context(|| format!("cannot write {}", file.display()))?;
    db.close().await;
    print(&format!("{} holds a copy of the database. Keep the secret key with it.", file.display()))?;
    Ok(())
}

fn private_file(file: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map(drop)
}
