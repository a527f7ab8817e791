//! The loaded programs of what is live: as many as fit into memory, for all projects together. One that had to make
//! room is loaded again when it is called, which takes a millisecond.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use contract::ids::VersionId;
use script::Program;

/// What all of them may take together, in bytes. One program alone can have 4 MiB.
const MOST: usize = 256 << 20;

/// Programs by the version that they are.
pub(crate) struct Programs {
    most: usize,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    programs: HashMap<VersionId, Entry>,
    bytes: usize,
    uses: u64,
}

struct Entry {
    program: Program,
    bytes: usize,
    /// The number of its last use.
    used: u64,
}

impl Programs {
    /// None yet.
    pub(crate) fn new() -> Self {
        Self::with_room(MOST)
    }

    fn with_room(most: usize) -> Self {
        Self { most, kept: Mutex::default() }
    }

    /// The program of a version, if it is there.
    pub(crate) fn get(&self, version: &VersionId) -> Option<Program> {
        let mut kept = self.lock();
        kept.uses += 1;
        let used = kept.uses;
        let entry = kept.programs.get_mut(version)?;
        entry.used = used;
        Some(entry.program.clone())
    }

    /// Keeps a program; those that were not used for the longest time make room.
    pub(crate) fn keep(&self, version: VersionId, program: Program) {
        let mut kept = self.lock();
        kept.remove(&version);
        kept.uses += 1;
        let entry = Entry { bytes: program.bytes(), used: kept.uses, program };
        kept.bytes += entry.bytes;
        kept.programs.insert(version, entry);
        while kept.bytes > self.most {
            let oldest = kept.programs.iter().min_by_key(|(_, entry)| entry.used);
            let Some(oldest) = oldest.map(|(version, _)| version.clone()) else { return };
            kept.remove(&oldest);
        }
    }

    /// Lets go of the programs of versions that are no longer live.
    pub(crate) fn forget<'a>(&self, versions: impl IntoIterator<Item = &'a VersionId>) {
        let mut kept = self.lock();
        for version in versions {
            kept.remove(version);
        }
    }

    /// A poisoned lock only means that another request panicked; the list is still whole.
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn remove(&mut self, version: &VersionId) {
        if let Some(entry) = self.programs.remove(version) {
            self.bytes -= entry.bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use script::{Language, Limits, Sandbox, SandboxConfig};

    use super::*;

    #[tokio::test]
    async fn the_one_that_was_not_used_for_the_longest_time_makes_room() {
        let sandbox = Sandbox::new(SandboxConfig::default()).unwrap();
        let compiled = sandbox.compile("export default () => 1", Language::JavaScript, "test").await.unwrap();
        let program = sandbox.load(&compiled, &Limits::default(), "test").await.unwrap();
        let programs = Programs::with_room(3 * program.bytes());
        let versions: Vec<VersionId> = (0..4).map(|n| store::new_id(1_790_000_000_000 + n)).collect();
        for version in &versions[..3] {
            programs.keep(version.clone(), program.clone());
        }
        assert!(programs.get(&versions[0]).is_some());
        programs.keep(versions[3].clone(), program.clone());
        let there: Vec<bool> = versions.iter().map(|version| programs.get(version).is_some()).collect();
        assert_eq!(there, [true, false, true, true]);
        programs.keep(versions[3].clone(), program.clone());
        programs.forget(&versions);
        assert_eq!(programs.lock().bytes, 0);
    }
}
