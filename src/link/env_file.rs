//! Env files: their settings belong to the containers that read them.

use rustc_hash::FxHashMap;

use super::{Surroundings, refer};
use crate::facts::{ReferenceKind, Resolution, Scope, Use};
use crate::formats::Reading;
use crate::source::Sources;

pub(super) fn link<'s>(
    readings: &mut [Reading<'s>],
    files: &FxHashMap<&'s str, usize>,
    around: &dyn Surroundings,
    sources: &'s Sources,
) {
    for user in 0..readings.len() {
        let reads = readings.get(user).map(|reading| reading.links.env_files.clone()).unwrap_or_default();
        for read in reads {
            let used = Use { span: read.span, note: read.note };
            let scope = files.get(read.path.as_str()).and_then(|index| readings.get_mut(*index)).map(|env| {
                for setting in &mut env.facts.settings {
                    setting.head.used(used);
                }
                Scope(sources.text(env.file).span(0..0))
            });
            let Some(reading) = readings.get_mut(user) else { continue };
            let Some(container) = reading.facts.containers.get_mut(read.container) else { continue };
            let subject = container.head.subject;
            match scope {
                Some(scope) => container.environment.push(scope),
                None if !read.required => {}
                None => {
                    let resolution = resolution(&read.path, around);
                    container.environment_open = true;
                    let path = sources.keep(read.path.into());
                    refer(&mut reading.facts, ReferenceKind::EnvFile, path, resolution, read.span, subject);
                }
            }
        }
    }
}

/// A `.env` that is ignored, or beside which an example lies, is made on each machine.
fn resolution(path: &str, around: &dyn Surroundings) -> Resolution {
    let example = |suffix: &str| around.entry(&format!("{path}.{suffix}")).is_some();
    let kept_out =
        around.is_ignored(path) || ["example", "sample", "template", "dist"].into_iter().any(example);
    if kept_out { Resolution::MadeElsewhere } else { Resolution::Missing }
}
