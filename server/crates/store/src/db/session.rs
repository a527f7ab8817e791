//! Where a flow reads and writes: for real, or dry.

use std::sync::Arc;

use tokio::sync::{Mutex, MutexGuard, OwnedMutexGuard};

use crate::{
    StoreError, Unavailability,
    db::{
        Db,
        change::Change,
        conn::{Conn, command},
        lease::Lease,
    },
    sessions::{self, UserSession},
};

/// The mark to which a dry run returns when a write is not committed. Marks of the same name cover each other, so
/// there is always one to return to, wherever a future was dropped.
const MARK: &str = "SAVEPOINT hookwright_dry";
const BACK_TO_MARK: &str = "ROLLBACK TO SAVEPOINT hookwright_dry";

/// Where a flow reads and writes.
///
/// *Live*: each [`write`](Self::write) is a transaction of its own. *Dry*: everything happens in one transaction that
/// begins with the first write (until then reads use the ordinary readers), is shared by all clones, keeps a journal
/// and is always rolled back, at the latest when the last clone is dropped, or when the transaction has been open for
/// half of the acquire timeout: whoever waits for the one writer of SQLite meanwhile, or for a row, shall still get it.
/// What was written can then still be looked at, but the run can neither read nor write any more.
///
/// A flow holds one lease at a time. In a dry run a second one waits for the first, and gives up after the acquire
/// timeout.
#[derive(Clone)]
pub struct Session {
    db: Db,
    dry: Option<Arc<Mutex<Dry>>>,
}

pub(super) enum Dry {
    /// Nothing was written yet. Perhaps with a session that the transaction shall begin with.
    Fresh(Option<Box<UserSession>>),
    /// The transaction is open.
    Open(Conn),
    /// Rolled back because it was open for too long; what was written until then.
    Expired(Vec<Change>),
    /// Rolled back.
    Over,
}

impl Dry {
    pub(super) fn conn(&mut self) -> Option<&mut Conn> {
        if let Self::Open(conn) = self { Some(conn) } else { None }
    }
}

impl Session {
    pub(super) fn live(db: Db) -> Self {
        Self { db, dry: None }
    }

    pub(super) fn dry(db: Db) -> Self {
        Self { db, dry: Some(Arc::new(Mutex::new(Dry::Fresh(None)))) }
    }

    /// The database, for what is outside of the flow's own data.
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// Whether nothing of this will stay.
    pub fn is_dry(&self) -> bool {
        self.dry.is_some()
    }

    /// A connection to read with. A dry run sees what it has written.
    pub async fn read(&self) -> Result<Lease, StoreError> {
        if let Some(dry) = &self.dry {
            let state = self.lock(dry).await?;
            match &*state {
                Dry::Fresh(_) => {}
                Dry::Open(_) => return Lease::shared(state, false).await,
                Dry::Expired(_) => return Err(StoreError::Expired),
                Dry::Over => return Err(StoreError::Discarded),
            }
        }
        Ok(Lease::owned(self.db.reader().await?))
    }

    /// A connection to write with; nothing is kept unless the lease is committed. On SQLite there is one writer: hold
    /// it briefly, and never across anything slow.
    pub async fn write(&self) -> Result<Lease, StoreError> {
        let Some(dry) = &self.dry else {
            return Ok(Lease::owned(self.db.writer().await?));
        };
        let mut state = self.lock(dry).await?;
        match &*state {
            Dry::Fresh(stand_in) => {
                let mut conn = self.db.writer().await?;
                if let Some(session) = stand_in {
                    sessions::insert(&mut conn, session).await?;
                }
                command(&mut conn, MARK).await?;
                conn.journal = Some(Vec::new());
                *state = Dry::Open(conn);
                self.expire_later(dry);
            }
            Dry::Open(_) => {}
            Dry::Expired(_) => return Err(StoreError::Expired),
            Dry::Over => return Err(StoreError::Discarded),
        }
        Lease::shared(state, true).await
    }

    /// In a dry run: what was written and committed so far, in order. Empty in live traffic.
    pub async fn changes(&self) -> Vec<Change> {
        let Some(dry) = &self.dry else { return Vec::new() };
        let mut state = dry.lock().await;
        if let Dry::Expired(journal) = &*state {
            return journal.clone();
        }
        state.conn().and_then(|conn| conn.journal.clone()).unwrap_or_default()
    }

    /// In a dry run: acts as if there were this session. It is not written, and holds up nobody, before the run itself
    /// writes; it is no part of the journal.
    ///
    /// # Errors
    /// [`StoreError::Unsupported`] in live traffic, and in a run that has written already.
    pub async fn stand_in(&self, session: UserSession) -> Result<(), StoreError> {
        const LATE: StoreError = StoreError::Unsupported("only a dry run can begin with a session");
        let Some(dry) = &self.dry else { return Err(LATE) };
        let mut state = self.lock(dry).await?;
        let Dry::Fresh(stand_in) = &mut *state else { return Err(LATE) };
        *stand_in = Some(Box::new(session));
        Ok(())
    }

    /// The session of [`stand_in`](Self::stand_in), while no transaction has it yet.
    pub async fn standing_in(&self) -> Result<Option<UserSession>, StoreError> {
        let Some(dry) = &self.dry else { return Ok(None) };
        let state = self.lock(dry).await?;
        let Dry::Fresh(Some(session)) = &*state else { return Ok(None) };
        Ok(Some(UserSession::clone(session)))
    }

    /// Ends a dry run: rolls back now, for all clones. Does nothing in live traffic.
    pub async fn discard(self) -> Result<(), StoreError> {
        let Some(dry) = &self.dry else { return Ok(()) };
        let mut state: MutexGuard<'_, Dry> = dry.lock().await;
        match std::mem::replace(&mut *state, Dry::Over) {
            Dry::Open(conn) => conn.into_link().roll_back().await,
            Dry::Fresh(_) | Dry::Expired(_) | Dry::Over => Ok(()),
        }
    }

    /// Rolls the transaction that has just begun back when others have waited long enough.
    fn expire_later(&self, dry: &Arc<Mutex<Dry>>) {
        let patience = self.db.options().acquire_timeout / 2;
        let dry = Arc::downgrade(dry);
        tokio::spawn(async move {
            tokio::time::sleep(patience).await;
            let Some(dry) = dry.upgrade() else { return };
            let mut state = dry.lock().await;
            let Some(conn) = state.conn() else { return };
            let journal = conn.journal.take().unwrap_or_default();
            if let Dry::Open(conn) = std::mem::replace(&mut *state, Dry::Expired(journal))
                && let Err(error) = conn.into_link().roll_back().await
            {
                // The connection is given up then, and the transaction with it.
                tracing::warn!(%error, "a dry run that took too long was not rolled back in order");
            }
        });
    }

    async fn lock(&self, dry: &Arc<Mutex<Dry>>) -> Result<OwnedMutexGuard<Dry>, StoreError> {
        tokio::time::timeout(self.db.options().acquire_timeout, Arc::clone(dry).lock_owned())
            .await
            .map_err(|_| StoreError::Unavailable(Unavailability::Timeout, None))
    }
}

/// Sets the mark to which an uncommitted write returns.
pub(super) async fn mark(conn: &mut Conn) -> Result<(), StoreError> {
    command(conn, MARK).await
}

/// Undoes what came after the last mark.
pub(super) async fn back_to_mark(conn: &mut Conn) -> Result<(), StoreError> {
    command(conn, BACK_TO_MARK).await
}
