//! Files and folders that a kustomization puts together, and what it changes in them.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Surroundings, refer};
use crate::facts::links::FileRole;
use crate::facts::{Field, ReferenceKind, Resolution};
use crate::formats::{Reading, forget_absences};

pub(super) fn link<'s>(
    readings: &mut [Reading<'s>],
    files: &FxHashMap<&'s str, usize>,
    around: &dyn Surroundings,
) {
    let mut together = Together::new(readings.len());
    for user in 0..readings.len() {
        let named = readings.get_mut(user).map(|reading| std::mem::take(&mut reading.links.files));
        for file in named.unwrap_or_default() {
            let target = files.get(file.path.as_str()).copied();
            let part = target.or_else(|| kustomization(files, &file.path));
            if let Some(part) = part {
                together.join(user, part);
            }
            let patch = target.filter(|_| file.role == FileRole::Patch);
            if let Some(patch) = patch.and_then(|index| readings.get_mut(index)) {
                // A patch is never blamed for what the workload that it changes has.
                patch.facts.containers.iter_mut().for_each(forget_absences);
                let links = &mut patch.links;
                links.workloads.clear();
                links.account_uses.retain(|one| matches!(one.token, Field::Set(_)));
                links.patched.extend(links.objects.drain(..).map(|object| (object.kind, object.name)));
                // Whether a certificate covers a host is for the whole object to say.
                patch.facts.listeners.clear();
                patch.facts.servers.clear();
            }
            let outside = file.path.starts_with("..") || file.path.starts_with('/');
            let missing = target.is_none()
                && !outside
                && around.entry(&file.path).is_none()
                && !around.is_ignored(&file.path);
            if let Some(reading) = readings.get_mut(user).filter(|_| missing) {
                let kind = ReferenceKind::File;
                let resolution = match file.role {
                    FileRole::Secret => Resolution::MadeElsewhere,
                    _ => Resolution::Missing,
                };
                refer(&mut reading.facts, kind, file.source, resolution, file.span, file.subject);
            }
        }
    }
    together.spread(readings);
    changed(readings);
}

/// The kustomization of a folder.
pub(super) fn kustomization(files: &FxHashMap<&str, usize>, folder: &str) -> Option<usize> {
    ["kustomization.yaml", "kustomization.yml"]
        .iter()
        .find_map(|name| files.get(format!("{folder}/{name}").as_str()).copied())
}

/// Which files are deployed together: each one's way to the one that stands for all of its group.
struct Together(Vec<usize>);

impl Together {
    fn new(count: usize) -> Self {
        Together((0..count).collect())
    }

    fn root(&mut self, of: usize) -> usize {
        let mut at = of;
        while let Some(&up) = self.0.get(at).filter(|up| **up != at) {
            let above = self.0.get(up).copied().unwrap_or(up);
            if let Some(way) = self.0.get_mut(at) {
                *way = above;
            }
            at = above;
        }
        at
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.root(one), self.root(other));
        if let Some(way) = self.0.get_mut(one) {
            *way = other;
        }
    }

    /// What one file lacks, all lack that are deployed with it.
    fn spread(&mut self, readings: &mut [Reading<'_>]) {
        let lacking = readings.iter().enumerate().filter(|(_, reading)| reading.links.incomplete);
        let lacking: FxHashSet<usize> = lacking.map(|(at, _)| self.root(at)).collect();
        if lacking.is_empty() {
            return;
        }
        for (at, reading) in readings.iter_mut().enumerate() {
            reading.links.incomplete |= lacking.contains(&self.root(at));
        }
    }
}

/// What a kustomization changes in the objects of other files: data of one that is patched may have more keys,
/// and a tag or a digest may stand there for an image.
fn changed(readings: &mut [Reading<'_>]) {
    let patched: FxHashSet<(&str, &str)> =
        readings.iter().flat_map(|reading| reading.links.patched.iter().copied()).collect();
    let pins: FxHashSet<&str> =
        readings.iter().flat_map(|reading| reading.links.pins.iter().copied()).collect();
    if patched.is_empty() && pins.is_empty() {
        return;
    }
    for reading in readings {
        for object in &mut reading.links.objects {
            object.open |= patched.contains(&(object.kind, object.name));
        }
        if reading.links.pins.is_empty() && !pins.is_empty() && reading.format.name == "kubernetes" {
            reading
                .facts
                .images
                .retain(|image| image.reference.value().is_none_or(|text| !pins.contains(untagged(text))));
        }
    }
}

/// An image's name as it is written, without its tag and digest.
fn untagged(reference: &str) -> &str {
    let name = reference.split('@').next().unwrap_or(reference);
    let folder = name.rfind('/').map_or(0, |at| at + 1);
    let tag = name.get(folder..).and_then(|last| last.find(':'));
    tag.and_then(|at| name.get(..folder + at)).unwrap_or(name)
}
