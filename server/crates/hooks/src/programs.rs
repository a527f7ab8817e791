//! The loaded programs of what is live: as many as fit into memory, for all projects together. One that had to make
//! room is loaded again when it is called, which takes a millisecond.
//!
//! Room is made by the project that has the most, so that none can take more than a fair share of it from the others.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use contract::ids::{ProjectId, VersionId};
use script::Program;

/// What all of them may take together, in bytes. One program alone can have 4 MiB.
const MOST: usize = 256 << 20;

/// Programs by the project and the version that they are.
pub(crate) struct Programs {
    most: usize,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    projects: HashMap<ProjectId, Share>,
    bytes: usize,
    uses: u64,
}

/// The programs of one project; never none.
#[derive(Default)]
struct Share {
    programs: HashMap<VersionId, Entry>,
    bytes: usize,
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
    pub(crate) fn get(&self, project: &ProjectId, version: &VersionId) -> Option<Program> {
        let mut kept = self.lock();
        kept.uses += 1;
        let used = kept.uses;
        let entry = kept.projects.get_mut(project)?.programs.get_mut(version)?;
        entry.used = used;
        Some(entry.program.clone())
    }

    /// Whether the program of a version is there; looking is no use of it.
    pub(crate) fn has(&self, project: &ProjectId, version: &VersionId) -> bool {
        self.lock().projects.get(project).is_some_and(|share| share.programs.contains_key(version))
    }

    /// Keeps a program, if it is `live` still: a load takes a while, and what was forgotten meanwhile nobody would
    /// forget again. Of the projects that have the most, those that were not used for the longest time make room.
    pub(crate) fn keep(
        &self,
        project: &ProjectId,
        version: &VersionId,
        program: Program,
        live: impl FnOnce() -> bool,
    ) {
        let mut kept = self.lock();
        // Asked while nothing can be forgotten.
        if !live() {
            return;
        }
        kept.remove(project, version);
        kept.uses += 1;
        let entry = Entry { bytes: program.bytes(), used: kept.uses, program };
        kept.bytes += entry.bytes;
        let share = kept.projects.entry(project.clone()).or_default();
        share.bytes += entry.bytes;
        share.programs.insert(version.clone(), entry);
        while kept.bytes > self.most && kept.make_room() {}
    }

    /// Lets go of the programs of a project's versions that are no longer live.
    pub(crate) fn forget<'a>(&self, project: &ProjectId, versions: impl IntoIterator<Item = &'a VersionId>) {
        let mut kept = self.lock();
        for version in versions {
            kept.remove(project, version);
        }
    }

    /// A poisoned lock only means that another request panicked; the list is still whole.
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn remove(&mut self, project: &ProjectId, version: &VersionId) {
        let Some(share) = self.projects.get_mut(project) else { return };
        let Some(entry) = share.programs.remove(version) else { return };
        share.bytes -= entry.bytes;
        self.bytes -= entry.bytes;
        if share.programs.is_empty() {
            self.projects.remove(project);
        }
    }

    /// Lets go of the program of the project with the most bytes that was not used for the longest time; false when
    /// there is none.
    fn make_room(&mut self) -> bool {
        let largest = self.projects.iter().max_by_key(|(_, share)| share.bytes);
        let oldest = largest.and_then(|(project, share)| {
            let (version, _) = share.programs.iter().min_by_key(|(_, entry)| entry.used)?;
            Some((project.clone(), version.clone()))
        });
        oldest.is_some_and(|(project, version)| {
            self.remove(&project, &version);
            true
        })
    }
}

#[cfg(test)]
mod tests {
    use contract::ids::Id;
    use script::{Language, Limits, Sandbox, SandboxConfig};

    use super::*;

    /// A program, and room for so many of it.
    async fn room_for(count: usize) -> (Program, Programs) {
        let sandbox = Sandbox::new(SandboxConfig::default()).unwrap();
        let compiled = sandbox.compile("export default () => 1", Language::JavaScript, "test").await.unwrap();
        let program = sandbox.load(&compiled, &Limits::default(), "test").await.unwrap();
        let programs = Programs::with_room(count * program.bytes());
        (program, programs)
    }

    fn ids<T: Id>(count: i64) -> Vec<T> {
        (0..count).map(|n| store::new_id(1_790_000_000_000 + n)).collect()
    }

    fn there(programs: &Programs, project: &ProjectId, versions: &[VersionId]) -> Vec<bool> {
        versions.iter().map(|version| programs.has(project, version)).collect()
    }

    #[tokio::test]
    async fn the_one_that_was_not_used_for_the_longest_time_makes_room() {
        let (program, programs) = room_for(3).await;
        let (project, versions) = (store::new_id(0), ids::<VersionId>(4));
        let keep = |version: &VersionId| programs.keep(&project, version, program.clone(), || true);
        versions[..3].iter().for_each(keep);
        assert!(programs.get(&project, &versions[0]).is_some());
        assert!(programs.has(&project, &versions[1]));
        keep(&versions[3]);
        assert_eq!(there(&programs, &project, &versions), [true, false, true, true]);
        keep(&versions[3]);
        programs.forget(&project, &versions);
        let kept = programs.lock();
        assert_eq!((kept.bytes, kept.projects.len()), (0, 0));
    }

    #[tokio::test]
    async fn a_project_with_many_programs_makes_room_by_itself() {
        let (program, programs) = room_for(6).await;
        let projects = ids::<ProjectId>(3);
        let [few, many, late] = &*projects else { panic!("three") };
        let (two, ten, three) = (ids::<VersionId>(2), ids::<VersionId>(10), ids::<VersionId>(3));
        let keep = |project: &ProjectId, versions: &[VersionId]| {
            versions.iter().for_each(|version| programs.keep(project, version, program.clone(), || true));
        };
        keep(few, &two);
        keep(many, &ten);
        // Older than everything of the other project, and still there.
        assert_eq!(there(&programs, few, &two), [true; 2]);
        assert_eq!(there(&programs, many, &ten), [[false; 6].as_slice(), &[true; 4]].concat());
        keep(late, &three[..2]);
        assert_eq!(there(&programs, few, &two), [true; 2]);
        assert_eq!(there(&programs, late, &three[..2]), [true; 2]);
        assert_eq!(there(&programs, many, &ten), [[false; 8].as_slice(), &[true; 2]].concat());
        // All have their share now: who wants more gives up what is its own.
        keep(late, &three[2..]);
        assert_eq!(there(&programs, late, &three), [false, true, true]);
    }

    #[tokio::test]
    async fn what_is_not_live_is_not_kept() {
        let (program, programs) = room_for(1).await;
        let (project, version) = (store::new_id(0), store::new_id(0));
        programs.keep(&project, &version, program, || false);
        assert!(!programs.has(&project, &version));
    }
}
