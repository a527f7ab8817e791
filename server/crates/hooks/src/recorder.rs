//! Writes runs, requests and log entries behind the traffic's back, in batches.

use store::{Db, hook_runs::HookRun, log_entries::LogEntry, requests::RequestRecord};
use tokio::sync::{mpsc, oneshot};

/// What is waiting at most; past that the oldest request's caller waits no longer and the record is dropped with a
/// warning, because traffic matters more than its record.
const QUEUE: usize = 4096;
const BATCH: usize = 256;

/// What one request leaves behind.
pub(crate) struct Record {
    pub(crate) runs: Vec<HookRun>,
    pub(crate) request: Option<RequestRecord>,
    pub(crate) logs: Vec<LogEntry>,
}

enum Message {
    Record(Box<Record>),
    Flush(oneshot::Sender<()>),
}

/// Takes records and writes them.
pub(crate) struct Recorder {
    sender: mpsc::Sender<Message>,
}

impl Recorder {
    /// Starts the writer; it ends when the recorder is dropped.
    pub(crate) fn start(db: Db) -> Self {
        let (sender, receiver) = mpsc::channel(QUEUE);
        tokio::spawn(write(db, receiver));
        Self { sender }
    }

    /// Queues a record.
    pub(crate) fn record(&self, record: Record) {
        if self.sender.try_send(Message::Record(Box::new(record))).is_err() {
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
        let mut records = Vec::new();
        for message in messages.drain(..) {
            match message {
                Message::Record(record) => records.push(*record),
                Message::Flush(done) => flushes.push(done),
            }
        }
        let count = records.len();
        if let Err(error) = write_batch(&db, records).await {
            tracing::warn!(%error, records = count, "records of requests could not be written");
        }
        for done in flushes {
            let _ = done.send(());
        }
    }
}

async fn write_batch(db: &Db, records: Vec<Record>) -> Result<(), store::StoreError> {
    if records.is_empty() {
        return Ok(());
    }
    let (mut runs, mut requests, mut logs) = (Vec::new(), Vec::new(), Vec::new());
    for record in records {
        runs.extend(record.runs);
        requests.extend(record.request);
        logs.extend(record.logs);
    }
    let mut conn = db.live().write().await?;
    store::requests::insert_many(&mut conn, &requests).await?;
    store::hook_runs::insert_many(&mut conn, &runs).await?;
    store::log_entries::insert_many(&mut conn, &logs).await?;
    conn.commit().await
}
