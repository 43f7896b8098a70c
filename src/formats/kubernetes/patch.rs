//! Patches that stand inside a kustomization: parts of objects, or operations of JSON Patch.
//! <https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/patches/>

use super::lookup::{known_str, look};
use super::manifest::Manifest;
use super::{annotations, config, ingress, pod};
use crate::formats::Reader;
use crate::source::{Sources, Text};
use crate::syntax::yaml::{self, Kind, Mode, Node};

/// How many operations of one patch are read, and how deep their paths reach.
const MOST_OPERATIONS: usize = 1_000;
const DEEPEST: usize = 32;

/// Reads the text of a patch. What it names as its target says what a list of operations changes.
pub(super) fn read<'s>(text: &Text<'s>, target: Option<Node<'_, 's>>, reader: &mut Reader<'s>) {
    let stream = yaml::parse(text, reader.sources, Mode::Templated);
    if !stream.errors.is_empty() {
        return;
    }
    for document in &stream.documents {
        let root = document.root();
        if root.kind() == Kind::Mapping {
            if let Some(kind) = known_str(root, "kind") {
                object(root, kind, reader);
            }
        } else {
            let kind = target.and_then(|target| known_str(target, "kind"));
            for operation in root.items().take(MOST_OPERATIONS) {
                self::operation(operation, kind, reader);
            }
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

/// An operation that puts a value somewhere is the part of the object that it makes.
/// <https://www.rfc-editor.org/rfc/rfc6902>
fn operation<'s>(operation: Node<'_, 's>, kind: Option<&'s str>, reader: &mut Reader<'s>) {
    if !matches!(known_str(operation, "op"), Some("add" | "replace")) {
        return;
    }
    let (Some(path), Some(value)) = (known_str(operation, "path"), look(operation, &["value"]).node()) else {
        return;
    };
    let kind = match kind {
        Some(kind) => kind,
        None if path.starts_with("/spec/template/spec/") => "Deployment",
        None => return,
    };
    if let Some(text) = nested(path, value, reader.sources) {
        let stream = yaml::parse(&text, reader.sources, Mode::Templated);
        for document in stream.documents.iter().filter(|_| stream.errors.is_empty()) {
            object(document.root(), kind, reader);
        }
    }
}

/// A scalar wrapped in what its path names, byte by byte where it was written.
fn nested<'s>(path: &str, value: Node<'_, 's>, sources: &'s Sources) -> Option<Text<'s>> {
    let parts: Vec<String> =
        path.strip_prefix('/')?.split('/').map(|part| part.replace("~1", "/").replace("~0", "~")).collect();
    if value.kind() != Kind::Scalar || value.as_str().is_none() || parts.len() > DEEPEST {
        return None;
    }
    let index =
        |part: &str| part == "-" || !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let place = value.span();
    let (mut before, mut behind) = (String::new(), String::new());
    for part in &parts {
        if index(part) {
            before.push('[');
            behind.insert(0, ']');
        } else {
            before.extend(["{\"", &part.replace(['\\', '"'], ""), "\": "]);
            behind.insert(0, '}');
        }
    }
    let written = sources.slice(place);
    if written.contains('\n') {
        return None;
    }
    // A plain scalar may hold what ends one inside brackets.
    if value.is_plain() && written.contains([',', '[', ']', '{', '}', '#', ':']) {
        if written.contains(['"', '\\']) {
            return None;
        }
        before.push('"');
        behind.insert(0, '"');
    }
    let before = Text::decoded(place.head(), sources.keep(before.into()));
    let behind = Text::decoded(place.head(), sources.keep(behind.into()));
    Some(Text::joined(&[before, Text::verbatim(place, written), behind], sources))
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
    fn a_part_of_an_object_lacks_nothing() {
        let text = "patches:\n  - patch: |-\n      apiVersion: apps/v1\n      kind: Deployment\n      metadata: {name: api}\n      spec: {template: {spec: {containers: [{name: api, image: x, securityContext: {runAsUser: 0}}]}}}\n";
        named("k8s/kustomization.yaml", text, |reading, at| {
            let [container] = &reading.facts.containers[..] else { panic!() };
            assert_eq!(container.user.span().map(at).as_deref(), Some("0"));
            assert_eq!(container.liveness, crate::facts::Field::Unknown);
        });
    }
}
