//! Volumes: parts of the node, and objects that are mounted.

use rustc_hash::FxHashMap;

use super::env::named_use;
use super::lookup::{Found, known_str, look};
use super::manifest::Manifest;
use crate::facts::{Field, Head, Mounts, Volume, host_path};
use crate::formats::{Reader, image};
use crate::syntax::yaml::Node;

/// The volumes of a pod.
pub(super) fn read<'s>(manifest: &Manifest<'_, 's>, pod: Node<'_, 's>, reader: &mut Reader<'s>) {
    let note = reader.sources.keep(format!("mounted by {}", manifest.subject).into());
    let mut mounts = None;
    for volume in look(pod, &["volumes"]).items() {
        let name = known_str(volume, "name").unwrap_or_default();
        if let Some(path) = look(volume, &["hostPath", "path"]).node() {
            let mounts = mounts.get_or_insert_with(|| read_only(pod));
            let read_only = mounts.get(name).copied().unwrap_or(Field::Default(false));
            let subject = reader.sources.keep(format!("volume {name}").into());
            reader.reading.facts.volumes.extend(host(path, read_only, subject));
        }
        if let Some(reference) = look(volume, &["image", "reference"]).node() {
            reader.reading.facts.images.extend(image::image(&reference.text(), manifest.subject));
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

/// The names of the ConfigMaps that a pod mounts.
pub(super) fn config_maps<'s>(pod: Node<'_, 's>) -> Vec<&'s str> {
    let volumes = look(pod, &["volumes"]).items();
    let sources = volumes
        .flat_map(|volume| std::iter::once(volume).chain(look(volume, &["projected", "sources"]).items()));
    sources.filter_map(|source| look(source, &["configMap", "name"]).str()).collect()
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

/// Whether every mount of a volume is read-only, by the volume's name.
fn read_only<'s>(pod: Node<'_, 's>) -> FxHashMap<&'s str, Field<bool>> {
    let containers = ["containers", "initContainers", "ephemeralContainers"]
        .into_iter()
        .flat_map(|list| look(pod, &[list]).items());
    let mut all: FxHashMap<&'s str, Field<bool>> = FxHashMap::default();
    for mount in containers.flat_map(|container| look(container, &["volumeMounts"]).items()) {
        let Some(name) = known_str(mount, "name") else { continue };
        let own = match look(mount, &["readOnly"]) {
            Found::Stated(node) if node.truthy() == Some(true) => Field::set(true, node.span(), "readOnly"),
            Found::Unknown => Field::Unknown,
            _ => Field::Default(false),
        };
        all.entry(name)
            .and_modify(|known| {
                if known.value() == Some(&true) && own.value() != Some(&true) {
                    *known = own;
                }
            })
            .or_insert(own);
    }
    all
}
