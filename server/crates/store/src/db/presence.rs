//! Whether the files that SQLite has open are still those in the folder.
//!
//! A file that was deleted or replaced goes on to be written to, and what is written is lost with the process.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use crate::{StoreError, Unavailability};

/// What names a file on this machine: its device and number.
type Identity = (u64, u64);

/// The files of a database, as they were when they were opened.
pub(super) struct Presence {
    database: PathBuf,
    opened: Option<Identity>,
    log: PathBuf,
    /// Known once the writer has begun a transaction.
    log_opened: Mutex<Option<Identity>>,
}

impl Presence {
    /// Remembers the file that was opened at `database`.
    pub(super) fn of(database: &Path) -> Self {
        let log = beside(database, "-wal");
        Self { database: database.into(), opened: identity(database), log, log_opened: Mutex::new(None) }
    }

    pub(super) fn database(&self) -> &Path {
        &self.database
    }

    /// Fails if another file, or none, is where the database was.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        // On a system that does not number files, only their absence shows.
        let there = identity(&self.database);
        if there == self.opened && (there.is_some() || self.database.exists()) {
            Ok(())
        } else {
            Err(replaced())
        }
    }

    /// The same of the write-ahead log, once it is known.
    pub(super) fn check_log(&self) -> Result<(), StoreError> {
        let opened = *self.log_opened.lock().unwrap_or_else(PoisonError::into_inner);
        if opened.is_none() || opened == identity(&self.log) { Ok(()) } else { Err(replaced()) }
    }

    /// Remembers the log. Called within a transaction that writes, which has it open.
    pub(super) fn know_log(&self) {
        let mut opened = self.log_opened.lock().unwrap_or_else(PoisonError::into_inner);
        if opened.is_none() {
            *opened = identity(&self.log);
        }
    }

    /// The writer is a new connection, which may have made a new log.
    pub(super) fn forget_log(&self) {
        *self.log_opened.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// The file with `suffix` at the end of its name.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

fn replaced() -> StoreError {
    StoreError::Unavailable(Unavailability::Replaced, None)
}

#[cfg(unix)]
fn identity(path: &Path) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata(path).ok().map(|file| (file.dev(), file.ino()))
}

#[cfg(not(unix))]
fn identity(_: &Path) -> Option<Identity> {
    None
}
