//! A hook as the engine runs it.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use contract::{
    catalogue::triggers::{Handler, OnError, Trigger},
    ids::HookId,
    manage::{HookSettings, SkipReason},
};
use script::{Compiled, Failure, Limits, Program, Sandbox, Thrown};
use tokio::sync::OnceCell;

use crate::capture::lock;

/// How long a load that may go better the next time is not tried again, so that a hook whose top level uses up its
/// limits does not do so at every request.
const RETRY_MS: i64 = 1000;

/// Whether a hook runs when its trigger fires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    /// It runs.
    Open,
    /// It does not, for this reason.
    Closed(SkipReason),
}

/// A hook with everything that is needed to run it.
pub struct LoadedHook {
    /// Id.
    pub id: HookId,
    /// Name.
    pub name: String,
    /// Trigger.
    pub trigger: Trigger,
    /// Version; none: a draft.
    pub version: Option<u32>,
    /// Whether it runs.
    pub gate: Gate,
    /// Settings.
    pub settings: HookSettings,
    /// Exports of the code, as far as its text tells.
    exports: Vec<String>,
    /// The code, until it is loaded.
    compiled: Mutex<Option<Arc<Compiled>>>,
    /// Loaded at first use: a start with many projects does not wait for all of them.
    program: OnceCell<Result<Program, Thrown>>,
    /// The last load that may go better the next time, and when it was.
    failed: Mutex<Option<(i64, Failure)>>,
}

impl std::fmt::Debug for LoadedHook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LoadedHook")
            .field("id", &self.id)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

impl LoadedHook {
    /// A hook that can run.
    pub fn new(
        id: HookId,
        name: String,
        trigger: Trigger,
        version: Option<u32>,
        gate: Gate,
        settings: HookSettings,
        compiled: Option<Compiled>,
    ) -> Self {
        Self {
            id,
            name,
            trigger,
            version,
            gate,
            settings,
            exports: compiled.as_ref().map(|compiled| compiled.exports.clone()).unwrap_or_default(),
            compiled: Mutex::new(compiled.map(Arc::new)),
            program: OnceCell::new(),
            failed: Mutex::default(),
        }
    }

    /// The limits of a run.
    pub fn limits(&self) -> Limits {
        Limits {
            cpu: Duration::from_millis(self.settings.cpu_ms.into()),
            wall: Duration::from_millis(self.settings.wall_ms.into()),
            memory: (self.settings.memory_mb as usize) << 20,
            ..Limits::default()
        }
    }

    /// The limits of loading: at least those that a deployment checks with, so that what could be deployed can be
    /// loaded however little its runs may use.
    fn load_limits(&self) -> Limits {
        let (own, least) = (self.limits(), Limits::default());
        Limits {
            cpu: own.cpu.max(least.cpu),
            wall: own.wall.max(least.wall),
            memory: own.memory.max(least.memory),
            ..least
        }
    }

    /// The program, loaded at the first call. `now` is the time in milliseconds.
    ///
    /// # Errors
    /// When the module's top level throws or breaks a limit. Only a throw is remembered for good: a limit may have been
    /// broken because the machine was busy.
    pub async fn program(&self, sandbox: &Sandbox, now: i64) -> Result<Program, Failure> {
        let loaded = self.program.get_or_try_init(|| self.load(sandbox, now)).await?;
        loaded.clone().map_err(Failure::Threw)
    }

    async fn load(&self, sandbox: &Sandbox, now: i64) -> Result<Result<Program, Thrown>, Failure> {
        if let Some((at, failure)) = &*lock(&self.failed)
            && (*at..at.saturating_add(RETRY_MS)).contains(&now)
        {
            return Err(failure.clone());
        }
        let compiled = lock(&self.compiled).clone();
        let loaded = match compiled {
            Some(compiled) => sandbox.load(&compiled, &self.load_limits()).await,
            None => Err(Failure::Internal("there is no compiled source".into())),
        };
        let kept = match loaded {
            Ok(program) => Ok(program),
            Err(Failure::Threw(thrown)) => Err(thrown),
            Err(Failure::Busy) => return Err(Failure::Busy),
            Err(failure) => {
                *lock(&self.failed) = Some((now, failure.clone()));
                return Err(failure);
            }
        };
        *lock(&self.compiled) = None;
        Ok(kept)
    }

    /// The exported function to call, and what a failure of it means.
    pub fn handler(&self, program: &Program) -> Option<(Handler, OnError)> {
        let handler = self.trigger.handler(program.exports())?;
        Some((handler, self.on_error(Some(&handler))))
    }

    /// The handler that the code declares, without loading it.
    pub fn declared_handler(&self) -> Option<Handler> {
        self.trigger.handler(&self.exports)
    }

    /// What a failure means: the hook's own setting, else the handler name's, else the trigger's (row K2).
    pub fn on_error(&self, handler: Option<&Handler>) -> OnError {
        crate::run::on_error(self.trigger, &self.settings, handler)
    }
}
