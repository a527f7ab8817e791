//! A guest: its engine, its compiled module, and instances of it under limits.

use std::future::Future;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use wasmtime::{
    Config, Enabled, Engine, Extern, Instance, InstancePre, Memory, Module, ModuleExport,
    PoolingAllocationConfig, Result, Store, Trap, UpdateDeadline, bail, format_err,
};

use crate::code::Code;
use crate::engine_config::engine_config;
use crate::imports::{linker, part};
use crate::limits::{LimitKind, MAX_MEMORY};
use crate::meter::Metered;
use crate::reset::{MOST_COPIED, Reset};
use crate::state::State;

/// An engine with one module, ready to make instances.
pub struct Guest {
    engine: Engine,
    module: Module,
    instances: InstancePre<State>,
    /// How the memory of a pool is cleaned.
    reset: Option<Reset>,
}

/// A store whose instance leaves its memory as it found it, however its work ends.
pub struct Clean<'a> {
    store: Store<State>,
    reset: Option<&'a Reset>,
}

/// An instance and its memory.
pub struct Running {
    /// The instance.
    pub instance: Instance,
    /// Its memory.
    pub memory: Memory,
}

/// How a piece of work in an instance failed.
#[derive(Debug)]
pub enum Ended {
    /// By a limit.
    Limit(LimitKind),
    /// By a defect.
    Internal(String),
    /// By its time, while it waited for its turn to compute.
    Waiting,
}

/// How many instances a pool has.
#[derive(Clone, Copy, Debug)]
pub struct Pool {
    /// At the same time.
    pub instances: u32,
    /// Unused ones whose memory stays in place.
    pub warm: u32,
}

impl Guest {
    /// A guest whose instances come from a pool, for work that must start at once.
    pub fn pooled(code: &Code, size: Pool, reset: Reset) -> Result<Self> {
        let mut pool = PoolingAllocationConfig::new();
        let Pool { instances, warm } = size;
        pool.total_core_instances(instances)
            .total_memories(instances)
            .total_tables(instances)
            .total_stacks(instances)
            .max_memory_size(MAX_MEMORY)
            .table_elements(8192)
            .max_core_instance_size(1 << 20)
            .max_unused_warm_slots(warm)
            // `reset` has cleaned what is kept; without a scan nothing is kept.
            .linear_memory_keep_resident(if reset.scans() { MOST_COPIED } else { 0 })
            // A table that was kept by scanning could hold another instance's pointers.
            .table_keep_resident(0)
            .async_stack_keep_resident(64 << 10)
            .pagemap_scan(if reset.scans() { Enabled::Auto } else { Enabled::No });
        let mut config = engine_config();
        config.allocation_strategy(pool);
        Self::new(&config, code, Some(reset))
    }

    /// A guest whose instances are made one by one.
    pub fn on_demand(code: &Code) -> Result<Self> {
        Self::new(&engine_config(), code, None)
    }

    fn new(config: &Config, code: &Code, reset: Option<Reset>) -> Result<Self> {
        let engine = Engine::new(config)?;
        let module = code.load(&engine)?;
        let mut linker = linker(&engine)?;
        // The compiler's libraries import a few functions that they never call.
        linker.define_unknown_imports_as_traps(&module)?;
        let instances = linker.instantiate_pre(&module)?;
        Ok(Self { engine, module, instances, reset })
    }

    /// The engine, whose epoch somebody must advance.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// An export by name, for quick access later.
    pub fn export(&self, name: &str) -> Result<ModuleExport> {
        self.module.get_export_index(name).ok_or_else(|| format_err!("the guest does not export {name}"))
    }

    /// Does `work` with a fresh store under the state's limits; the store is there afterwards.
    pub async fn limited<T, W>(&self, state: State, work: W) -> (Clean<'_>, std::result::Result<T, Ended>)
    where
        W: AsyncFnOnce(&mut Store<State>) -> Result<T>,
    {
        let (meter, limits) = (Arc::clone(&state.meter), state.limits.clone());
        let mut store = Clean { store: self.store(state), reset: self.reset.as_ref() };
        let result = tokio::time::timeout(limits.wall, Metered::new(meter, work(&mut store))).await;
        let result = match result {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(error)) => Err(ended(store.data().stopped, &error)),
            Err(_) if store.data().wants_turn() => Err(Ended::Waiting),
            Err(_) => Err(Ended::Limit(LimitKind::Wall)),
        };
        (store, result)
    }

    fn store(&self, state: State) -> Store<State> {
        let mut store = Store::new(&self.engine, state);
        store.limiter(|state| state);
        store.epoch_deadline_callback(|mut store| {
            let state = store.data_mut();
            if state.is_out_of_time() {
                state.stopped = Some(LimitKind::Cpu);
                return Ok(UpdateDeadline::Interrupt);
            }
            Ok(UpdateDeadline::Yield(1))
        });
        store.set_epoch_deadline(1);
        store
    }

    /// A fresh instance.
    pub async fn instantiate(&self, store: &mut Store<State>) -> Result<Running> {
        let instance = self.instances.instantiate_async(&mut *store).await?;
        let Some(memory) = instance.get_memory(&mut *store, "memory") else {
            bail!("the guest has no memory")
        };
        store.data_mut().memory = Some(memory);
        Ok(Running { instance, memory })
    }
}

impl Deref for Clean<'_> {
    type Target = Store<State>;

    fn deref(&self) -> &Store<State> {
        &self.store
    }
}

impl DerefMut for Clean<'_> {
    fn deref_mut(&mut self) -> &mut Store<State> {
        &mut self.store
    }
}

impl Drop for Clean<'_> {
    /// Dropping the store gives its memory back to the pool, so this comes first.
    fn drop(&mut self) {
        if let (Some(reset), Some(memory)) = (self.reset, self.store.data().memory) {
            reset.wipe(memory.data_mut(&mut self.store));
        }
    }
}

impl Running {
    /// Copies bytes to a buffer that the guest makes; returns where.
    pub async fn give(&self, store: &mut Store<State>, bytes: &[u8]) -> Result<u32> {
        let alloc = self.instance.get_typed_func::<u32, u32>(&mut *store, "alloc")?;
        let at = alloc.call_async(&mut *store, u32::try_from(bytes.len())?).await?;
        self.memory.write(&mut *store, at as usize, bytes)?;
        Ok(at)
    }

    /// The bytes that a packed pointer and length name.
    pub fn bytes<'s>(&self, store: &'s Store<State>, packed: u64) -> Result<&'s [u8]> {
        part(self.memory.data(store), (packed >> 32) as u32, packed as u32)
    }

    /// A global by its export.
    pub fn global(&self, store: &mut Store<State>, export: &ModuleExport) -> Result<wasmtime::Global> {
        match self.instance.get_module_export(store, export) {
            Some(Extern::Global(global)) => Ok(global),
            _ => bail!("the guest lacks a global"),
        }
    }
}

/// Runs work of a guest to its end, outside any runtime.
pub fn block_on<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(work)
}

fn ended(stopped: Option<LimitKind>, error: &wasmtime::Error) -> Ended {
    if let Some(kind) = stopped {
        return Ended::Limit(kind);
    }
    match error.downcast_ref::<Trap>() {
        // The stack of Rust and C code lies at the bottom of memory, so that overflow is an
        // access outside.
        Some(Trap::StackOverflow | Trap::MemoryOutOfBounds) => Ended::Limit(LimitKind::Stack),
        _ => Ended::Internal(format!("{error:#}")),
    }
}
