//! A hook as the engine runs it.

use std::time::Duration;

use contract::{
    catalogue::triggers::{Handler, OnError, Trigger},
    ids::HookId,
    manage::{HookSettings, SkipReason},
};
use script::{Compiled, Failure, Limits, Program, Sandbox};
use tokio::sync::OnceCell;

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
    compiled: Option<Compiled>,
    /// Loaded at first use: a start with many projects does not wait for all of them.
    program: OnceCell<Result<Program, Failure>>,
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
        Self { id, name, trigger, version, gate, settings, compiled, program: OnceCell::new() }
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

    /// The program, loaded at the first call.
    ///
    /// # Errors
    /// When the module's top level throws or breaks a limit. A passing lack of slots is not remembered.
    pub async fn program(&self, sandbox: &Sandbox) -> Result<Program, Failure> {
        let load = async || match &self.compiled {
            Some(compiled) => sandbox.load(compiled, &self.limits()).await,
            None => Err(Failure::Internal("there is no compiled source".into())),
        };
        let loaded = self
            .program
            .get_or_try_init(|| async {
                match load().await {
                    Err(busy @ Failure::Busy) => Err(busy),
                    other => Ok(other),
                }
            })
            .await?;
        loaded.clone()
    }

    /// The exported function to call, and what a failure of it means.
    pub fn handler(&self, program: &Program) -> Option<(Handler, OnError)> {
        let handler = self.trigger.handler(program.exports())?;
        Some((handler, self.on_error(Some(&handler))))
    }

    /// The handler that the code declares, without loading it.
    pub fn declared_handler(&self) -> Option<Handler> {
        self.trigger.handler(&self.compiled.as_ref()?.exports)
    }

    /// What a failure means: the hook's own setting, else the handler name's, else the trigger's (row K2).
    pub fn on_error(&self, handler: Option<&Handler>) -> OnError {
        crate::run::on_error(self.trigger, &self.settings, handler)
    }
}
