//! What each file of a run is for.

use rustc_hash::FxHashMap;

use crate::formats::Reading;
use crate::source::SourceId;
use crate::value::environment::Environment;

/// What each file is for: its name decides first, then what its settings say. Where they say both,
/// production counts.
pub(super) fn of_files(readings: &[Reading<'_>]) -> FxHashMap<SourceId, Environment> {
    let mut environments = FxHashMap::default();
    for reading in readings {
        let named = Environment::of_name(reading.path);
        // A pipeline that deploys to production has jobs that test.
        let parts = reading.links.parted && named == Environment::Production;
        if named != Environment::Unstated && !parts {
            environments.insert(reading.file, named);
            continue;
        }
        if reading.links.parted {
            continue;
        }
        for setting in &reading.facts.settings {
            let key = setting.key.value().copied().unwrap_or_default();
            let said = Environment::of_setting(key, setting.text.as_str());
            let file = setting.head.anchor.file;
            if file == reading.file && said != Environment::Unstated {
                let known = environments.entry(file).or_insert(said);
                *known = said.min(*known);
            }
        }
    }
    environments
}
