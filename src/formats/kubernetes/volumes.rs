//! Volumes: parts of the node, and objects that are mounted.

use super::env::named_use;
use super::lookup::{Found, known_str, look};
use super::manifest::Manifest;
use crate::facts::{Field, Head, Mounts, Volume};
use crate::formats::{Reader, host_path};
use crate::syntax::yaml::Node;

/// The volumes of a pod.
pub(super) fn read<'s>(manifest: &Manifest<'_, 's>, pod: Node<'_, 's>, reader: &mut Reader<'s>) {
    let note = reader.sources.keep(format!("mounted by {}", manifest.subject).into());
    for volume in look(pod, &["volumes"]).items() {
        let name = known_str(volume, "name").unwrap_or_default();
        if let Some(path) = look(volume, &["hostPath", "path"]).node() {
            let read_only = read_only(pod, name);
            let subject = reader.sources.keep(format!("volume {name}").into());
            reader.reading.facts.volumes.extend(host(path, read_only, subject));
        }
        let projected = look(volume, &["projected", "sources"]).items();
        for source in std::iter::once(volume).chain(projected) {
            let uses = [
                (look(source, &["configMap"]).node(), "ConfigMap", "name"),
                (look(source, &["secret"]).node(), "Secret", "secretName"),
                // Projected secrets are named as ConfigMaps are.
                (look(source, &["secret"]).node(), "Secret", "name"),
            ];
            for (reference, kind, key) in uses {
                let named = reference.and_then(|node| named_use(manifest, node, kind, key, note));
                reader.reading.links.uses.extend(named);
            }
        }
    }
}

/// A path of the node.
pub(super) fn host<'s>(path: Node<'_, 's>, read_only: Field<bool>, subject: &'s str) -> Option<Volume<'s>> {
    let (text, span) = (path.as_str()?, path.span());
    let mounts = host_path::classify(text).unwrap_or(Mounts::HostPath);
    Some(Volume {
        head: Head::new(span, subject),
        mounts: Field::set(mounts, span, "hostPath"),
        source: Field::set(text, span, "hostPath"),
        read_only,
        of_node: Field::set(true, span, "hostPath"),
    })
}

/// Whether every mount of the volume is read-only.
fn read_only(pod: Node<'_, '_>, name: &str) -> Field<bool> {
    let containers = ["containers", "initContainers", "ephemeralContainers"]
        .into_iter()
        .flat_map(|list| look(pod, &[list]).items());
    let mounts = containers.flat_map(|container| look(container, &["volumeMounts"]).items());
    let mut all = None;
    for mount in mounts.filter(|mount| known_str(*mount, "name") == Some(name)) {
        match look(mount, &["readOnly"]) {
            Found::Stated(node) if node.truthy() == Some(true) => all = all.or(Some(node.span())),
            Found::Unknown => return Field::Unknown,
            _ => return Field::Default(false),
        }
    }
    all.map_or(Field::Default(false), |span| Field::set(true, span, "readOnly"))
}
