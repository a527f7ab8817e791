//! What a dry run keeps to itself instead of doing it.

use std::{collections::HashMap, sync::Mutex};

use contract::manage::CapturedMail;
use script::Json;

/// A cached value, and when it ends (milliseconds since 1970).
pub(crate) type Cached = (Json, Option<i64>);

/// Cache writes and mails of one dry run.
#[derive(Debug, Default)]
pub(crate) struct Capture {
    cache: Mutex<HashMap<String, Option<Cached>>>,
    mails: Mutex<Vec<CapturedMail>>,
}

impl Capture {
    /// What the dry run has written under `key`: none when it has not touched it, `Some(None)` when it deleted it.
    pub(crate) fn cached(&self, key: &str) -> Option<Option<Cached>> {
        lock(&self.cache).get(key).cloned()
    }

    /// Writes to the overlay; none deletes.
    pub(crate) fn cache(&self, key: String, value: Option<Cached>) {
        lock(&self.cache).insert(key, value);
    }

    /// Keeps a mail.
    pub(crate) fn mail(&self, mail: CapturedMail) {
        lock(&self.mails).push(mail);
    }

    /// The mails so far.
    pub(crate) fn mails(&self) -> Vec<CapturedMail> {
        lock(&self.mails).clone()
    }
}

/// A poisoned lock only means that another run panicked; the data is still whole.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
