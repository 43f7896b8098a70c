//! Configurations of proxies that a service mounts: where the service publishes no port, nothing outside
//! reaches their sockets.

use crate::facts::links::{Mount, MountSource};
use crate::facts::{Field, Reach};
use crate::formats::Reading;

/// The formats whose files state sockets, and that don't look for mounts themselves.
const FORMATS: &[&str] = &["haproxy", "toml", "traefik"];

pub(super) fn link(readings: &mut [Reading<'_>]) {
    let states_sockets =
        |reading: &Reading<'_>| FORMATS.contains(&reading.format.name) && !reading.facts.listeners.is_empty();
    let unpublished: Vec<usize> = (0..readings.len())
        .filter(|at| {
            readings.get(*at).is_some_and(|one| states_sockets(one) && is_inside(one.path, readings))
        })
        .collect();
    for at in unpublished {
        let Some(reading) = readings.get_mut(at) else { continue };
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
}

/// Whether services mount a file, or a folder that holds it, and none of them publishes a port.
fn is_inside(path: &str, readings: &[Reading<'_>]) -> bool {
    let holds = |mounted: &str| {
        let mounted = mounted.trim_end_matches('/');
        path.strip_prefix(mounted)
            .is_some_and(|rest| !mounted.is_empty() && (rest.is_empty() || rest.starts_with('/')))
    };
    let all = readings.iter().flat_map(|reading| &reading.links.mounts);
    let of_it = |mount: &&Mount<'_>| matches!(&mount.source, MountSource::Path { path: mounted, .. } if holds(mounted));
    let mut mounts = all.filter(of_it).peekable();
    mounts.peek().is_some() && mounts.all(|mount| !mount.published)
}
