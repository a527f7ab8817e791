//! What a dry run would have changed.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::db::record::Record;

/// One row that a dry run wrote. Secrets in it are replaced by `•••`. Rows that the database itself removes along with
/// another (a deleted user's sessions) are not listed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// The table.
    pub table: &'static str,
    /// What was done.
    pub operation: Operation,
    /// The row's id (or name, or key).
    pub id: String,
    /// The row as it was.
    pub before: Option<Value>,
    /// The row as it would be.
    pub after: Option<Value>,
}

/// What was done to a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Operation {
    /// The row is new.
    Insert,
    /// The row is different.
    Update,
    /// The row is gone.
    Delete,
}

impl Operation {
    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Insert => "insert",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }
}

impl Change {
    /// The change between two states of a row; nothing if there is neither.
    pub(crate) fn between<T: Record>(before: Option<&T>, after: Option<&T>) -> Option<Self> {
        let (operation, row) = match (before, after) {
            (None, Some(row)) => (Operation::Insert, row),
            (Some(_), Some(row)) => (Operation::Update, row),
            (Some(row), None) => (Operation::Delete, row),
            (None, None) => return None,
        };
        let json = |row: &T| serde_json::to_value(row).ok();
        Some(Self {
            table: T::TABLE,
            operation,
            id: row.key(),
            before: before.and_then(json),
            after: after.and_then(json),
        })
    }
}
