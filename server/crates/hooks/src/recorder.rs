//! Writes runs, requests and log entries behind the traffic's back, in batches.

use std::{sync::Arc, time::Duration};

use store::{Db, StoreError, hook_runs::HookRun, log_entries::LogEntry, requests::RequestRecord};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

/// Records that wait at most, and their size. Past either the newest is dropped with a warning, because traffic matters
/// more than its record.
const QUEUE: usize = 4096;
const QUEUE_KIB: usize = 64 << 10;
const BATCH: usize = 256;
/// The waits between attempts while the database cannot answer.
const PAUSES: [Duration; 3] = [Duration::from_millis(200), Duration::from_secs(1), Duration::from_secs(5)];

/// What one request leaves behind.
pub(crate) struct Record {
    pub(crate) runs: Vec<HookRun>,
    pub(crate) request: Option<RequestRecord>,
    pub(crate) logs: Vec<LogEntry>,
}

impl Record {
    /// About how much memory it takes, in KiB.
    fn kib(&self) -> u32 {
        let details = self.runs.iter().map(|run| &run.detail).chain(self.logs.iter().map(|log| &log.details));
        u32::try_from(1 + (details.map(script::weight).sum::<usize>() >> 10)).unwrap_or(u32::MAX)
    }
}

enum Message {
    /// With its share of the queue's size.
    Record(Box<Record>, OwnedSemaphorePermit),
    Flush(oneshot::Sender<()>),
}

/// Takes records and writes them.
pub(crate) struct Recorder {
    sender: mpsc::Sender<Message>,
    room: Arc<Semaphore>,
}

impl Recorder {
    /// Starts the writer; it ends when the recorder is dropped.
    pub(crate) fn start(db: Db) -> Self {
        let (sender, receiver) = mpsc::channel(QUEUE);
        tokio::spawn(write(db, receiver));
        Self { sender, room: Arc::new(Semaphore::new(QUEUE_KIB)) }
    }

    /// Queues a record.
    pub(crate) fn record(&self, record: Record) {
        let room = self.room.clone().try_acquire_many_owned(record.kib()).ok();
        let queued = room.and_then(|room| self.sender.try_send(Message::Record(Box::new(record), room)).ok());
        if queued.is_none() {
            tracing::warn!("the record of a request was dropped: the database does not keep up");
        }
    }

    /// Waits until everything queued before has been written.
    pub(crate) async fn flush(&self) {
        let (done, wait) = oneshot::channel();
        if self.sender.send(Message::Flush(done)).await.is_ok() {
            let _ = wait.await;
        }
    }
}

async fn write(db: Db, mut receiver: mpsc::Receiver<Message>) {
    let mut messages = Vec::with_capacity(BATCH);
    while receiver.recv_many(&mut messages, BATCH).await > 0 {
        let mut flushes = Vec::new();
        let mut batch = Batch::default();
        let mut room = Vec::new();
        for message in messages.drain(..) {
            match message {
                Message::Record(record, share) => {
                    batch.add(*record);
                    room.push(share);
                }
                Message::Flush(done) => flushes.push(done),
            }
        }
        batch.write(&db).await;
        drop(room);
        for done in flushes {
            let _ = done.send(());
        }
    }
}

/// Records of several requests, and where each of them ends.
#[derive(Default)]
struct Batch {
    runs: Vec<HookRun>,
    requests: Vec<RequestRecord>,
    logs: Vec<LogEntry>,
    ends: Vec<[usize; 3]>,
}

impl Batch {
    fn add(&mut self, record: Record) {
        self.runs.extend(record.runs);
        self.requests.extend(record.request);
        self.logs.extend(record.logs);
        self.ends.push([self.runs.len(), self.requests.len(), self.logs.len()]);
    }

    /// Writes all of it at once. When the database refuses something of it, writes the records one by one: what is
    /// wrong with one (its project has been deleted meanwhile) must not lose the others.
    async fn write(&self, db: &Db) {
        let Some(end) = self.ends.last() else { return };
        match self.insert_persistently(db, [0; 3], *end).await {
            Ok(()) => {}
            Err(error) if error.is_transient() => {
                tracing::warn!(%error, records = self.ends.len(), "records of requests could not be written");
            }
            Err(_) => {
                let mut start = [0; 3];
                for end in &self.ends {
                    if let Err(error) = self.insert_persistently(db, start, *end).await {
                        tracing::warn!(%error, "the record of a request could not be written");
                    }
                    start = *end;
                }
            }
        }
    }

    async fn insert_persistently(
        &self,
        db: &Db,
        start: [usize; 3],
        end: [usize; 3],
    ) -> Result<(), StoreError> {
        let mut pauses = PAUSES.iter();
        loop {
            match (self.insert(db, start, end).await, pauses.next()) {
                (Err(error), Some(pause)) if error.is_transient() => tokio::time::sleep(*pause).await,
                (done, _) => return done,
            }
        }
    }

    async fn insert(&self, db: &Db, start: [usize; 3], end: [usize; 3]) -> Result<(), StoreError> {
        let mut conn = db.live().write().await?;
        let requests = self.requests.get(start[1]..end[1]).unwrap_or_default();
        store::requests::insert_many(&mut conn, requests).await?;
        let runs = self.runs.get(start[0]..end[0]).unwrap_or_default();
        store::hook_runs::insert_many(&mut conn, runs).await?;
        let logs = self.logs.get(start[2]..end[2]).unwrap_or_default();
        store::log_entries::insert_many(&mut conn, logs).await?;
        conn.commit().await
    }
}
