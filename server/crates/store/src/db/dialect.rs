//! What the two databases say differently. Everything else has one text.

use crate::db::conn::{Conn, Dialect};

/// Locks the selected rows until the end of the transaction. SQLite has one writer, which is lock enough.
pub(crate) fn for_update(conn: &Conn) -> &'static str {
    match conn.dialect() {
        Dialect::Sqlite => "",
        Dialect::Postgres => " FOR UPDATE",
    }
}

/// Locks the selected rows against other changes only: rows that refer to them can be added meanwhile.
pub(crate) fn for_change(conn: &Conn) -> &'static str {
    match conn.dialect() {
        Dialect::Sqlite => "",
        Dialect::Postgres => " FOR NO KEY UPDATE",
    }
}

/// Locks the selected rows and passes over those that another worker has locked.
pub(crate) fn for_update_skip_locked(conn: &Conn) -> &'static str {
    match conn.dialect() {
        Dialect::Sqlite => "",
        Dialect::Postgres => " FOR UPDATE SKIP LOCKED",
    }
}
