//! ConfigMaps that hold a server's configuration: where the pods that mount it can't be reached from outside,
//! neither can the server's sockets. What it answers with may still reach browsers through an Ingress.

use rustc_hash::FxHashMap;

use crate::facts::links::Workload;
use crate::facts::{Field, Reach};
use crate::formats::Reading;
use crate::source::Span;

pub(super) fn link(readings: &mut [Reading<'_>]) {
    let has_servers = |reading: &Reading<'_>| {
        reading.facts.servers.iter().any(|one| one.of_ingress.value() == Some(&false))
    };
    if !readings.iter().any(|reading| reading.format.name == "kubernetes" && has_servers(reading)) {
        return;
    }
    // Whether any pod that mounts a ConfigMap can be reached, by the name and namespace.
    let mut mounted: FxHashMap<&str, FxHashMap<Option<&str>, bool>> = FxHashMap::default();
    for reading in &*readings {
        for workload in &reading.links.workloads {
            let reachable = is_reachable(reading, workload);
            for name in &workload.config_maps {
                let any = mounted.entry(name).or_default().entry(workload.namespace).or_default();
                *any |= reachable;
            }
        }
    }
    for reading in readings {
        let mut inside: Vec<Span> = Vec::new();
        for object in reading.links.objects.iter().filter(|object| object.kind == "ConfigMap") {
            let Some(users) = mounted.get(object.name) else { continue };
            let mut users: Box<dyn Iterator<Item = &bool>> = match object.namespace {
                Some(_) => Box::new([users.get(&object.namespace), users.get(&None)].into_iter().flatten()),
                None => Box::new(users.values()),
            };
            if users.next().is_some_and(|reachable| !reachable) && users.all(|reachable| !reachable) {
                let texts = object.data.iter().filter_map(|(_, _, text)| text.as_ref());
                inside.extend(texts.map(|text| text.span(0..text.as_str().len())));
            }
        }
        inside.sort_unstable_by_key(|text| text.start);
        keep_inside(reading, &inside);
    }
}

/// Whether a Service leads in from outside, or a port of the node.
fn is_reachable(reading: &Reading<'_>, workload: &Workload<'_>) -> bool {
    let containers = reading.facts.containers.get(workload.containers.clone());
    containers.unwrap_or_default().iter().any(|container| container.published)
}

fn keep_inside(reading: &mut Reading<'_>, inside: &[Span]) {
    if inside.is_empty() {
        return;
    }
    let lies_inside = |place: Span| {
        let behind = inside.partition_point(|text| text.start <= place.start);
        behind.checked_sub(1).and_then(|at| inside.get(at)).is_some_and(|text| text.contains(place))
    };
    for listener in &mut reading.facts.listeners {
        if let Field::Set(stated) = &mut listener.reach
            && stated.value == Reach::Public
            && lies_inside(listener.head.anchor)
        {
            stated.value = Reach::Internal;
        }
    }
}
