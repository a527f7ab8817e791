//! The store: the only place that knows SQL.
//!
//! A caller asks a [`Session`] for a [`Lease`] and hands it to the functions of the aggregates, one module per table:
//!
//! ```ignore
//! let mut lease = session.write().await?;
//! users::record_login(&mut lease, &project, &user, ip, now).await?;
//! outbox::insert(&mut lease, &event).await?;
//! lease.commit().await?;
//! ```
//!
//! Functions of project-scoped tables take the [`ProjectId`](contract::ids::ProjectId) right after the connection, and
//! find nothing of another project. A lookup returns `Result<Option<T>>`. A taken name is
//! [`StoreError::Conflict`] with the [`Constraint`]. After an error the lease is of no more use: drop it. Times are
//! Unix milliseconds and come from the caller's [`Clock`]; so do ids, from [`new_id`].
//!
//! It must not know hooks, flows or HTTP, hash anything, or decide what is allowed. What has to be encrypted at rest comes
//! here sealed, with the [`vault`].
//!
//! To add a table: one migration of the same name in `migrations/sqlite` and `migrations/postgres` (append-only,
//! `project_id` first in the primary key), one file here with a `record!` and its functions, written with the shapes
//! in `db/conn.rs` (one SQL text for both databases, journalled in dry runs), and one test in `tests/it`.

mod clock;
mod db;
mod error;
mod error_body;
mod fold;
mod new_id;
mod normal_forms;
mod secret;

pub mod admin_sessions;
pub mod admins;
pub mod api_keys;
pub mod audit_log;
pub mod cache_entries;
pub mod clock_mark;
pub mod deployments;
pub mod hook_runs;
pub mod hook_versions;
pub mod hooks;
pub mod instance_settings;
pub mod log_entries;
pub mod mails;
pub mod outbox;
pub mod private;
pub mod projects;
pub mod refresh_tokens;
pub mod requests;
pub mod secrets;
pub mod sessions;
pub mod signing_keys;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod tickets;
pub mod users;
pub mod vault;
pub mod vault_check;

pub use clock::{Clock, SystemClock};
pub use db::{
    Db, Options, PostgresDb, SqliteDb,
    change::{Change, Operation},
    claim::Claim,
    conn::Conn,
    lease::Lease,
    session::Session,
};
pub use error::{Constraint, StoreError, Unavailability};
pub use fold::fold;
pub use new_id::new_id;
pub use secret::{REDACTED, Secret};
