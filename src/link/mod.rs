//! References between files are resolved, one short function a kind, so that a rule sees one complete
//! container and knows nothing of files.

mod accounts;
mod build;
mod configs;
mod dockerignore;
mod env_file;
mod environment;
mod files;
mod gateways;
mod mount;
mod network;
mod objects;
mod patches;
mod proxies;
mod services;

pub use crate::value::environment::Environment;

use rustc_hash::FxHashMap;

use crate::facts::{Facts, Field, Head, Reference, ReferenceKind, Resolution};
use crate::formats::Reading;
use crate::source::{SourceId, Sources, Span};

/// All facts of a run, references resolved.
#[derive(Default, Debug)]
pub struct Project<'s> {
    /// The facts.
    pub facts: Facts<'s>,
    /// What each file is for.
    environments: FxHashMap<SourceId, Environment>,
    /// Parts of files that only developers start, in order. None lies in another.
    development: Vec<Span>,
}

impl Project<'_> {
    /// What the file of a place is for, or the part of it where the place lies.
    #[must_use]
    pub fn environment(&self, at: Span) -> Environment {
        if let Some(environment) = self.environments.get(&at.file) {
            return *environment;
        }
        let after = self.development.partition_point(|part| part.head() <= at.head());
        let part = after.checked_sub(1).and_then(|before| self.development.get(before));
        match part {
            Some(part) if part.contains(at) => Environment::Development,
            _ => Environment::Unstated,
        }
    }
}

/// What lies at a path.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Entry {
    /// A file.
    File,
    /// A folder.
    Folder,
}

/// What linking may ask of the project's folder: whether something lies there, not what is in it, except for
/// lists of what is ignored.
pub trait Surroundings {
    /// What lies at a path from the root of the run.
    fn entry(&self, path: &str) -> Option<Entry>;
    /// Whether a path is kept out of version control.
    fn is_ignored(&self, path: &str) -> bool;
    /// The text of the list at a path that says what a build is not given (`.dockerignore`).
    fn ignore_file(&self, path: &str) -> Option<String> {
        let _ = path;
        None
    }
}

/// A folder that holds nothing, for tests.
#[cfg(test)]
pub(crate) struct Nothing;

#[cfg(test)]
impl Surroundings for Nothing {
    fn entry(&self, _: &str) -> Option<Entry> {
        None
    }

    fn is_ignored(&self, _: &str) -> bool {
        false
    }
}

/// Resolves all references.
#[must_use]
pub fn link<'s>(
    mut readings: Vec<Reading<'s>>,
    around: &dyn Surroundings,
    sources: &'s Sources,
) -> Project<'s> {
    let files: FxHashMap<&'s str, usize> =
        readings.iter().enumerate().map(|(index, reading)| (reading.path, index)).collect();
    dockerignore::link(&mut readings, around);
    build::link(&mut readings, &files, around, sources);
    env_file::link(&mut readings, &files, around, sources);
    mount::link(&mut readings, around);
    proxies::link(&mut readings);
    patches::link(&mut readings, &files);
    files::link(&mut readings, &files, around);
    objects::link(&mut readings, sources);
    services::link(&mut readings);
    configs::link(&mut readings);
    gateways::link(&mut readings);
    accounts::link(&mut readings);
    network::link(&mut readings, sources);
    let environments = environment::of_files(&readings, sources);
    let mut development: Vec<Span> =
        readings.iter().flat_map(|reading| reading.links.development.iter().copied()).collect();
    development.sort_unstable();
    development.dedup();
    let facts = Facts::concat(readings.iter_mut().map(|reading| &mut reading.facts).collect());
    Project { facts, environments, development }
}

/// States what became of a reference.
fn refer<'s>(
    facts: &mut Facts<'s>,
    kind: ReferenceKind,
    target: &'s str,
    resolution: Resolution,
    at: Span,
    subject: &'s str,
) {
    facts.references.push(Reference {
        head: Head::new(at, subject),
        kind: Field::set(kind, at, ""),
        target: Field::set(target, at, ""),
        resolution: Field::set(resolution, at, ""),
    });
}
