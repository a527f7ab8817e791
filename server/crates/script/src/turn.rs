//! The turn of a run: it computes while it has one, and lets others compute while it waits for the server.

use crate::admission::{Admission, Permit};

/// One run's turn, held or not.
pub struct Turn {
    turns: Admission,
    tenant: Box<str>,
    held: Option<Permit>,
}

impl Turn {
    /// Waits for the first one; none when too many wait.
    pub async fn begin(turns: &Admission, tenant: &str) -> Option<Self> {
        let held = turns.enter(tenant).await?;
        Some(Self { turns: turns.clone(), tenant: tenant.into(), held: Some(held) })
    }

    /// Lets others compute.
    pub fn pause(&mut self) {
        self.held = None;
    }

    /// Waits until it may compute again. The run's own time limit bounds that.
    pub async fn resume(&mut self) {
        if self.held.is_none() {
            self.held = self.turns.enter(&self.tenant).await;
        }
    }
}
