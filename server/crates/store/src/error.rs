//! What can go wrong in the store, in words that may be shown: `Display` never contains SQL or data.

use std::fmt;

/// The store's error.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A value that must be unique is taken.
    #[error("{0}")]
    Conflict(Constraint),
    /// The row refers to another one that does not exist (or no longer).
    #[error("a record that this one refers to does not exist")]
    Missing,
    /// The database cannot answer now; the same call may succeed later.
    #[error("the database is unavailable: {0}")]
    Unavailable(Unavailability, #[source] Option<sqlx::Error>),
    /// An earlier statement of the same write failed, so nothing of it can be kept: drop the lease and start again.
    #[error("an earlier statement failed, so nothing was saved")]
    Failed,
    /// The dry run's session was already discarded.
    #[error("the dry run is over")]
    Discarded,
    /// The dry run had the writer for as long as it may, and was rolled back.
    #[error("the dry run was rolled back, because it took too long after its first change")]
    Expired,
    /// What is stored does not have the expected form.
    #[error("stored data of column `{column}` could not be read")]
    Corrupt {
        /// The column.
        column: String,
    },
    /// The database URL or a setting is not usable.
    #[error("database settings: {0}")]
    Settings(String),
    /// A file could not be written.
    #[error("the file cannot be written: {0}")]
    File(#[from] std::io::Error),
    /// Another server uses the SQLite file.
    #[error("another server uses {file} (process {process}); stop it first, or name another data folder")]
    Claimed {
        /// The database.
        file: String,
        /// The other server's process id.
        process: String,
    },
    /// A migration failed.
    #[error("the database could not be migrated")]
    Migrate(#[source] sqlx::migrate::MigrateError),
    /// The operation exists on the other kind of database only.
    #[error("{0}")]
    Unsupported(&'static str),
    /// The database refused a statement: a defect of this program.
    #[error("the database refused a statement")]
    Database(#[source] sqlx::Error),
}

/// Why the database is unavailable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unavailability {
    /// No connection could be made, or it broke.
    Away,
    /// No connection became free in time, or a statement ran too long.
    Timeout,
    /// Another writer holds what is needed, or the transactions collided.
    Busy,
    /// The disk or another resource of the database is exhausted.
    Full,
    /// The database accepts no writes.
    ReadOnly,
    /// Its files cannot be read or written.
    Io,
    /// Its file is damaged.
    Damaged,
    /// Its file was deleted or replaced while the server ran.
    Replaced,
    /// The database ended the transaction by itself.
    Ended,
    /// The connection broke during the commit: the write may or may not be saved.
    InDoubt,
}

impl fmt::Display for Unavailability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Away => "it cannot be reached",
            Self::Timeout => "it did not answer in time",
            Self::Busy => "it is busy with another write",
            Self::Full => "it is out of disk space or memory",
            Self::ReadOnly => "it is read-only",
            Self::Io => "its files cannot be read or written",
            Self::Damaged => "its file is damaged",
            Self::Replaced => "its file was deleted or replaced; restart the server",
            Self::Ended => "it ended the transaction early",
            Self::InDoubt => "the connection broke while it was saving",
        })
    }
}

macro_rules! constraints {
    ($($(#[doc = $doc:literal])+ $name:ident = $postgres:literal, $sqlite:literal, $message:literal;)+) => {
        /// A uniqueness rule of the schema.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Constraint {
            $($(#[doc = $doc])+ $name,)+
            /// Any other: the same id twice, for example.
            Other,
        }

        impl Constraint {
            /// By the constraint's name on PostgreSQL.
            fn by_name(name: &str) -> Self {
                match name { $($postgres => Self::$name,)+ _ => Self::Other }
            }

            /// By the columns that SQLite lists.
            fn by_columns(columns: &str) -> Self {
                match columns { $($sqlite => Self::$name,)+ _ => Self::Other }
            }
        }

        impl fmt::Display for Constraint {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $(Self::$name => $message,)+ Self::Other => "it exists already" })
            }
        }
    };
}

constraints! {
    /// An administrator's e-mail address.
    AdminEmail = "admins_email_key", "admins.email", "an administrator with this e-mail address exists";
    /// A project's slug.
    ProjectSlug = "projects_slug_key", "projects.slug", "a project with this slug exists";
    /// A project's own host name.
    ProjectHost = "projects_custom_host_key", "projects.custom_host", "another project uses this host name";
    /// At most one project is the default.
    DefaultProject = "projects_default_key", "projects.is_default", "another project is the default";
    /// A user's e-mail address within the project.
    UserEmail = "users_email_key", "users.project_id, users.email_folded", "a user with this e-mail address exists";
    /// A user's name within the project.
    UserUsername = "users_username_key", "users.project_id, users.username_folded", "a user with this username exists";
    /// A hook's version number.
    VersionNumber = "hook_versions_number_key",
        "hook_versions.project_id, hook_versions.hook_id, hook_versions.number", "this version exists already";
}

const SQLITE_UNIQUE: &str = "UNIQUE constraint failed: ";

impl StoreError {
    /// Whether the same call may succeed later without any change.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable(..))
    }

    /// Why the database is unavailable, if that is what happened.
    pub fn unavailability(&self) -> Option<Unavailability> {
        if let Self::Unavailable(reason, _) = self { Some(*reason) } else { None }
    }

    /// The violated uniqueness rule, if that is what happened.
    pub fn conflict(&self) -> Option<Constraint> {
        if let Self::Conflict(constraint) = self { Some(*constraint) } else { None }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        use Unavailability::{Away, Timeout};
        let reason = match &error {
            sqlx::Error::PoolTimedOut => Timeout,
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            // What arrives of an answer when its sender dies half-way.
            | sqlx::Error::Protocol(_)
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => Away,
            sqlx::Error::Configuration(reason) => return Self::Settings(reason.to_string()),
            sqlx::Error::ColumnDecode { index, .. } => return Self::Corrupt { column: index.clone() },
            sqlx::Error::Database(database) => {
                if database.is_unique_violation() {
                    let by_columns =
                        database.message().strip_prefix(SQLITE_UNIQUE).map(Constraint::by_columns);
                    let by_name = || database.constraint().map(Constraint::by_name);
                    return Self::Conflict(by_columns.or_else(by_name).unwrap_or(Constraint::Other));
                }
                if database.is_foreign_key_violation() {
                    return Self::Missing;
                }
                let code = database.code().unwrap_or_default();
                let postgres = database.try_downcast_ref::<sqlx::postgres::PgDatabaseError>().is_some();
                match if postgres { postgres_reason(&code) } else { sqlite_reason(&code) } {
                    Some(reason) => reason,
                    None => return Self::Database(error),
                }
            }
            _ => return Self::Database(error),
        };
        Self::Unavailable(reason, Some(error))
    }
}

/// PostgreSQL's SQLSTATE, see its appendix A.
fn postgres_reason(code: &str) -> Option<Unavailability> {
    Some(match code {
        "53300" => Unavailability::Away,
        "57014" | "25P03" => Unavailability::Timeout,
        "55P03" | "40001" | "40P01" => Unavailability::Busy,
        "40003" => Unavailability::InDoubt,
        "25006" => Unavailability::ReadOnly,
        "XX001" | "XX002" => Unavailability::Damaged,
        other if other.starts_with("53") => Unavailability::Full,
        other if other.starts_with("57P") || other.starts_with("08") => Unavailability::Away,
        other if other.starts_with("58") => Unavailability::Io,
        _ => return None,
    })
}

/// SQLite's extended result code; its low byte is the primary one.
fn sqlite_reason(code: &str) -> Option<Unavailability> {
    /// `SQLITE_READONLY_DBMOVED`.
    const MOVED: u32 = 1032;
    let code = code.parse::<u32>().ok()?;
    Some(match code & 0xff {
        _ if code == MOVED => Unavailability::Replaced,
        4 => Unavailability::Ended,
        5 | 6 | 15 => Unavailability::Busy,
        7 | 13 => Unavailability::Full,
        8 => Unavailability::ReadOnly,
        9 => Unavailability::Timeout,
        3 | 10 | 14 => Unavailability::Io,
        11 | 26 => Unavailability::Damaged,
        _ => return None,
    })
}
