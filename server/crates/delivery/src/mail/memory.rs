//! A transport for tests.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;

use super::{Outgoing, Transport, TransportError};

/// Keeps what it is given; fails as often as told. Clones share what they hold.
#[derive(Debug, Clone, Default)]
pub struct MemoryTransport {
    sent: Arc<Mutex<Vec<Outgoing>>>,
    failures: Arc<Mutex<VecDeque<TransportError>>>,
}

impl MemoryTransport {
    /// The next call that finds no earlier failure waiting fails with this.
    pub fn fail_next(&self, error: TransportError) {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner).push_back(error);
    }

    /// What was sent so far.
    pub fn sent(&self) -> Vec<Outgoing> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl Transport for MemoryTransport {
    async fn send(&self, mail: &Outgoing) -> Result<(), TransportError> {
        if let Some(error) = self.failures.lock().unwrap_or_else(PoisonError::into_inner).pop_front() {
            return Err(error);
        }
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).push(mail.clone());
        Ok(())
    }
}
