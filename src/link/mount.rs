//! Bind mounts of files that aren't there.

use super::{Surroundings, refer};
use crate::facts::{ReferenceKind, Resolution};
use crate::formats::Reading;

/// A missing file becomes an empty folder when Docker mounts it; a missing folder is made, which may be
/// meant. A name with an extension is taken for a file.
pub(super) fn link(readings: &mut [Reading<'_>], around: &dyn Surroundings) {
    for reading in readings {
        let mounts = std::mem::take(&mut reading.links.mounts);
        for mount in &mounts {
            let name = mount.target.rsplit('/').next().unwrap_or_default();
            let is_file = name.trim_start_matches('.').contains('.');
            if !mount.read
                && may_name_ports(mount.target)
                && let Some(container) = reading.facts.containers.get_mut(mount.container)
            {
                container.listens.clear();
            }
            let inside = !mount.path.starts_with('/') && !mount.path.starts_with("..");
            if is_file && inside && around.entry(&mount.path).is_none() && !around.is_ignored(&mount.path) {
                let subject = reading.facts.containers.get(mount.container);
                let subject = subject.map_or("", |container| container.head.subject);
                refer(
                    &mut reading.facts,
                    ReferenceKind::Mount,
                    mount.source,
                    Resolution::Missing,
                    mount.span,
                    subject,
                );
            }
        }
        reading.links.mounts = mounts;
    }
}

/// Whether a mount may hold a server's configuration, which decides on what ports it listens.
fn may_name_ports(target: &str) -> bool {
    let name = target.rsplit('/').next().unwrap_or_default();
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let configuration =
        ["cfg", "conf", "d", "ini", "json", "properties", "template", "toml", "xml", "yaml", "yml"];
    configuration.contains(&extension) || target.starts_with("/etc/") && extension.is_empty()
}
