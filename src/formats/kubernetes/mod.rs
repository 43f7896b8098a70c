//! Kubernetes manifests: workloads and their containers, configuration, Services, Ingresses, Gateways.
//!
//! A manifest is read as `kubectl` reads it: several documents, lists unpacked, YAML or JSON. Charts of Helm
//! are read as far as they can be without rendering them.

mod annotations;
mod assignments;
mod audit;
mod chart;
mod command;
mod config;
mod container;
mod control_plane;
mod custom;
mod document;
mod env;
mod gateway;
mod ingress;
mod kustomize;
mod lookup;
mod manifest;
mod mesh;
mod network;
mod patch;
mod pod;
mod probes;
mod recognition;
mod release;
mod rendered;
mod security;
mod service;
#[cfg(test)]
mod tests;
pub(super) mod values;
mod volumes;
mod workflow;

pub(super) use config::embed_file;
pub(crate) use container::forget_absences;

use super::unread::problem;
pub use chart::Renderings;

use super::{Annotation, Format, Reader, Reading};
use crate::facts::{Field, ProblemKind};
use crate::source::{Sources, Span};
use crate::syntax::yaml::{self, ErrorKind, Kind, Mode, Node, Stream};
use lookup::look;
use manifest::Manifest;

pub(super) const FORMAT: Format = Format {
    name: "kubernetes",
    doc: "Kubernetes manifests in YAML or JSON, Helm chart templates and kustomizations",
    by_name: recognition::by_name,
    by_content: recognition::by_content,
    read,
};

/// The annotation that allows findings in an object, or in the pods of a template.
const ALLOWANCE: &str = "govlint.dev/allow";

/// How deep lists of objects may lie in one another.
const LISTS: usize = 4;

fn read(reader: &mut Reader<'_>) {
    if reader.is_whole()
        && let Some(folder) = chart::folder(reader.reading.path)
        && yaml::is_templated(reader.text.as_str())
    {
        reader.want(chart::file(folder, "values.yaml"), "helm-values");
        reader.reading.unjoined.template = true;
        return;
    }
    manifests(reader);
}

/// Reads the templates of charts that were rendered.
pub(super) fn render<'s>(readings: &mut [Reading<'s>], renderings: &Renderings, sources: &'s Sources) {
    chart::render(readings, renderings, sources, manifests);
}

/// Reads the templates of charts, now that the values are known.
pub(super) fn join<'s>(readings: &mut [Reading<'s>], sources: &'s Sources) {
    chart::join(readings, sources, manifests);
}

fn manifests(reader: &mut Reader<'_>) {
    let text = reader.text.clone();
    let templated = yaml::is_templated(text.as_str());
    let mode = if templated { Mode::Templated } else { Mode::Plain };
    let mut stream = yaml::parse(&text, reader.sources, mode);
    reader.reading.comments.extend(stream.comments.iter().copied());
    problems(&stream, reader);
    for document in &mut stream.documents {
        let root = document.root();
        if root.items().next().is_some_and(|first| first.get("op").is_some()) {
            // A patch that a kustomization names.
            patch::operations(document, None, reader);
        } else if root.kind() == Kind::Mapping {
            // The document may begin with its `---`, above the comment at its head.
            reader.reading.blocks.extend([document.span(), root.span()]);
            object(root, document.span(), LISTS, reader);
        } else {
            // A JSON file may hold a plain array of objects.
            for item in root.items().filter(|item| item.kind() == Kind::Mapping) {
                reader.reading.blocks.push(item.span());
                object(item, item.span(), LISTS, reader);
            }
        }
    }
}

/// States what can't be read. The API server refuses keys that stand twice, and so does kubectl.
fn problems<'s>(stream: &Stream<'s>, reader: &mut Reader<'s>) {
    let sources = reader.sources;
    let facts = &mut reader.reading.facts;
    if stream.templated {
        let (open, other): (Vec<_>, Vec<_>) =
            stream.errors.iter().partition(|error| error.kind == ErrorKind::OpenAction);
        for error in open {
            problem(facts, sources, ProblemKind::Syntax, error.span, error.message.clone());
        }
        // Each error of a template that isn't rendered may follow from the first.
        if let Some(error) = other.first() {
            problem(facts, sources, ProblemKind::Template, error.span, error.message.clone());
        }
        return;
    }
    for error in &stream.errors {
        let kind = match error.kind {
            ErrorKind::Syntax | ErrorKind::UnknownAlias | ErrorKind::OpenAction => ProblemKind::Syntax,
            ErrorKind::TooDeep | ErrorKind::TooManyAliases => ProblemKind::Unreadable,
        };
        problem(facts, sources, kind, error.span, error.message.clone());
    }
    for duplicate in &stream.duplicates {
        let detail = format!("the key {} stands twice in one mapping", duplicate.key);
        problem(facts, sources, ProblemKind::Syntax, duplicate.second, detail);
    }
}

fn object<'s>(root: Node<'_, 's>, span: Span, depth: usize, reader: &mut Reader<'s>) {
    let is_kustomization = recognition::is_kustomization(reader.reading.path);
    let kind = match look(root, &["kind"]).str() {
        Some(kind) => kind,
        None if is_kustomization => "Kustomization",
        None => return,
    };
    let list = match kind {
        "Template" => look(root, &["objects"]),
        _ if kind.ends_with("List") => look(root, &["items"]),
        _ => lookup::Found::Absent,
    };
    if let Some(list) = list.node().filter(|list| list.kind() == Kind::Sequence && depth > 0) {
        let items = list.items().filter(|item| item.kind() == Kind::Mapping);
        for item in items {
            reader.reading.blocks.push(item.span());
            object(item, item.span(), depth - 1, reader);
        }
        return;
    }
    let manifest = Manifest::new(root, kind, span, reader.sources);
    annotation(root, span, reader);
    dispatch(&manifest, reader);
}

/// Takes in what the annotations of an object or of a pod template allow in it.
fn annotation<'s>(node: Node<'_, 's>, block: Span, reader: &mut Reader<'s>) {
    let stated = look(node, &["metadata", "annotations", ALLOWANCE]).node();
    if let Some((stated, value)) = stated.and_then(|stated| Some((stated, stated.as_str()?))) {
        reader.reading.annotations.push(Annotation { value, place: stated.span(), block });
    }
}

fn dispatch<'s>(manifest: &Manifest<'_, 's>, reader: &mut Reader<'s>) {
    match manifest.kind {
        // Schemas and policies hold what looks like workloads; encrypted objects hold nothing to read.
        "CustomResourceDefinition"
        | "PodSecurityPolicy"
        | "SecurityContextConstraints"
        | "ConstraintTemplate"
        | "ClusterPolicy"
        | "ValidatingAdmissionPolicy"
        | "MutatingAdmissionPolicy"
        | "SealedSecret"
        | "ExternalSecret"
        | "Role"
        | "ClusterRole"
        | "RoleBinding"
        | "ClusterRoleBinding"
        | "PrometheusRule" => {}
        "ConfigMap" => config::config_map(manifest, reader),
        "Secret" => config::secret(manifest, reader),
        "ServiceAccount" => config::service_account(manifest, reader),
        "Service" if !manifest.api.contains('/') => service::read(manifest, reader),
        "Ingress" => ingress::read(manifest, reader),
        "Route" if manifest.api.starts_with("route.openshift.io/") => ingress::route(manifest, reader),
        "Gateway" if manifest.api.starts_with("gateway.networking.k8s.io/") => {
            gateway::gateway(manifest, reader);
        }
        "ListenerSet" | "XListenerSet" => gateway::gateway(manifest, reader),
        "HTTPRoute" => gateway::route(manifest, reader),
        "Namespace" => {
            reader.reading.links.objects.extend(manifest.object());
            custom::read(manifest, reader);
        }
        "Kustomization" | "Component"
            if manifest.api.is_empty() || manifest.api.starts_with("kustomize.config.k8s.io/") =>
        {
            kustomize::read(manifest, reader);
        }
        "PersistentVolume" => {
            if let Some(path) = manifest.look(&["spec", "hostPath", "path"]).node() {
                let volume = volumes::host(path, Field::Default(false), manifest.subject);
                reader.reading.facts.volumes.extend(volume);
            }
            custom::read(manifest, reader);
        }
        _ if control_plane::read(manifest, reader)
            || network::read(manifest, reader)
            || mesh::read(manifest, reader)
            || workflow::read(manifest, reader) => {}
        _ => {
            control_plane::held(manifest, reader);
            let makes_pods = pod::read(manifest, reader);
            if !(makes_pods && pod::is_built_in(manifest.kind)) {
                release::read(manifest, reader);
                custom::read(manifest, reader);
            }
        }
    }
}
