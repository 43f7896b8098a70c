//! Services that others name: to wait for them, to share their network. Compose refuses a project in which
//! one of them isn't defined.

use rustc_hash::FxHashSet;

use super::file::Tree;
use super::names;
use super::project::Trees;
use crate::facts::{Field, Head, Reference, ReferenceKind, Resolution};
use crate::formats::Reading;
use crate::source::{Sources, Span};
use crate::syntax::yaml::{Kind, Node};

/// The names of all services of a run. Which files are started together, only the command line knows.
pub(super) fn defined<'s>(trees: &Trees<'_, 's>) -> FxHashSet<&'s str> {
    trees.values().flat_map(|tree| tree.services.iter().map(|(name, _)| *name)).collect()
}

/// States the services that a file names but that no file defines. `is_whole` says that the file is the first
/// of a project, or that the files before it are here: the services of a fragment may be defined anywhere.
pub(super) fn references<'s>(
    tree: &Tree<'_, 's>,
    is_whole: bool,
    defined: &FxHashSet<&'s str>,
    reading: &mut Reading<'s>,
    sources: &'s Sources,
) {
    let includes = tree.roots().any(|root| root.get("include").is_some());
    let services = || tree.roots().filter_map(|root| root.get("services"));
    if !is_whole || includes || !tree.file.stream.errors.is_empty() || services().any(Node::is_open) {
        return;
    }
    for (owner, layers) in &tree.services {
        for (name, at) in layers.iter().flat_map(|layer| named(layer.node)) {
            if name.is_empty() || name.contains(['$', '{']) || defined.contains(name) {
                continue;
            }
            let subject = sources.keep(format!("service {owner}").into());
            reading.facts.references.push(Reference {
                head: Head::new(at, subject),
                kind: Field::set(ReferenceKind::Service, at, ""),
                target: Field::set(name, at, ""),
                resolution: Field::set(Resolution::Missing, at, ""),
            });
        }
    }
}

/// Whether a file is the first of a project by its name.
pub(super) fn is_first(path: &str) -> bool {
    names::BASES.contains(&path.rsplit('/').next().unwrap_or(path))
}

/// The services that a service names, each with its place.
fn named<'s>(service: Node<'_, 's>) -> Vec<(&'s str, Span)> {
    let mut named = Vec::new();
    let waits = service.get("depends_on");
    for item in waits.into_iter().flat_map(Node::items).filter(|item| item.kind() == Kind::Scalar) {
        named.extend(item.as_str().map(|name| (name.trim(), item.span())));
    }
    let entries = waits.into_iter().filter(|node| node.kind() == Kind::Mapping).flat_map(Node::entries);
    for entry in entries.filter(|entry| entry.value.get("required").and_then(Node::truthy) != Some(false)) {
        named.push((entry.key, entry.key_span));
    }
    for item in service.get("links").into_iter().flat_map(Node::items) {
        let name = item.as_str().map(|link| link.split(':').next().unwrap_or(link).trim());
        named.extend(name.map(|name| (name, item.span())));
    }
    for key in ["network_mode", "ipc", "pid"] {
        let Some(node) = service.get(key) else { continue };
        let name = node.as_str().and_then(|mode| mode.strip_prefix("service:"));
        named.extend(name.map(|name| (name, node.span())));
    }
    named
}

#[cfg(test)]
mod tests {
    use crate::formats::compose::tests::read;
    use crate::source::Sources;

    fn missing(files: &[(&str, &str)]) -> Vec<String> {
        let sources = Sources::default();
        let readings = read(&sources, files);
        let references = readings.iter().flat_map(|reading| &reading.facts.references);
        references.map(|one| (*one.target.value().unwrap()).to_owned()).collect()
    }

    #[test]
    fn a_service_that_is_named_must_be_defined() {
        let text = "services:\n  a:\n    image: x\n    depends_on: [b, gone]\n    links: ['b:c', 'lost:d']\n    network_mode: service:away\n  b:\n    image: x\n    depends_on:\n      none: {condition: service_started}\n      maybe: {condition: service_started, required: false}\n      a: {condition: service_started}\n";
        assert_eq!(missing(&[("compose.yaml", text)]), ["gone", "lost", "away", "none"]);
    }

    #[test]
    fn what_may_be_defined_elsewhere_is_not_missed() {
        let text = "services:\n  a: {image: x, depends_on: [other]}\n";
        assert!(missing(&[("stack.part.yaml", text)]).is_empty());
        let included = format!("include: ['oci://example.org/x']\n{text}");
        assert!(missing(&[("compose.yaml", &included)]).is_empty());
        let other = ("docker-compose.db.yml", "services:\n  other: {image: x}\n");
        assert!(missing(&[("docker-compose.yml", text), other]).is_empty());
        let broken = "services:\n  a: {image: x, depends_on: [other]}\n  b: [\n";
        assert!(missing(&[("compose.yaml", broken)]).is_empty());
    }
}
