//! Whether a key is the one that a database was sealed with.
//!
//! The database holds a known text, sealed with the key of its first start. A database from before that is compared by
//! what else it holds sealed.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;

use crate::{
    Db, StoreError, instance_settings, secrets, signing_keys,
    vault::{Vault, VaultError},
};

/// Name of the setting that holds the sealed text.
const SETTING: &str = "vault_check";
/// Its context and what it says.
const CHECK: &str = "vault-check";
/// Sealed rows that are tried in a database without the text.
const TRIED: i64 = 1000;

/// What a database says of its key.
pub struct VaultCheck {
    /// The sealed text.
    check: Option<Value>,
    /// Else what is sealed in it, oldest first: context and value.
    sealed: Vec<(String, Vec<u8>)>,
}

impl VaultCheck {
    /// Reads what the database says.
    ///
    /// # Errors
    /// Database away.
    pub async fn read(db: &Db) -> Result<Self, StoreError> {
        let mut conn = db.live().read().await?;
        let check = instance_settings::get(&mut conn, SETTING).await?;
        let mut sealed = Vec::new();
        if check.is_none() {
            for key in signing_keys::oldest(&mut conn, TRIED).await? {
                let context = signing_keys::context(&key.project_id);
                sealed.push((key.created_at, context, key.private_key.into_exposed()));
            }
            for secret in secrets::oldest(&mut conn, TRIED).await? {
                let context = secrets::context(&secret.project_id, &secret.name);
                sealed.push((secret.updated_at, context, secret.value.into_exposed()));
            }
            // Stable: of one millisecond, signing keys come first.
            sealed.sort_by_key(|(at, ..)| *at);
        }
        let sealed = sealed.into_iter().map(|(_, context, value)| (context, value)).collect();
        Ok(Self { check, sealed })
    }

    /// Whether the database holds what a new key could not open.
    pub fn needs_its_key(&self) -> bool {
        self.check.is_some() || !self.sealed.is_empty()
    }

    /// Whether `vault` has the database's key. Writes the text down where there is none yet.
    ///
    /// Without the text, the key of the oldest value is the right one: newer values of another key were left by a server
    /// that had made itself a new key beside the database.
    ///
    /// # Errors
    /// Database away.
    pub async fn accept(&self, db: &Db, vault: &Vault, now: i64) -> Result<bool, StoreError> {
        if let Some(check) = &self.check {
            return Ok(opens(vault, check));
        }
        let opens_sealed = |(context, sealed): &(String, Vec<u8>)| vault.open(context, sealed).is_ok();
        if self.sealed.first().is_some_and(|oldest| !opens_sealed(oldest)) {
            return Ok(false);
        }
        let opened = self.sealed.iter().filter(|sealed| opens_sealed(sealed)).count();
        if opened < self.sealed.len() {
            tracing::warn!(opened, of = self.sealed.len(), "store.vault.holds_values_of_another_key");
        }
        let check = seal(vault).map_err(|error| StoreError::Settings(error.to_string()))?;
        let mut conn = db.live().write().await?;
        // Another process may have written its own at the same time.
        let check = instance_settings::add(&mut conn, SETTING, &check, now).await?;
        conn.commit().await?;
        Ok(opens(vault, &check))
    }
}

fn seal(vault: &Vault) -> Result<Value, VaultError> {
    Ok(STANDARD.encode(vault.seal(CHECK, CHECK.as_bytes())?).into())
}

fn opens(vault: &Vault, check: &Value) -> bool {
    let sealed = check.as_str().and_then(|text| STANDARD.decode(text).ok()).unwrap_or_default();
    vault.open(CHECK, &sealed).is_ok_and(|plain| plain == CHECK.as_bytes())
}
