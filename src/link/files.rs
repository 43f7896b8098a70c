//! Files and folders that a kustomization puts together.

use rustc_hash::FxHashMap;

use super::{Surroundings, refer};
use crate::facts::{ReferenceKind, Resolution};
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
                patch.links.workloads.clear();
                patch.links.account_uses.clear();
            }
            let outside = file.path.starts_with("..") || file.path.starts_with('/');
            let missing = target.is_none()
                && !outside
                && around.entry(&file.path).is_none()
                && !around.is_ignored(&file.path);
            if let Some(reading) = readings.get_mut(user).filter(|_| missing) {
                let kind = ReferenceKind::File;
                refer(&mut reading.facts, kind, file.source, Resolution::Missing, file.span, file.subject);
            }
        }
    }
}
