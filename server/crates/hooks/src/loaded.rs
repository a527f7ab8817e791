//! A hook as the engine runs it.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use contract::{
    catalogue::triggers::{Handler, OnError, Trigger},
    ids::{HookId, Id as _, ProjectId, VersionId},
    manage::{HookSettings, SkipReason},
};
use script::{Compiled, Failure, Limits, Program};

use crate::{Inner, capture::lock, snapshot};

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
    code: Code,
}

/// Where the program comes from.
enum Code {
    /// It does not run.
    None,
    /// A draft, loaded when it was compiled.
    Draft(Program),
    /// What is live.
    Live(Live),
}

/// The code of a version. It is loaded at first use: a start with many projects does not wait for all of them.
struct Live {
    version: VersionId,
    /// Until it has been loaded, or has thrown, for the first time; afterwards it is in the database only.
    compiled: Mutex<Option<Arc<Compiled>>>,
    /// Held while it is loaded: the last failure, and when it was.
    loading: tokio::sync::Mutex<Option<(i64, Failure)>>,
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
    /// A draft, or an earlier `version`, that can run.
    pub fn draft(
        id: HookId,
        name: String,
        trigger: Trigger,
        version: Option<u32>,
        settings: HookSettings,
        exports: Vec<String>,
        program: Program,
    ) -> Self {
        let code = Code::Draft(program);
        Self { id, name, trigger, version, gate: Gate::Open, settings, exports, code }
    }

    /// A hook that does not run: nothing of it is live, or it is switched off.
    pub(crate) fn closed(
        id: HookId,
        name: String,
        trigger: Trigger,
        gate: Gate,
        settings: HookSettings,
    ) -> Self {
        Self { id, name, trigger, version: None, gate, settings, exports: Vec::new(), code: Code::None }
    }

    /// A hook whose version is live. Without `compiled` its runs fail.
    pub(crate) fn live(
        id: HookId,
        name: String,
        trigger: Trigger,
        settings: HookSettings,
        version: VersionId,
        (number, compiled): (Option<u32>, Option<Compiled>),
    ) -> Self {
        let exports = compiled.as_ref().map(|compiled| compiled.exports.clone()).unwrap_or_default();
        let live = Live {
            version,
            compiled: Mutex::new(compiled.map(Arc::new)),
            loading: tokio::sync::Mutex::default(),
        };
        let (gate, code) = (Gate::Open, Code::Live(live));
        Self { id, name, trigger, version: number, gate, settings, exports, code }
    }

    /// Lets go of its code, when its program is there.
    pub(crate) fn forget_code(&self) {
        if let Code::Live(live) = &self.code {
            *lock(&live.compiled) = None;
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
    pub(crate) async fn program(
        &self,
        inner: &Inner,
        project: &ProjectId,
        now: i64,
    ) -> Result<Program, Failure> {
        let live = match &self.code {
            Code::Draft(program) => return Ok(program.clone()),
            Code::Live(live) => live,
            Code::None => return Err(no_code()),
        };
        if let Some(program) = inner.programs.get(project, &live.version) {
            return Ok(program);
        }
        let mut failed = live.loading.lock().await;
        // Somebody else may have loaded it meanwhile.
        if let Some(program) = inner.programs.get(project, &live.version) {
            return Ok(program);
        }
        if let Some((at, failure)) = &*failed
            && (matches!(failure, Failure::Threw(_)) || (*at..at.saturating_add(RETRY_MS)).contains(&now))
        {
            return Err(failure.clone());
        }
        let kept = lock(&live.compiled).clone();
        let compiled = match kept {
            Some(compiled) => compiled,
            None => Arc::new(self.stored(inner, project, live).await?),
        };
        match inner.sandbox.load(&compiled, &self.load_limits(), project.as_str()).await {
            Ok(program) => {
                self.forget_code();
                let still = || inner.snapshot.load().runs(project, &self.id, &live.version);
                inner.programs.keep(project, &live.version, program.clone(), still);
                Ok(program)
            }
            Err(Failure::Busy) => Err(Failure::Busy),
            Err(failure) => {
                if let Failure::Threw(thrown) = &failure {
                    if thrown.is_refusal_at_load() {
                        let (line, message) = (thrown.line, thrown.message.as_str());
                        tracing::error!(
                            project.id = %project, hook.id = %self.id, version = self.version, line, message,
                            "hooks.load.refused"
                        );
                    }
                    // It will not be tried again.
                    self.forget_code();
                }
                *failed = Some((now, failure.clone()));
                Err(failure)
            }
        }
    }

    /// The code as the database has it.
    async fn stored(&self, inner: &Inner, project: &ProjectId, live: &Live) -> Result<Compiled, Failure> {
        let read = async {
            let session = inner.db.live();
            let mut conn = session.read().await?;
            snapshot::code(&mut conn, project, &self.id, &live.version).await
        };
        let (_, compiled) = read.await.map_err(|error| Failure::Internal(error.to_string()))?;
        compiled.ok_or_else(no_code)
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

fn no_code() -> Failure {
    Failure::Internal("there is no compiled source".into())
}
