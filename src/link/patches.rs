//! Kustomizations, built as kustomize builds them: what the patches of an overlay state for the workloads of
//! its bases counts there instead.
//!
//! A base is never applied by itself where overlays name it, so it is judged as its overlays make it: what all
//! of them state is no longer the base's, and what one of them leaves as it is stays with the base.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::{FxHashMap, FxHashSet};

use super::files::kustomization;
use crate::facts::links::FileRole;
use crate::facts::{Container, Field};
use crate::formats::Reading;

/// How many steps from kustomizations to what they name are followed, and how many containers are compared
/// with patches. What lies beyond is judged as it stands.
const MOST: usize = 1_000_000;

/// A workload's kind and name, and the name of one of its containers; nothing where all are meant.
type Target<'s> = (&'s str, &'s str, Option<&'s str>);

pub(super) fn link<'s>(readings: &mut [Reading<'s>], files: &FxHashMap<&'s str, usize>) {
    let kustomizations = kustomizations(readings, files);
    if kustomizations.values().all(|one| one.patches.is_empty()) {
        return;
    }
    let named: BTreeSet<usize> = kustomizations.values().flat_map(|one| one.parts.iter().copied()).collect();
    let mut left = MOST;
    let mut builds: Vec<Build<'s>> = Vec::new();
    let mut of_file: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for top in kustomizations.keys().filter(|at| !named.contains(at)) {
        let (build, parts) = Build::new(*top, &kustomizations, readings, &mut left);
        for part in parts {
            of_file.entry(part).or_default().push(builds.len());
        }
        builds.push(build);
    }
    for (file, of) in of_file {
        let builds: Vec<&Build<'s>> = of.iter().filter_map(|build| builds.get(*build)).collect();
        if let Some(resource) = readings.get_mut(file) {
            left = left.saturating_sub(builds.len() * resource.facts.containers.len());
            if left == 0 {
                return;
            }
            apply(resource, &builds);
        }
    }
}

/// What a kustomization names, by the numbers of the files.
#[derive(Default)]
struct Kustomization {
    /// Files with objects, and the kustomizations of folders.
    parts: BTreeSet<usize>,
    /// Files with patches, and itself where it holds some.
    patches: BTreeSet<usize>,
}

fn kustomizations(
    readings: &[Reading<'_>],
    files: &FxHashMap<&str, usize>,
) -> BTreeMap<usize, Kustomization> {
    let mut all = BTreeMap::new();
    for (at, reading) in readings.iter().enumerate() {
        let links = &reading.links;
        let mut one = Kustomization::default();
        for file in &links.files {
            let direct = files.get(file.path.as_str()).copied();
            match file.role {
                FileRole::Patch => one.patches.extend(direct),
                FileRole::Part => one.parts.extend(direct.or_else(|| kustomization(files, &file.path))),
                FileRole::Content | FileRole::Secret => {}
            }
        }
        one.parts.remove(&at);
        if !links.objects.is_empty() && !reading.facts.containers.is_empty() {
            one.patches.insert(at);
        }
        if !one.parts.is_empty() {
            all.insert(at, one);
        }
    }
    all
}

/// What one kustomization, which no other names, changes in all that it puts together.
#[derive(Default)]
struct Build<'s> {
    stated: FxHashMap<Target<'s>, Vec<Container<'s>>>,
    /// The accounts' users that say whether they take its token.
    tokens: FxHashSet<&'s str>,
}

impl<'s> Build<'s> {
    /// With the files that it puts together.
    fn new(
        top: usize,
        kustomizations: &BTreeMap<usize, Kustomization>,
        readings: &[Reading<'s>],
        left: &mut usize,
    ) -> (Self, BTreeSet<usize>) {
        let mut build = Build::default();
        let mut parts = BTreeSet::new();
        let mut open = vec![top];
        let mut patches = BTreeSet::new();
        while let Some(one) = open.pop().and_then(|at| kustomizations.get(&at)) {
            *left = left.saturating_sub(one.parts.len() + one.patches.len());
            if *left == 0 {
                break;
            }
            patches.extend(&one.patches);
            let new = one.parts.iter().filter(|part| parts.insert(**part));
            open.extend(new.filter(|part| kustomizations.contains_key(part)));
        }
        for patch in patches.into_iter().filter_map(|at: usize| readings.get(at)) {
            *left = left.saturating_sub(patch.facts.containers.len());
            if *left == 0 {
                break;
            }
            build.take(patch);
        }
        (build, parts)
    }

    fn take(&mut self, patch: &Reading<'s>) {
        for object in &patch.links.objects {
            for container in patch.facts.containers.get(object.containers.clone()).unwrap_or_default() {
                let target = (object.kind, object.name, container.name.value().copied());
                self.stated.entry(target).or_default().push(container.clone());
            }
        }
        let asked = patch.links.account_uses.iter().filter(|one| matches!(one.token, Field::Set(_)));
        self.tokens.extend(asked.map(|one| one.subject));
    }
}

fn apply<'s>(resource: &mut Reading<'s>, builds: &[&Build<'s>]) {
    for object in &resource.links.objects {
        let containers = resource.facts.containers.get_mut(object.containers.clone());
        for container in containers.unwrap_or_default() {
            let name = container.name.value().copied();
            let of = |build: &&'_ Build<'s>| {
                let named = build.stated.get(&(object.kind, object.name, name));
                let all = name.and_then(|_| build.stated.get(&(object.kind, object.name, None)));
                named.into_iter().chain(all).flatten().cloned().collect::<Vec<_>>()
            };
            replace(container, &builds.iter().map(of).collect::<Vec<_>>());
        }
    }
    let declined = |subject: &str| builds.iter().all(|build| build.tokens.contains(subject));
    resource.links.account_uses.retain(|one| builds.is_empty() || !declined(one.subject));
}

/// What patches state in every build, they state in their own places; what stood here before doesn't count.
fn replace<'s>(container: &mut Container<'s>, builds: &[Vec<Container<'s>>]) {
    let stated = |states: &dyn Fn(&Container<'s>) -> bool| {
        !builds.is_empty() && builds.iter().all(|patches| patches.iter().any(states))
    };
    macro_rules! replace {
        ($($field:ident),*) => {$(
            if stated(&|patch| matches!(patch.$field, Field::Set(_))) {
                container.$field = Field::Unknown;
            }
        )*};
    }
    // A patch that rules root out says no user.
    if stated(&|patch| matches!(patch.user, Field::Set(_)) || patch.non_root.value() == Some(&true)) {
        container.user = Field::Unknown;
    }
    replace!(
        non_root,
        privileged,
        escalation,
        added_capabilities,
        dropped_capabilities,
        read_only_root,
        host_network,
        host_pid,
        host_ipc,
        liveness,
        readiness,
        cpu_limit,
        memory_limit,
        cpu_request,
        memory_request
    );
}
