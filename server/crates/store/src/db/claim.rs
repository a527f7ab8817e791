//! One server per SQLite file.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{Read as _, Seek as _, Write as _},
    path::Path,
};

use crate::{StoreError, db::presence::beside, private};

/// Keeps other servers from the same SQLite file until it is dropped. The system releases it when the process dies.
#[derive(Debug)]
pub struct Claim {
    _lock: Option<File>,
}

impl Claim {
    /// A claim on a database that several servers can share.
    pub(super) fn shared() -> Self {
        Self { _lock: None }
    }

    /// Locks the file beside `database`. (The database's own locks are SQLite's, and it must not be opened here:
    /// closing it again would release those.)
    pub(super) fn exclusive(database: &Path) -> Result<Self, StoreError> {
        // Two names of one folder lead to one lock.
        let database = database.canonicalize()?;
        let path = beside(&database, ".lock");
        if let Err(error) = private::make_file(&path)
            && error.kind() != std::io::ErrorKind::AlreadyExists
        {
            return Err(error.into());
        }
        let mut lock = OpenOptions::new().read(true).write(true).open(&path)?;
        private::narrow_file(&path);
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut process = String::new();
                // Only a help for people: the lock counts, not what the file says.
                let _ = lock.read_to_string(&mut process);
                let file = database.display().to_string();
                return Err(StoreError::Claimed { file, process: process.trim().to_owned() });
            }
            Err(TryLockError::Error(error)) => {
                tracing::warn!(path = %path.display(), %error, "store.claim.unsupported");
                return Ok(Self::shared());
            }
        }
        // A full disk must not keep the server from starting.
        let noted = lock.set_len(0).and_then(|()| lock.rewind());
        let _ = noted.and_then(|()| writeln!(lock, "{}", std::process::id()));
        Ok(Self { _lock: Some(lock) })
    }
}
