//! Network policies: which pods none of them selects, said once a namespace.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::facts::links::{NetworkPolicy, Workload};
use crate::facts::selector::{Label, Selector};
use crate::facts::{Field, Head, Namespace, Use};
use crate::formats::Reading;
use crate::source::{Sources, Span};

/// How often a selector is compared with a workload in one run. Beyond that, pods count as selected.
const MOST_COMPARISONS: usize = 4_000_000;

/// Labels that controllers give to the pods that they make, beyond those of the template.
/// <https://kubernetes.io/docs/reference/labels-annotations-taints/>
const GIVEN: [&str; 8] = [
    "apps.kubernetes.io/pod-index",
    "batch.kubernetes.io/controller-uid",
    "batch.kubernetes.io/job-completion-index",
    "batch.kubernetes.io/job-name",
    "controller-revision-hash",
    "job-name",
    "pod-template-hash",
    "statefulset.kubernetes.io/pod-name",
];

pub(super) fn link<'s>(readings: &mut [Reading<'s>], sources: &'s Sources) {
    let policies = Policies::new(readings);
    let mut left = MOST_COMPARISONS;
    // Of each namespace: the workloads that no policy selects, and whether one is selected.
    let mut open: BTreeMap<Option<&str>, (Vec<&Workload<'_>>, bool)> = BTreeMap::new();
    for workload in readings.iter().flat_map(|reading| &reading.links.workloads) {
        let covered = policies.select(workload, &mut left);
        let (uncovered, some) = open.entry(workload.namespace).or_default();
        if covered {
            *some = true;
        } else {
            uncovered.push(workload);
        }
    }
    let declared = declared(readings);
    let mut facts = Vec::new();
    for (namespace, (uncovered, some)) in open {
        let Some(first) = uncovered.first() else { continue };
        // Where nothing is selected at all it is the namespace that lacks a policy.
        let object = namespace.and_then(|name| declared.get(name)).copied().filter(|_| !some);
        facts.push(fact(namespace, first, object.unwrap_or(first.span), &uncovered, some, sources));
    }
    for fact in facts {
        let file = fact.head.anchor.file;
        if let Some(reading) = readings.iter_mut().find(|reading| reading.file == file) {
            reading.facts.namespaces.push(fact);
        }
    }
}

/// What is said of a namespace: of all of it, or of the rest where policies select `some` pods.
fn fact<'s>(
    namespace: Option<&'s str>,
    first: &Workload<'s>,
    place: Span,
    uncovered: &[&Workload<'s>],
    some: bool,
    sources: &'s Sources,
) -> Namespace<'s> {
    let subject = subject(namespace, first.subject, some.then_some(uncovered.len()));
    let mut head = Head::new(place, sources.keep(subject.into()));
    for workload in uncovered.iter().filter(|workload| workload.span != place) {
        let note = sources.keep(format!("{} is open", workload.subject).into());
        head.used(Use { span: workload.span, note });
    }
    Namespace { head, isolated: Field::set(false, place, "") }
}

/// What lacks a policy: a namespace, by its name or by the first object in it; or where policies select some of
/// its pods, the workloads that are `left`.
fn subject(namespace: Option<&str>, first: &str, left: Option<usize>) -> String {
    match (left, namespace) {
        (Some(2), _) => format!("{first} and one more workload"),
        (Some(many @ 3..), _) => format!("{first} and {} more workloads", many - 1),
        (Some(_), _) => first.to_owned(),
        (None, Some(name)) => format!("namespace {name}"),
        (None, None) if first.contains(' ') => format!("the namespace of {first}"),
        (None, None) => format!("the namespace of this {first}"),
    }
}

/// Where namespaces are made, by name.
fn declared<'s>(readings: &[Reading<'s>]) -> FxHashMap<&'s str, Span> {
    let objects = readings.iter().flat_map(|reading| &reading.links.objects);
    let mut places = FxHashMap::default();
    for object in objects.filter(|object| object.kind == "Namespace") {
        places.entry(object.name).or_insert(object.span);
    }
    places
}

/// All policies, by the namespace that they are stated for.
struct Policies<'s> {
    /// Those that reach everywhere, and those of whatever namespace they are applied to.
    anywhere: FxHashSet<Selector<'s>>,
    named: FxHashMap<&'s str, FxHashSet<Selector<'s>>>,
    /// Labels that are given to pods beyond their templates.
    given: FxHashSet<&'s str>,
    /// Namespaces that objects are put into.
    namespaces: FxHashSet<&'s str>,
}

impl<'s> Policies<'s> {
    fn new(readings: &[Reading<'s>]) -> Self {
        let mut all = Policies {
            anywhere: FxHashSet::default(),
            named: FxHashMap::default(),
            given: FxHashSet::default(),
            namespaces: FxHashSet::default(),
        };
        for reading in readings {
            all.namespaces.extend(&reading.links.namespaces);
            all.given.extend(reading.links.labels.iter().map(|(key, _)| *key));
            for NetworkPolicy { namespace, everywhere, selector } in &reading.links.policies {
                let list = match namespace.filter(|_| !everywhere) {
                    Some(name) => all.named.entry(name).or_default(),
                    None => &mut all.anywhere,
                };
                list.insert(selector.clone());
            }
        }
        all
    }

    /// Whether one of them may select the pods of a workload.
    fn select(&self, workload: &Workload<'s>, left: &mut usize) -> bool {
        let put = workload.namespace.is_none().then_some(&self.namespaces).into_iter().flatten().copied();
        let namespaces = std::iter::once(workload.namespace.unwrap_or("default")).chain(put);
        let here = namespaces.filter_map(|name| self.named.get(name)).flatten();
        let mut all = self.anywhere.iter().chain(here).peekable();
        if all.peek().is_none() {
            return false;
        }
        let labels: FxHashMap<&str, &'s str> = workload.labels.iter().copied().collect();
        let label = |key: &'s str| match labels.get(key) {
            Some(value) => Label::Is(value),
            // https://docs.cilium.io/en/stable/security/policy/kubernetes/#using-kubernetes-constructs-in-policy
            None if key == "io.kubernetes.pod.namespace" => {
                workload.namespace.map_or(Label::Unknown, Label::Is)
            }
            None if workload.open || self.given.contains(key) || GIVEN.contains(&key) => Label::Unknown,
            None => Label::Absent,
        };
        all.any(|selector| {
            *left = left.saturating_sub(1);
            *left == 0 || selector.may_select(label)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::subject;

    #[test]
    fn a_namespace_is_blamed_only_where_none_of_its_pods_is_selected() {
        assert_eq!(subject(Some("care"), "Deployment api", None), "namespace care");
        assert_eq!(subject(None, "Deployment api", None), "the namespace of Deployment api");
        assert_eq!(subject(Some("care"), "Deployment api", Some(1)), "Deployment api");
        assert_eq!(subject(None, "Deployment api", Some(2)), "Deployment api and one more workload");
        assert_eq!(subject(None, "Deployment api", Some(3)), "Deployment api and 2 more workloads");
    }
}
