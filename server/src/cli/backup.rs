//! `hookwright backup`.

use std::path::Path;

use anyhow::{Context as _, bail};

use super::print;
use crate::{config::Config, startup::connect};

pub(super) async fn run(config: &Config, file: &Path) -> anyhow::Result<()> {
    if file.exists() {
        bail!("{} exists already", file.display());
    }
    let db = connect(config).await?;
    db.backup_to(file).await.with_context(|| format!("cannot write {}", file.display()))?;
    db.close().await;
    print(&format!("{} holds a copy of the database. Keep the secret key with it.", file.display()))?;
    Ok(())
}
