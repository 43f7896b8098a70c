//! Pods, and the templates of pods in everything that makes some.

use super::container::{self, Place};
use super::lookup::{Found, known_str, look, pairs};
use super::manifest::Manifest;
use super::{custom, volumes};
use crate::facts::links::{Account, Workload};
use crate::facts::{Field, Runs};
use crate::formats::Reader;
use crate::syntax::yaml::{Kind, Node};

/// How many nodes are looked at to find the pod templates of a kind that isn't known.
const SEARCH: usize = 4_096;

/// How deep the pod templates of a kind that isn't known may lie.
const SEARCH_DEPTH: usize = 8;

/// What runs a pod.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pod<'t, 's> {
    pub(super) manifest: Manifest<'t, 's>,
    /// The pod or its template, with `metadata` and `spec`.
    pub(super) template: Node<'t, 's>,
    pub(super) spec: Node<'t, 's>,
    pub(super) runs: Option<Runs>,
    /// Whether this only changes what another file states.
    pub(super) is_fragment: bool,
}

/// Reads the pods of an object; the answer is whether it holds any.
pub(super) fn read<'s>(manifest: &Manifest<'_, 's>, reader: &mut Reader<'s>) -> bool {
    let templates = templates(manifest);
    for template in &templates {
        if let Some(spec) = look(*template, &["spec"]).node() {
            let runs = runs(manifest, spec);
            let is_fragment = is_fragment(manifest, spec);
            let pod = Pod { manifest: *manifest, template: *template, spec, runs, is_fragment };
            pod.read(reader);
        }
    }
    !templates.is_empty()
}

fn templates<'t, 's>(manifest: &Manifest<'t, 's>) -> Vec<Node<'t, 's>> {
    let path: &[&str] = match manifest.kind {
        "Pod" => &[],
        "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" | "ReplicationController" | "Job" => {
            &["spec", "template"]
        }
        "CronJob" => &["spec", "jobTemplate", "spec", "template"],
        "PodTemplate" => &["template"],
        _ => {
            let mut found = Vec::new();
            let mut left = SEARCH;
            if let Some(spec) = manifest.look(&["spec"]).node() {
                search(spec, SEARCH_DEPTH, &mut left, &mut found);
            }
            return found;
        }
    };
    manifest.look(path).node().into_iter().collect()
}

/// Whatever has `template.spec.containers` makes pods: Knative Services, Argo Rollouts, training jobs.
fn search<'t, 's>(node: Node<'t, 's>, depth: usize, left: &mut usize, found: &mut Vec<Node<'t, 's>>) {
    if depth == 0 || *left == 0 {
        return;
    }
    *left -= 1;
    for entry in node.entries() {
        let is_template = entry.key == "template" || entry.key == "podTemplate";
        match look(entry.value, &["spec", "containers"]).node() {
            Some(list) if is_template && list.kind() == Kind::Sequence => found.push(entry.value),
            _ => search(entry.value, depth - 1, left, found),
        }
    }
    for item in node.items() {
        search(item, depth - 1, left, found);
    }
}

/// How long the containers of a pod are meant to run; nothing where an operator knows better.
fn runs(manifest: &Manifest<'_, '_>, spec: Node<'_, '_>) -> Option<Runs> {
    let once = matches!(known_str(spec, "restartPolicy"), Some("Never" | "OnFailure"));
    let long = is_built_in(manifest.kind) || matches!(manifest.kind, "Rollout" | "DeploymentConfig");
    if manifest.kind.ends_with("Job") || once { Some(Runs::ToCompletion) } else { long.then_some(Runs::Long) }
}

/// A patch names a workload and what it changes: it lacks the selector, and all containers or the image of at
/// least one, all of which the API server insists on.
fn is_fragment(manifest: &Manifest<'_, '_>, spec: Node<'_, '_>) -> bool {
    if manifest.patch {
        return true;
    }
    let containers = look(spec, &["containers"]);
    let lacks_image = || containers.items().any(|container| look(container, &["image"]).is_absent());
    if !is_built_in(manifest.kind) && manifest.kind != "PodTemplate" {
        // The operator has an image, and what belongs to it.
        return lacks_image();
    }
    let selects = matches!(manifest.kind, "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet");
    selects && manifest.look(&["spec", "selector"]).is_absent() && (containers.is_absent() || lacks_image())
}

impl<'s> Pod<'_, 's> {
    fn read(&self, reader: &mut Reader<'s>) {
        if self.template.span() != self.manifest.root.span() {
            super::annotation(self.template, self.template.span(), reader);
        }
        let first = reader.reading.facts.containers.len();
        for (list, place) in [
            ("initContainers", Place::Init),
            ("containers", Place::Main),
            ("ephemeralContainers", Place::Ephemeral),
        ] {
            for item in look(self.spec, &[list]).items().filter(|item| item.kind() == Kind::Mapping) {
                container::read(self, item, place, reader);
            }
        }
        if self.is_fragment && reader.reading.facts.containers.len() == first {
            container::of_patch(self, reader);
        }
        volumes::read(&self.manifest, self.spec, reader);
        custom::topology(&self.manifest, self.spec, reader);
        let end = reader.reading.facts.containers.len();
        if let Some(mut object) = self.manifest.object() {
            object.labels =
                look(self.template, &["metadata", "labels"]).node().map(pairs).unwrap_or_default();
            object.containers = first..end;
            reader.reading.links.objects.push(object);
        }
        if first < end {
            self.once_a_pod(first, reader);
        }
    }

    /// What the pod says as a whole is stated with its first container, so that it is said once.
    pub(super) fn once_a_pod(&self, first: usize, reader: &mut Reader<'s>) {
        let flag = |key: &'static str| {
            let absent = if self.is_fragment { Field::Unknown } else { Field::Default(false) };
            look(self.spec, &[key]).boolean(key, absent)
        };
        if let Some(container) = reader.reading.facts.containers.get_mut(first) {
            container.host_network = flag("hostNetwork");
            container.host_pid = flag("hostPID");
            container.host_ipc = flag("hostIPC");
            container.host_users = look(self.spec, &["hostUsers"]).boolean("hostUsers", Field::Unset);
        }
        if !self.is_fragment {
            self.workload(first, reader);
        }
        self.account(reader);
    }

    /// The service account that the pod runs under.
    fn account(&self, reader: &mut Reader<'s>) {
        let account = ["serviceAccountName", "serviceAccount"]
            .into_iter()
            .map(|key| look(self.spec, &[key]))
            .find(|found| !found.is_absent());
        let name = match account {
            Some(Found::Stated(node)) => {
                node.as_str().map(|name| if name.is_empty() { "default" } else { name })
            }
            Some(_) => None,
            None => Some("default"),
        };
        let token = look(self.spec, &["automountServiceAccountToken"])
            .boolean("automountServiceAccountToken", Field::Unset);
        if self.is_fragment && !matches!(token, Field::Set(_)) {
            return;
        }
        reader.reading.links.account_uses.push(Account {
            name,
            namespace: self.manifest.namespace,
            token,
            span: self.manifest.kind_span,
            subject: self.manifest.subject,
        });
    }

    /// What network policies see of the pod. One on the network of its node is beyond their reach.
    /// <https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-and-hostnetwork-pods>
    fn workload(&self, first: usize, reader: &mut Reader<'s>) {
        let on_node = look(self.spec, &["hostNetwork"]);
        if !on_node.is_absent() && on_node.node().and_then(Node::truthy) != Some(false)
            || self.manifest.kind == "PodTemplate"
        {
            return;
        }
        let labels = look(self.template, &["metadata", "labels"]);
        let (labels, open) = match labels {
            Found::Stated(node) => (pairs(node), node.is_open()),
            Found::Absent => (Vec::new(), false),
            Found::Unknown => (Vec::new(), true),
        };
        let containers = first..reader.reading.facts.containers.len();
        reader.reading.links.workloads.push(Workload {
            config_maps: volumes::config_maps(self.spec),
            containers,
            namespace: self.manifest.namespace,
            labels,
            // Operators label the pods that they make from a template as they like.
            open: open || !is_built_in(self.manifest.kind),
            span: self.manifest.kind_span,
            subject: self.manifest.subject,
        });
    }
}

/// Whether a kind that makes pods is one of Kubernetes itself.
pub(super) fn is_built_in(kind: &str) -> bool {
    matches!(
        kind,
        "Pod"
            | "Deployment"
            | "StatefulSet"
            | "DaemonSet"
            | "ReplicaSet"
            | "ReplicationController"
            | "Job"
            | "CronJob"
    )
}
