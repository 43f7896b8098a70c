//! Patches of a kustomization: what they state for the workloads beside them counts there instead.
//!
//! A base in another folder can be applied without the overlay that patches it, so it is judged as it stands.

use std::collections::BTreeSet;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::facts::links::FileRole;
use crate::facts::{Container, Field};
use crate::formats::Reading;

/// How many containers are patched or patch others in one run. What lies beyond is judged as it stands.
const MOST_CONTAINERS: usize = 1_000_000;

/// A workload's kind and name, and the name of one of its containers; nothing where all are meant.
type Target<'s> = (&'s str, &'s str, Option<&'s str>);

pub(super) fn link<'s>(readings: &mut [Reading<'s>], files: &FxHashMap<&'s str, usize>) {
    let mut left = MOST_CONTAINERS;
    for user in 0..readings.len() {
        let Some(kustomization) = readings.get(user) else { continue };
        let named = &kustomization.links.files;
        let inline = !kustomization.links.objects.is_empty() && !kustomization.facts.containers.is_empty();
        if !inline && !named.iter().any(|file| file.role == FileRole::Patch) {
            continue;
        }
        let reading_of = |path: &str| files.get(path).copied();
        let patches = named
            .iter()
            .filter(|file| file.role == FileRole::Patch)
            .filter_map(|file| reading_of(&file.path));
        let mut seen = FxHashSet::default();
        let patches = patches.chain(inline.then_some(user)).filter(|index| seen.insert(*index));
        let mut stated: FxHashMap<Target<'s>, Container<'s>> = FxHashMap::default();
        let mut tokens: FxHashSet<&'s str> = FxHashSet::default();
        for patch in patches.filter_map(|index| readings.get(index)) {
            left = left.saturating_sub(patch.facts.containers.len());
            if left == 0 {
                return;
            }
            collect(patch, &mut stated);
            let asked = patch.links.account_uses.iter().filter(|one| matches!(one.token, Field::Set(_)));
            tokens.extend(asked.map(|one| one.subject));
        }
        let resources: BTreeSet<usize> = named
            .iter()
            .filter(|file| file.role != FileRole::Patch)
            .filter_map(|file| reading_of(&file.path))
            .filter(|index| *index != user)
            .collect();
        for index in resources {
            if let Some(resource) = readings.get_mut(index) {
                left = left.saturating_sub(resource.facts.containers.len());
                apply(resource, &stated);
                resource.links.account_uses.retain(|one| !tokens.contains(one.subject));
            }
        }
    }
}

fn collect<'s>(patch: &Reading<'s>, stated: &mut FxHashMap<Target<'s>, Container<'s>>) {
    for object in &patch.links.objects {
        for container in patch.facts.containers.get(object.containers.clone()).unwrap_or_default() {
            let name = container.name.value().copied();
            stated.insert((object.kind, object.name, name), container.clone());
        }
    }
}

fn apply<'s>(resource: &mut Reading<'s>, stated: &FxHashMap<Target<'s>, Container<'s>>) {
    for object in &resource.links.objects {
        let containers = resource.facts.containers.get_mut(object.containers.clone());
        for container in containers.unwrap_or_default() {
            let name = container.name.value().copied();
            for target in [Some(name), name.map(|_| None)].into_iter().flatten() {
                if let Some(patch) = stated.get(&(object.kind, object.name, target)) {
                    replace(container, patch);
                }
            }
        }
    }
}

/// What a patch states, it states in its own place; what stood here before doesn't count.
fn replace(container: &mut Container<'_>, patch: &Container<'_>) {
    fn one<T, U>(base: &mut Field<T>, patch: &Field<U>) {
        if matches!(patch, Field::Set(_)) {
            *base = Field::Unknown;
        }
    }
    // A patch that rules root out says no user.
    if matches!(patch.user, Field::Set(_)) || patch.non_root.value() == Some(&true) {
        container.user = Field::Unknown;
    }
    one(&mut container.non_root, &patch.non_root);
    one(&mut container.privileged, &patch.privileged);
    one(&mut container.escalation, &patch.escalation);
    one(&mut container.added_capabilities, &patch.added_capabilities);
    one(&mut container.dropped_capabilities, &patch.dropped_capabilities);
    one(&mut container.read_only_root, &patch.read_only_root);
    one(&mut container.host_network, &patch.host_network);
    one(&mut container.host_pid, &patch.host_pid);
    one(&mut container.host_ipc, &patch.host_ipc);
    one(&mut container.liveness, &patch.liveness);
    one(&mut container.readiness, &patch.readiness);
    one(&mut container.cpu_limit, &patch.cpu_limit);
    one(&mut container.memory_limit, &patch.memory_limit);
    one(&mut container.cpu_request, &patch.cpu_request);
    one(&mut container.memory_request, &patch.memory_request);
}
