//! Last time at which the wall clock was trusted.

use serde_json::{Value, json};

use crate::{Conn, StoreError, db::cell::args, instance_settings};

/// Name of the setting.
const SETTING: &str = "clock_mark";

/// What was last known of the wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockMark {
    /// The last time at which it was trusted.
    pub trusted_at: i64,
    /// What it said at the last look, trusted or not.
    pub seen_at: i64,
    /// How long it has run steadily since it was last not trusted, in milliseconds.
    pub steady_ms: i64,
}

/// The mark; in a database without one, the time of the newest record.
pub async fn get(conn: &mut Conn) -> Result<Option<ClockMark>, StoreError> {
    if let Some(mark) = instance_settings::get(conn, SETTING).await?.as_ref().and_then(read) {
        return Ok(Some(mark));
    }
    let mut newest = None;
    for table in ["sessions", "users", "audit_log"] {
        let sql = format!("SELECT created_at AS value FROM {table} ORDER BY created_at DESC LIMIT 1");
        newest = newest.max(conn.value::<i64>(sql, args![]).await?);
    }
    Ok(newest.map(|at| ClockMark { trusted_at: at, seen_at: at, steady_ms: 0 }))
}

/// Writes the mark.
pub async fn set(conn: &mut Conn, mark: ClockMark) -> Result<(), StoreError> {
    let ClockMark { trusted_at, seen_at, steady_ms } = mark;
    let value = json!({"trusted_at": trusted_at, "seen_at": seen_at, "steady_ms": steady_ms});
    instance_settings::set(conn, SETTING, &value, seen_at).await
}

fn read(value: &Value) -> Option<ClockMark> {
    let field = |name: &str| value.get(name)?.as_i64();
    Some(ClockMark {
        trusted_at: field("trusted_at")?,
        seen_at: field("seen_at")?,
        steady_ms: field("steady_ms")?,
    })
}
