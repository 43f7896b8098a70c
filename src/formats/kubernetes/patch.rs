//! Patches that stand inside a kustomization: parts of objects, or operations of JSON Patch.
//! <https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/patches/>

use super::lookup::{known_str, look};
use super::manifest::Manifest;
use super::{annotations, config, ingress, pod};
use crate::formats::Reader;
use crate::source::{Sources, Text};
use crate::syntax::yaml::{self, Document, Kind, Mode, Node, Step};

/// How many operations of one patch are read, and how deep their paths reach.
const MOST_OPERATIONS: usize = 1_000;
const DEEPEST: usize = 32;

/// Reads the text of a patch. What it names as its target says what a list of operations changes.
pub(super) fn read<'s>(text: &Text<'s>, target: Option<Node<'_, 's>>, reader: &mut Reader<'s>) {
    let mut stream = yaml::parse(text, reader.sources, Mode::Templated);
    if !stream.errors.is_empty() {
        return;
    }
    let kind = target.and_then(|target| known_str(target, "kind"));
    for document in &mut stream.documents {
        let root = document.root();
        if root.kind() == Kind::Mapping {
            if let Some(kind) = known_str(root, "kind") {
                object(root, kind, reader);
            }
        } else {
            operations(document, kind, reader);
        }
    }
}

/// A part of an object: it says what it says, and lacks nothing.
fn object<'s>(root: Node<'_, 's>, kind: &'s str, reader: &mut Reader<'s>) {
    let span = root.span();
    let manifest = Manifest { patch: true, ..Manifest::new(root, kind, span, reader.sources) };
    match kind {
        "Ingress" => {
            ingress::redirects(&manifest, reader);
            annotations::read(&manifest, reader);
            annotations::cors(&manifest, reader);
        }
        "ConfigMap" => config::config_map(&manifest, reader),
        "Secret" => config::secret(&manifest, reader),
        _ => {
            pod::read(&manifest, reader);
        }
    }
}

/// Reads a list of operations. One that puts a value somewhere is the part of the object that it makes.
/// <https://www.rfc-editor.org/rfc/rfc6902>
pub(super) fn operations<'s>(document: &mut Document<'s>, kind: Option<&'s str>, reader: &mut Reader<'s>) {
    let puts = |operation: Node<'_, 's>| {
        if !matches!(known_str(operation, "op"), Some("add" | "replace")) {
            return None;
        }
        let path = known_str(operation, "path")?;
        let value = look(operation, &["value"]).node()?;
        Some((kind.or_else(|| changed(path))?, path, value.place()))
    };
    let made: Vec<_> = document.root().items().take(MOST_OPERATIONS).filter_map(puts).collect();
    for (kind, path, value) in made {
        let Some(steps) = steps(path, reader.sources) else { continue };
        let part = document.add(&steps, value);
        object(document.added(part), kind, reader);
    }
}

/// The kind of object that a path leads into, where it can be told.
fn changed(path: &str) -> Option<&'static str> {
    let kinds = [
        ("/spec/template/spec/", "Deployment"),
        ("/spec/jobTemplate/spec/template/spec/", "CronJob"),
        ("/metadata/annotations/nginx.ingress.kubernetes.io~1", "Ingress"),
    ];
    kinds.iter().find(|(start, _)| path.starts_with(start)).map(|(_, kind)| *kind)
}

/// The parts of a JSON Pointer. <https://www.rfc-editor.org/rfc/rfc6901>
fn steps<'s>(path: &'s str, sources: &'s Sources) -> Option<Vec<Step<'s>>> {
    let parts = path.strip_prefix('/')?.split('/');
    let index =
        |part: &str| part == "-" || !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let steps: Vec<Step<'s>> = parts
        .take(DEEPEST + 1)
        .map(|part| match part {
            part if index(part) => Step::Item,
            part if part.contains('~') => {
                Step::Key(sources.keep(part.replace("~1", "/").replace("~0", "~").into()))
            }
            part => Step::Key(part),
        })
        .collect();
    (steps.len() <= DEEPEST).then_some(steps)
}

#[cfg(test)]
mod tests {
    use super::super::tests::named;

    #[test]
    fn operations_put_values_where_their_paths_say() {
        let text = "patches:\n  - target: {kind: Deployment, name: api}\n    patch: |-\n      - {op: add, path: /spec/template/spec/containers/0/image, value: \"nginx:latest\"}\n      - {op: replace, path: /spec/template/spec/hostNetwork, value: true}\n      - {op: remove, path: /spec/template/spec/hostPID}\n      - op: add\n        path: /spec/template/spec/containers/0/image\n        value: redis:7\n";
        named("k8s/kustomization.yaml", text, |reading, at| {
            let images: Vec<_> = reading.facts.images.iter().map(|one| at(one.head.anchor)).collect();
            assert_eq!(images, ["nginx:latest", "redis:7"]);
            let shared: Vec<_> =
                reading.facts.containers.iter().filter_map(|one| one.host_network.span()).map(at).collect();
            assert_eq!(shared, ["true"]);
            assert!(reading.links.workloads.is_empty());
        });
    }

    #[test]
    fn operations_put_mappings_and_lists_where_their_paths_say() {
        let text = "patches:\n  - target: {kind: Deployment, name: api}\n    patch: |-\n      - op: add\n        value:\n          runAsUser: 0\n          capabilities: {add: [SYS_ADMIN]}\n        path: /spec/template/spec/containers/0/securityContext\n      - op: add\n        path: /spec/template/spec/volumes/-\n        value: {name: host, hostPath: {path: /etc}}\n      - op: add\n        path: /spec/template/spec/containers\n        value:\n          - name: side\n            image: redis:7\n";
        named("k8s/kustomization.yaml", text, |reading, at| {
            let users: Vec<_> =
                reading.facts.containers.iter().filter_map(|one| one.user.span()).map(at).collect();
            assert_eq!(users, ["0"]);
            let added: Vec<_> = reading.facts.capabilities.iter().map(|one| at(one.head.anchor)).collect();
            assert_eq!(added, ["SYS_ADMIN"]);
            assert_eq!(reading.facts.images.len(), 1);
            assert_eq!(reading.facts.volumes.len(), 1);
        });
    }

    #[test]
    fn a_list_of_operations_may_stand_in_a_file_of_its_own() {
        let text = "- op: add\n  path: /spec/template/spec/containers/0/securityContext\n  value: {privileged: true}\n";
        named("k8s/patch.yaml", text, |reading, at| {
            let [container] = &reading.facts.containers[..] else { panic!() };
            assert_eq!(container.privileged.span().map(at).as_deref(), Some("true"));
        });
    }

    #[test]
    fn a_part_of_an_object_lacks_nothing() {
        let text = "patches:\n  - patch: |-\n      apiVersion: apps/v1\n      kind: Deployment\n      metadata: {name: api}\n      spec: {template: {spec: {containers: [{name: api, image: x, securityContext: {runAsUser: 0}}]}}}\n";
        named("k8s/kustomization.yaml", text, |reading, at| {
            let [container] = &reading.facts.containers[..] else { panic!() };
            assert_eq!(container.user.span().map(at).as_deref(), Some("0"));
            assert_eq!(container.liveness, crate::facts::Field::Unknown);
        });
    }
}
