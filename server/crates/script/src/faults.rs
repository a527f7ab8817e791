//! Faults of the sandbox itself, on request: what follows from them must not be taken for a hook's own failure.

use std::sync::{Mutex, PoisonError};

use wasmtime::{Result, bail};

/// A fault that a test asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The next run's instance finds what another has left.
    Unclean,
    /// The memory of the next run's engine is overwritten when the program is in place.
    Scribbled,
    /// The same with zeros.
    Emptied,
    /// The engine of the next run ends with an error.
    Broken,
    /// The next load breaks its limit, as on a busy machine.
    SlowLoad,
}

/// The fault to come, if any.
#[derive(Default)]
pub struct Faults(Mutex<Option<Fault>>);

impl Faults {
    /// Asks for a fault.
    pub fn set(&self, fault: Fault) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(fault);
    }

    /// Whether the fault to come is this one; it is not to come any more.
    pub fn take(&self, wanted: Fault) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take_if(|fault| *fault == wanted).is_some()
    }

    /// Before the program is put in place.
    pub fn before(&self, memory: &mut [u8]) {
        if self.take(Fault::Unclean) {
            memory.fill(0xa5);
        }
    }

    /// When the program is in place.
    pub fn after(&self, memory: &mut [u8]) -> Result<()> {
        if self.take(Fault::Scribbled) {
            memory.fill(0xa5);
        }
        if self.take(Fault::Emptied) {
            memory.fill(0);
        }
        if self.take(Fault::Broken) {
            bail!("the engine was broken by a test");
        }
        Ok(())
    }
}
