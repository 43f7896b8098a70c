//! Waivers by what they are for, so that a finding isn't compared with each of them.

use std::iter;

use rustc_hash::FxHashMap;

use super::{Policy, Waiver};
use crate::finding::Finding;
use crate::source::{SourceId, Sources};

/// A rule or a topic, and an object where the waiver is for one.
type Target<'a> = (&'a str, Option<&'a str>);

/// The waivers of a policy that count.
pub(super) struct Waivers<'a> {
    policy: &'a Policy,
    /// What they are for, as indexes of `lists`.
    targets: FxHashMap<Target<'a>, usize>,
    /// The indexes of those that are for the same thing.
    lists: Vec<Vec<usize>>,
    /// Those of a list that are for a file, once something was found there.
    of_file: FxHashMap<(SourceId, usize), Vec<usize>>,
}

impl<'a> Waivers<'a> {
    /// The waivers that are `wanted`, by their index in the policy.
    pub(super) fn new(policy: &'a Policy, wanted: impl Fn(usize) -> bool) -> Self {
        let mut targets: FxHashMap<Target<'a>, usize> = FxHashMap::default();
        let mut lists: Vec<Vec<usize>> = Vec::new();
        for (at, waiver) in policy.waivers.iter().enumerate().filter(|(at, _)| wanted(*at)) {
            let target = (waiver.rule.as_str(), waiver.object.as_deref());
            let list = *targets.entry(target).or_insert(lists.len());
            match lists.get_mut(list) {
                Some(list) => list.push(at),
                None => lists.push(vec![at]),
            }
        }
        Waivers { policy, targets, lists, of_file: FxHashMap::default() }
    }

    /// Those that are for a finding, in the order of the policy.
    pub(super) fn of(&mut self, finding: &Finding<'_, '_>, sources: &Sources) -> Vec<usize> {
        if self.targets.is_empty() {
            return Vec::new();
        }
        let file = finding.place.file;
        let Some(path) = self.policy.local(sources.file(file).path()) else { return Vec::new() };
        let topic = format!("{}/*", finding.rule.topic);
        let mut found = Vec::new();
        for rule in [finding.rule.id, &topic] {
            for object in iter::once(None).chain(Waiver::objects(finding.subject).map(Some)) {
                let Some(&list) = self.targets.get(&(rule, object)) else { continue };
                let of_file = self.of_file.entry((file, list)).or_insert_with(|| {
                    let waivers = &self.policy.waivers;
                    let meant =
                        |at: &usize| waivers.get(*at).is_some_and(|waiver| waiver.paths.contain(path));
                    self.lists.get(list).into_iter().flatten().copied().filter(meant).collect()
                });
                found.extend_from_slice(of_file);
            }
        }
        found.sort_unstable();
        found
    }
}
