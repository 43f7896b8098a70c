//! References between files are resolved, one short function a kind, so that a rule sees one complete
//! container and knows nothing of files.

mod environment;

pub use environment::Environment;

use rustc_hash::FxHashMap;

use crate::facts::Facts;
use crate::source::SourceId;

/// All facts of a run, references resolved.
#[derive(Default, Debug)]
pub struct Project<'s> {
    /// The facts.
    pub facts: Facts<'s>,
    /// What each file is for.
    environments: FxHashMap<SourceId, Environment>,
}

impl Project<'_> {
    /// What a file is for.
    #[must_use]
    pub fn environment(&self, file: SourceId) -> Environment {
        self.environments.get(&file).copied().unwrap_or(Environment::Unstated)
    }
}
