//! Waivers by what they are for, so that a finding isn't compared with each of them.

use std::iter;

use rustc_hash::FxHashMap;

use crate::finding::Finding;
use crate::policy::{Policy, Waiver};
use crate::source::{SourceId, Sources};

/// A rule or a topic, and an object where the waiver is for one.
type Target<'a> = (&'a str, Option<&'a str>);

/// Some waivers of a policy.
pub(super) struct Waivers<'a> {
    policy: &'a Policy,
    /// What they are for, as indexes of `lists`.
    targets: FxHashMap<Target<'a>, usize>,
    /// The indexes of those that are for the same thing.
    lists: Vec<Vec<usize>>,
    /// Those of a list that are for a file, once something was found there, and for how many findings.
    of_file: FxHashMap<(SourceId, usize), (Vec<usize>, usize)>,
}

/// The waivers that are for a finding.
#[derive(Default)]
pub(super) struct Met {
    /// The first in the policy.
    pub(super) first: Option<usize>,
    /// All, but for those that the caller has been told of often enough.
    pub(super) told: Vec<usize>,
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

    /// Those that are for a finding. Those for one file are told of for some of its findings only, this many.
    pub(super) fn of(&mut self, finding: &Finding<'_, '_>, sources: &Sources, times: usize) -> Met {
        let mut met = Met::default();
        if self.targets.is_empty() {
            return met;
        }
        let file = finding.place.file;
        let Some(path) = self.policy.local(sources.file(file).path()) else { return met };
        let topic = format!("{}/*", finding.rule.topic);
        for rule in [finding.rule.id, &topic] {
            for object in iter::once(None).chain(Waiver::objects(finding.subject).map(Some)) {
                let Some(&list) = self.targets.get(&(rule, object)) else { continue };
                let (of_file, told) = self.of_file.entry((file, list)).or_insert_with(|| {
                    let mut answers: FxHashMap<&str, bool> = FxHashMap::default();
                    let meant = |at: &usize| {
                        self.policy.waivers.get(*at).is_some_and(|Waiver { paths, .. }| {
                            *answers.entry(paths.as_str()).or_insert_with(|| paths.contain(path))
                        })
                    };
                    let all = self.lists.get(list).into_iter().flatten();
                    (all.copied().filter(meant).collect(), 0)
                });
                met.first = met.first.into_iter().chain(of_file.first().copied()).min();
                if *told < times {
                    *told += 1;
                    met.told.extend_from_slice(of_file);
                }
            }
        }
        met
    }
}
