//! The key that encrypts secrets, checked against the database.

use store::{Clock as _, Db, SystemClock, vault::Vault, vault_check::VaultCheck};

use super::StartError;
use crate::config::Config;

/// File of the key in the data folder.
const KEY_FILE: &str = "secret.key";

/// Gets the key from the settings or its file; makes one only for a database that holds nothing encrypted.
///
/// # Errors
/// When the key is missing, unreadable or not the database's.
pub(super) async fn vault(config: &Config, db: &Db) -> Result<Vault, StartError> {
    let check = VaultCheck::read(db).await?;
    let path = config.data_dir.join(KEY_FILE);
    let file = path.display().to_string();
    let given = config.secret_key.reveal();
    let (vault, key) = if !given.is_empty() {
        (Vault::from_base64(given)?, "HOOKWRIGHT_SECRET_KEY (the setting `secret_key`)".to_owned())
    } else if let Some(vault) = Vault::load(&path)? {
        (vault, file)
    } else if check.needs_its_key() {
        return Err(StartError::NoKey { file, database: db.name() });
    } else {
        (Vault::load_or_create(&path)?, file)
    };
    if check.accept(db, &vault, SystemClock.now_ms()).await? {
        Ok(vault)
    } else {
        Err(StartError::WrongKey { key, database: db.name() })
    }
}
