//! The hook engine: what is live in each project, in memory; running the hooks of a trigger in order; what their
//! verdicts and failures mean; and the record of every run.
//!
//! It must not know any auth flow or HTTP route: flows fire triggers by type and get effects or a denial back. It
//! never decides with a database read which hooks run: that is the [`snapshot`]'s job.
//!
//! To add an operation that hooks can call, add it to the catalogue's methods and to [`host`]; to add a verdict, add
//! an effect there and to [`effects`].

mod capture;
mod effects;
mod error;
mod exchange;
mod fetch;
mod host;
mod journal;
mod loaded;
mod nesting;
mod programs;
mod project;
mod recorded;
mod recorder;
mod redact;
mod run;
mod snapshot;
mod user;
mod verdict;

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use arc_swap::{ArcSwap, ArcSwapOption};
use delivery::mail::Mailer;
use script::Sandbox;
use store::{Clock, Db, vault::Vault};

pub use self::{
    effects::{Denial, DenialKind, Effects},
    error::HooksError,
    exchange::{CoreGuard, Exchange, ExchangeOptions},
    fetch::FetchPolicy,
    host::{ServiceToken, TokenSigner},
    journal::{Journal, StepRecord},
    loaded::{Gate, LoadedHook},
    nesting::{MAX_EVENT_NESTING, MAX_NESTING, nesting},
    project::ProjectInfo,
    redact::Masking,
    run::{on_error, tests_of},
    snapshot::{Deployment, settings_of},
    user::{rfc3339, user_payload},
};

/// The engine. Cheap to clone.
#[derive(Clone)]
pub struct Hooks {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) db: Db,
    pub(crate) sandbox: Sandbox,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) vault: Vault,
    pub(crate) mailer: Arc<Mailer>,
    pub(crate) fetcher: fetch::Fetcher,
    pub(crate) snapshot: ArcSwap<snapshot::Snapshot>,
    /// Held from reading what is live to swapping it: the generations that this process made and that are live, though
    /// one before them may not be.
    pub(crate) reloading: tokio::sync::Mutex<BTreeSet<i64>>,
    pub(crate) programs: programs::Programs,
    pub(crate) signer: ArcSwapOption<Signer>,
    pub(crate) recorder: recorder::Recorder,
}

/// Holds the trait object, which `ArcSwapOption` cannot hold by itself.
pub(crate) struct Signer(pub(crate) Arc<dyn TokenSigner>);

impl Hooks {
    /// An engine without any hooks; call [`Hooks::reload`] before serving.
    ///
    /// # Errors
    /// When the client for outgoing requests cannot be made.
    pub fn new(
        db: Db,
        sandbox: Sandbox,
        clock: Arc<dyn Clock>,
        vault: Vault,
        mailer: Arc<Mailer>,
        policy: FetchPolicy,
    ) -> Result<Self, HooksError> {
        let recorder = recorder::Recorder::start(db.clone());
        let inner = Inner {
            db,
            sandbox,
            clock,
            vault,
            mailer,
            fetcher: fetch::Fetcher::new(policy)?,
            snapshot: ArcSwap::from_pointee(snapshot::Snapshot::default()),
            reloading: tokio::sync::Mutex::default(),
            programs: programs::Programs::new(),
            signer: ArcSwapOption::empty(),
            recorder,
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Hands over what signs service tokens; it lives above this crate.
    pub fn set_token_signer(&self, signer: Arc<dyn TokenSigner>) {
        self.inner.signer.store(Some(Arc::new(Signer(signer))));
    }

    /// The sandbox, for compiling drafts.
    pub fn sandbox(&self) -> &Sandbox {
        &self.inner.sandbox
    }

    /// Waits until everything recorded so far is in the database.
    pub async fn flush(&self) {
        self.inner.recorder.flush().await;
    }

    /// Watches for deployments of other processes until `shutdown`: by their notices, where the database passes those
    /// on, and by comparing the generation every `interval`, so that a lost notice cannot leave this process stale.
    pub async fn watch(&self, interval: Duration, shutdown: tokio_util::sync::CancellationToken) {
        let mut notices = self.inner.db.listen().await.unwrap_or_else(|error| {
            tracing::warn!(%error, "deployments of other processes are noticed by looking only");
            None
        });
        loop {
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = tokio::time::sleep(interval) => {}
                () = notice(&mut notices) => {}
            }
            if let Err(error) = self.refresh().await {
                tracing::warn!(%error, "the snapshot of deployed hooks could not be compared with the database");
            }
        }
    }

    /// Writes what is still queued; nothing is recorded afterwards.
    pub async fn shut_down(&self) {
        self.inner.recorder.flush().await;
    }
}

/// Waits for a notice; for ever where none can come.
async fn notice(notices: &mut Option<tokio::sync::watch::Receiver<u64>>) {
    if let Some(receiver) = notices
        && receiver.changed().await.is_ok()
    {
        return;
    }
    *notices = None;
    std::future::pending().await
}
