//! Files and folders that a kustomization puts together, and what it changes in them.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Surroundings, refer};
use crate::facts::{Field, ReferenceKind, Resolution};
use crate::formats::{Reading, forget_absences};

pub(super) fn link<'s>(
    readings: &mut [Reading<'s>],
    files: &FxHashMap<&'s str, usize>,
    around: &dyn Surroundings,
) {
    for user in 0..readings.len() {
        let named = readings.get_mut(user).map(|reading| std::mem::take(&mut reading.links.files));
        for file in named.unwrap_or_default() {
            let target = files.get(file.path.as_str()).copied();
            if let Some(patch) = target.filter(|_| file.patch).and_then(|index| readings.get_mut(index)) {
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
                let resolution = if file.secret { Resolution::MadeElsewhere } else { Resolution::Missing };
                refer(&mut reading.facts, kind, file.source, resolution, file.span, file.subject);
            }
        }
    }
    changed(readings);
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
