//! Services: the data store behind a port is that of the pods that the Service selects.

use rustc_hash::FxHashMap;

use crate::facts::Field;
use crate::facts::links::Exposure;
use crate::formats::Reading;
use crate::formats::image::datastore;

/// How often a Service is compared with a workload in one run. Beyond that, Services select nothing.
const MOST_COMPARISONS: usize = 4_000_000;

/// A container by its file and its index there.
type Place = (usize, usize);

pub(super) fn link(readings: &mut [Reading<'_>]) {
    let exposed: Vec<(usize, Exposure<'_>)> = readings
        .iter()
        .enumerate()
        .flat_map(|(file, reading)| reading.links.exposures.iter().map(move |one| (file, one.clone())))
        .collect();
    if exposed.is_empty() {
        return;
    }
    let pods = by_label(readings);
    let mut left = MOST_COMPARISONS;
    for (file, exposure) in exposed {
        let selected = select(readings, &pods, &exposure, file, &mut left);
        let store = selected.iter().find_map(|(file, index)| {
            let container = readings.get(*file)?.facts.containers.get(*index)?;
            datastore(container.image.as_ref()?)
        });
        for (file, index) in selected {
            if let Some(container) =
                readings.get_mut(file).and_then(|one| one.facts.containers.get_mut(index))
            {
                container.published = true;
            }
        }
        let port = readings.get_mut(file).and_then(|reading| reading.facts.ports.get_mut(exposure.port));
        if let (Some(port), Some(store)) = (port, store)
            && port.datastore.is_unstated()
            && leads_to(port.container_port.value(), store.ports)
        {
            port.datastore = Field::set(store.name, port.head.anchor, "image");
        }
    }
}

/// Pods carry sidecars with ports of their own; a port that is known and not the store's leads to one.
fn leads_to(port: Option<&i64>, ports: &[u16]) -> bool {
    ports.is_empty() || port.is_none_or(|port| ports.iter().any(|one| i64::from(*one) == *port))
}

/// Workloads by each label of their pods.
fn by_label<'s>(readings: &[Reading<'s>]) -> FxHashMap<(&'s str, &'s str), Vec<(usize, usize)>> {
    let mut pods: FxHashMap<_, Vec<_>> = FxHashMap::default();
    for (file, reading) in readings.iter().enumerate() {
        for (at, object) in reading.links.objects.iter().enumerate() {
            if !object.containers.is_empty() {
                for label in &object.labels {
                    pods.entry(*label).or_default().push((file, at));
                }
            }
        }
    }
    pods
}

/// The containers of all pods that a selector matches; where the same labels are used in several trees,
/// those of the nearest one.
fn select<'s>(
    readings: &[Reading<'s>],
    pods: &FxHashMap<(&'s str, &'s str), Vec<(usize, usize)>>,
    exposure: &Exposure<'s>,
    from: usize,
    left: &mut usize,
) -> Vec<Place> {
    // A label that no pod has selects none; the rarest leaves the fewest to be compared.
    let having = |label| pods.get(label).map_or(&[][..], Vec::as_slice);
    let candidates = exposure.selector.iter().map(having).min_by_key(|having| having.len());
    let candidates = candidates.unwrap_or_default();
    *left = left.saturating_sub(candidates.len());
    if *left == 0 {
        return Vec::new();
    }
    let folder = |file: usize| readings.get(file).map_or("", |reading| super::objects::folder(reading.path));
    let mut best = (0, Vec::new());
    for (file, at) in candidates {
        let Some(object) = readings.get(*file).and_then(|reading| reading.links.objects.get(*at)) else {
            continue;
        };
        let here = match (object.namespace, exposure.namespace) {
            (Some(a), Some(b)) => a == b,
            _ => true,
        };
        if !here || !exposure.selector.iter().all(|label| object.labels.contains(label)) {
            continue;
        }
        let near = 1 + super::objects::nearness(folder(from), folder(*file));
        if near > best.0 {
            best = (near, Vec::new());
        }
        if near == best.0 {
            best.1.extend(object.containers.clone().map(|index| (*file, index)));
        }
    }
    best.1
}
