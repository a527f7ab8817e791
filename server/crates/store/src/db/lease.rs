//! A connection held for a while.

use std::ops::{Deref, DerefMut};

use tokio::sync::{OwnedMappedMutexGuard, OwnedMutexGuard};

use crate::{
    StoreError, Unavailability,
    db::{
        conn::Conn,
        session::{Dry, back_to_mark, mark},
    },
};

/// A connection held by a flow: dereferences to the [`Conn`] that the aggregates' functions take. Unless it is
/// [committed](Self::commit), what was written with it is undone when it is dropped.
pub struct Lease {
    held: Held,
}

enum Held {
    /// Of live traffic, or a dry run's read before its first write.
    Own(Box<Conn>),
    /// The one transaction of a dry run.
    Shared(Shared),
}

struct Shared {
    conn: OwnedMappedMutexGuard<Dry, Conn>,
    writes: bool,
    /// How long the journal was when the lease began.
    journalled: usize,
    committed: bool,
}

impl Lease {
    pub(super) fn owned(conn: Conn) -> Self {
        Self { held: Held::Own(Box::new(conn)) }
    }

    /// Takes the open transaction of a dry run, after undoing what an earlier lease left uncommitted.
    pub(super) async fn shared(state: OwnedMutexGuard<Dry>, writes: bool) -> Result<Self, StoreError> {
        let mut conn = OwnedMutexGuard::try_map(state, Dry::conn).map_err(|_| StoreError::Discarded)?;
        if conn.stale {
            conn.failed = false;
            if let Err(error) = back_to_mark(&mut conn).await {
                // There is nothing to go back to: the database ended the transaction unseen.
                let reason = error.unavailability().unwrap_or(Unavailability::Ended);
                conn.ended = Some(reason);
                return Err(StoreError::Unavailable(reason, None));
            }
            conn.stale = false;
        }
        let journalled = conn.journal.as_ref().map_or(0, Vec::len);
        Ok(Self { held: Held::Shared(Shared { conn, writes, journalled, committed: false }) })
    }

    /// Keeps what was written: for good in live traffic, until the end of the run in a dry one.
    ///
    /// # Errors
    /// [`StoreError::Failed`] if a statement had failed: then nothing of this write is kept, on either database.
    pub async fn commit(self) -> Result<(), StoreError> {
        match self.held {
            Held::Own(conn) if conn.failed => Err(conn.failure()),
            Held::Own(conn) => {
                let notice = conn.notice;
                conn.into_link().commit(notice).await
            }
            Held::Shared(shared) if shared.conn.failed => Err(shared.conn.failure()),
            Held::Shared(mut shared) => {
                if shared.writes {
                    mark(&mut shared.conn).await?;
                }
                shared.committed = true;
                Ok(())
            }
        }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        let undo = if self.writes { !self.committed } else { self.conn.failed };
        if undo {
            let journalled = self.journalled;
            self.conn.stale = true;
            if let Some(journal) = &mut self.conn.journal {
                journal.truncate(journalled);
            }
        }
    }
}

impl Deref for Lease {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        match &self.held {
            Held::Own(conn) => conn,
            Held::Shared(shared) => &shared.conn,
        }
    }
}

impl DerefMut for Lease {
    fn deref_mut(&mut self) -> &mut Conn {
        match &mut self.held {
            Held::Own(conn) => conn,
            Held::Shared(shared) => &mut shared.conn,
        }
    }
}
