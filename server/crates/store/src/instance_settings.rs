//! Facts that are kept once for the whole instance.

use serde_json::Value;

use crate::{
    Conn, StoreError,
    db::{cell::args, record::record},
};

record! {
    /// A setting of the instance.
    pub struct InstanceSetting in "instance_settings" key key {
        /// Its name.
        pub key: String,
        /// Its value.
        pub value: Value,
        /// When it was first set.
        pub created_at: i64,
        /// When it was last set.
        pub updated_at: i64,
    }
}

/// The value of a setting.
pub async fn get(conn: &mut Conn, key: &str) -> Result<Option<Value>, StoreError> {
    let found = conn.find::<InstanceSetting>("WHERE key = $1", args![key]).await?;
    Ok(found.map(|setting| setting.value))
}

/// Sets a setting, new or not.
pub async fn set(conn: &mut Conn, key: &str, value: &Value, now: i64) -> Result<(), StoreError> {
    let setting =
        InstanceSetting { key: key.to_owned(), value: value.clone(), created_at: now, updated_at: now };
    conn.upsert(&setting, &["key"], &["value", "updated_at"]).await.map(drop)
}

/// Adds a setting unless there is one; gives the value that counts.
pub async fn add(conn: &mut Conn, key: &str, value: &Value, now: i64) -> Result<Value, StoreError> {
    let sql = "INSERT INTO instance_settings (key, value, created_at, updated_at) VALUES ($1, $2, $3, $3)
        ON CONFLICT (key) DO NOTHING";
    conn.execute(sql, args![key, value, now]).await?;
    get(conn, key).await?.ok_or(StoreError::Missing)
}

/// Removes a setting; `false` if there was none, so that one of several takers can know itself the first.
pub async fn delete(conn: &mut Conn, key: &str) -> Result<bool, StoreError> {
    Ok(conn.delete::<InstanceSetting>("key = $1", args![key]).await? > 0)
}
