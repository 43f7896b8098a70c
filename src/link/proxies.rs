//! Configurations of proxies that a service mounts: where the service publishes no port, nothing outside
//! reaches their sockets.

use rustc_hash::FxHashMap;

use crate::facts::links::MountSource;
use crate::facts::{Field, Reach};
use crate::formats::Reading;

/// The formats whose files state sockets, and that don't look for mounts themselves.
const FORMATS: &[&str] = &["haproxy", "toml", "traefik"];

pub(super) fn link(readings: &mut [Reading<'_>]) {
    let states_sockets =
        |reading: &Reading<'_>| FORMATS.contains(&reading.format.name) && !reading.facts.listeners.is_empty();
    if !readings.iter().any(states_sockets) {
        return;
    }
    let published = published(readings);
    for reading in readings.iter_mut().filter(|reading| states_sockets(reading)) {
        if is_inside(reading.path, &published) {
            keep_inside(reading);
        }
    }
}

/// Whether any service that mounts a path publishes a port, by the path.
fn published(readings: &[Reading<'_>]) -> FxHashMap<String, bool> {
    let mut published = FxHashMap::default();
    for mount in readings.iter().flat_map(|reading| &reading.links.mounts) {
        if let MountSource::Path { path, .. } = &mount.source {
            *published.entry(path.trim_end_matches('/').to_owned()).or_insert(false) |= mount.published;
        }
    }
    published
}

/// Whether services mount a file, or a folder that holds it, and none of them publishes a port.
fn is_inside(path: &str, published: &FxHashMap<String, bool>) -> bool {
    let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
    let mut mounts = ends.filter_map(|end| published.get(path.get(..end)?)).peekable();
    mounts.peek().is_some() && mounts.all(|published| !published)
}

fn keep_inside(reading: &mut Reading<'_>) {
    for listener in &mut reading.facts.listeners {
        if let Field::Set(reach) = &mut listener.reach
            && reach.value == Reach::Public
        {
            reach.value = Reach::Internal;
        }
    }
    for server in &mut reading.facts.servers {
        if let Field::Set(public) = &mut server.public {
            public.value = false;
        }
    }
}
