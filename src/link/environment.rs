//! What each file of a run is for.

use rustc_hash::FxHashMap;

use crate::formats::Reading;
use crate::source::{SourceId, Sources};
use crate::value::environment::Environment;

/// What each file is for: its name decides first, then what its settings say. Where they say both,
/// production counts. What a document shows is to be copied, unless it says that it is for production.
pub(super) fn of_files(readings: &[Reading<'_>], sources: &Sources) -> FxHashMap<SourceId, Environment> {
    let mut environments = FxHashMap::default();
    for reading in readings {
        let is_block = sources.is_block(reading.file);
        let named = Environment::of_name(reading.path);
        // A pipeline that deploys to production has jobs that test.
        let parts = reading.links.parted && named == Environment::Production;
        let shown = is_block && named == Environment::Development;
        if named != Environment::Unstated && !parts && !shown {
            environments.insert(reading.file, named);
            continue;
        }
        // What a job sets says nothing of the others.
        let settings = if reading.links.parted { &[] } else { reading.facts.settings.as_slice() };
        for setting in settings {
            let key = setting.key.value().copied().unwrap_or_default();
            let said = Environment::of_setting(key, setting.text.as_str());
            let file = setting.head.anchor.file;
            if file == reading.file && said != Environment::Unstated {
                let known = environments.entry(file).or_insert(said);
                *known = said.min(*known);
            }
        }
        if is_block {
            let stated = environments.entry(reading.file).or_insert(Environment::Template);
            if *stated == Environment::Development {
                *stated = Environment::Template;
            }
        }
    }
    environments
}
