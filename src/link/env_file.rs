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
    let kept_out = around.is_ignored(path) || templates(path).any(|path| around.entry(&path).is_some());
    if kept_out { Resolution::MadeElsewhere } else { Resolution::Missing }
}

/// The names under which a template of an env file may lie beside it: `.env.example`, `env.example`,
/// `example.env`, `db.example.env`.
fn templates(path: &str) -> impl Iterator<Item = String> {
    let (folder, name) = path.rsplit_once('/').map_or(("", path), |(folder, name)| (folder, name));
    let folder = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    let stem = name.strip_suffix(".env").filter(|stem| !stem.is_empty());
    ["example", "sample", "template", "dist", "tmpl"].into_iter().flat_map(move |mark| {
        let bare = name.trim_start_matches('.');
        let joined = ['.', '-', '_'].map(|joint| format!("{folder}{name}{joint}{mark}"));
        let named = stem.map(|stem| format!("{folder}{stem}.{mark}.env"));
        let turned = [
            format!("{folder}{bare}.{mark}"),
            format!("{folder}{mark}{name}"),
            format!("{folder}.{mark}{name}"),
        ];
        joined.into_iter().chain(turned).chain(named)
    })
}

#[cfg(test)]
mod tests {
    use super::templates;

    #[test]
    fn templates_lie_beside_under_many_names() {
        let known: Vec<String> = templates("deploy/.env").collect();
        for path in ["deploy/.env.example", "deploy/example.env", "deploy/env.sample", "deploy/.env-dist"] {
            assert!(known.iter().any(|known| known == path), "{path}");
        }
        let known: Vec<String> = templates("db.env").collect();
        for path in ["db.env.template", "db.example.env", "db.env-sample"] {
            assert!(known.iter().any(|known| known == path), "{path}");
        }
    }
}
