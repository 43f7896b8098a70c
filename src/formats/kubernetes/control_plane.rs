//! The configuration of the control plane and of kubelets: what it says of TLS, audit logs and keys, as
//! settings.

use super::audit;
use super::lookup::{Found, known_str, look};
use super::manifest::Manifest;
use crate::facts::{Field, Head, Position, Protects, Scope, Store, Switch};
use crate::formats::Reader;
use crate::formats::settings::Draft;
use crate::source::{Span, Text};
use crate::syntax::yaml::{self, Kind, Mode, Node};

/// The parts of a cluster configuration that take flags of their program.
const PROGRAMS: [&str; 5] = ["apiServer", "controllerManager", "scheduler", "etcd", "nodeRegistration"];

/// Groups of kinds that are read here; a text that names none holds none of them.
const GROUPS: [&str; 4] =
    ["kubeadm.k8s.io/", "kubelet.config.k8s.io/", "apiserver.config.k8s.io/", "audit.k8s.io/"];

/// Reads one of the kinds of `*.config.k8s.io` and kubeadm; the answer is whether it is one.
pub(super) fn read<'s>(manifest: &Manifest<'_, 's>, reader: &mut Reader<'s>) -> bool {
    match manifest.kind {
        "KubeletConfiguration" | "EncryptionConfiguration" | "EncryptionConfig" => {}
        "ClusterConfiguration" | "InitConfiguration" | "JoinConfiguration"
            if manifest.api.is_empty() || manifest.api.starts_with("kubeadm.k8s.io/") => {}
        "Policy" if manifest.api.starts_with("audit.k8s.io/") => {
            audit::read(manifest, reader);
            return true;
        }
        _ => return false,
    }
    for key in ["tlsMinVersion", "tlsCipherSuites", "staticPodURL"] {
        if let Some(entry) = manifest.root.entry(key) {
            setting(manifest, key, entry.key_span, entry.value, reader);
        }
    }
    if manifest.kind == "ClusterConfiguration" {
        audit_policy(manifest, manifest.root, manifest.kind_span, reader);
    }
    kubeadm(manifest, manifest.root, reader);
    encryption_keys(manifest, reader);
    true
}

/// Reads the same kinds inside a text: in the ConfigMaps that kubeadm keeps, in patches of a cluster's tool,
/// which lack nothing. The answer is whether there is one.
pub(super) fn embedded<'s>(text: &Text<'s>, patch: bool, reader: &mut Reader<'s>) -> bool {
    if !GROUPS.iter().any(|group| text.as_str().contains(group)) {
        return false;
    }
    let stream = yaml::parse(text, reader.sources, Mode::Templated);
    let mut any = false;
    for root in stream.documents.iter().map(yaml::Document::root) {
        if let Some(kind) = known_str(root, "kind") {
            let manifest = Manifest { patch, ..Manifest::new(root, kind, root.span(), reader.sources) };
            any |= read(&manifest, reader);
        }
    }
    any
}

/// The objects of other tools that hold a configuration of kubeadm: Cluster API's, and kind's with its
/// patches.
pub(super) fn held<'s>(manifest: &Manifest<'_, 's>, reader: &mut Reader<'s>) {
    // https://kind.sigs.k8s.io/docs/user/configuration/#kubeadm-config-patches
    if manifest.kind == "Cluster" && manifest.api.starts_with("kind.x-k8s.io/") {
        let nodes = manifest.look(&["nodes"]).items().map(|node| look(node, &["kubeadmConfigPatches"]));
        let lists = nodes.chain([manifest.look(&["kubeadmConfigPatches"])]);
        for patch in lists.flat_map(Found::items).filter(|patch| patch.as_str().is_some()) {
            embedded(&patch.text(), true, reader);
        }
        return;
    }
    // https://cluster-api.sigs.k8s.io/tasks/bootstrap/kubeadm-bootstrap/
    let path: &[&str] = match manifest.kind {
        "KubeadmControlPlane" => &["spec", "kubeadmConfigSpec"],
        "KubeadmControlPlaneTemplate" => &["spec", "template", "spec", "kubeadmConfigSpec"],
        "KubeadmConfig" => &["spec"],
        "KubeadmConfigTemplate" => &["spec", "template", "spec"],
        _ => return,
    };
    let spec = manifest.look(path);
    for part in ["clusterConfiguration", "initConfiguration", "joinConfiguration"] {
        let Some(part) = spec.look(&[part]).node() else { continue };
        kubeadm(manifest, part, reader);
    }
    if let Some(entry) = spec.node().and_then(|spec| spec.entry("clusterConfiguration")) {
        audit_policy(manifest, entry.value, entry.key_span, reader);
    }
    for file in spec.look(&["files"]).items() {
        if let Some(content) = look(file, &["content"]).node().filter(|content| content.as_str().is_some()) {
            embedded(&content.text(), false, reader);
        }
    }
}

/// What one configuration of kubeadm says.
/// <https://kubernetes.io/docs/reference/config-api/kubeadm-config.v1beta4/>
fn kubeadm<'s>(manifest: &Manifest<'_, 's>, node: Node<'_, 's>, reader: &mut Reader<'s>) {
    for program in PROGRAMS {
        for path in [
            [program, "extraArgs"].as_slice(),
            &[program, "local", "extraArgs"],
            &[program, "kubeletExtraArgs"],
        ] {
            for (name, key_span, value) in look(node, path).node().map(flags).unwrap_or_default() {
                flag(manifest, program, (name, key_span), value, reader);
            }
        }
    }
    let token = ["discovery", "bootstrapToken"];
    let holders = look(node, &["bootstrapTokens"]).items().chain(look(node, &token).node());
    for holder in holders
        .chain(look(node, &["discovery"]).node())
        .chain(look(node, &["controlPlane"]).node())
        .chain([node])
    {
        for key in ["token", "tlsBootstrapToken", "certificateKey", "unsafeSkipCAVerification"] {
            if let Some(entry) = holder.entry(key) {
                setting(manifest, entry.key, entry.key_span, entry.value, reader);
            }
        }
    }
}

/// Flags as a mapping, or since kubeadm v1beta4 as a list of names and values.
fn flags<'t, 's>(flags: Node<'t, 's>) -> Vec<(&'s str, Span, Node<'t, 's>)> {
    let listed = flags.items().filter_map(|item| {
        let (name, value) = (look(item, &["name"]).node()?, look(item, &["value"]).node()?);
        Some((name.as_str()?, name.span(), value))
    });
    flags.entries().map(|entry| (entry.key, entry.key_span, entry.value)).chain(listed).collect()
}

fn flag<'s>(
    manifest: &Manifest<'_, 's>,
    program: &str,
    (name, key_span): (&'s str, Span),
    value: Node<'_, 's>,
    reader: &mut Reader<'s>,
) {
    let port = value.as_str();
    let cleartext = match (program, name) {
        ("apiServer", "insecure-port") => port.is_some_and(|port| port != "0"),
        // 0 serves no HTTPS.
        ("apiServer", "secure-port") => port == Some("0"),
        _ => false,
    };
    if cleartext {
        let span = value.span();
        reader.reading.facts.switches.push(off(manifest, Protects::Tls, name, span));
        return;
    }
    let name = if program == "etcd" && name == "cipher-suites" { "tls-cipher-suites" } else { name };
    setting(manifest, name, key_span, value, reader);
}

/// The API server that kubeadm makes records nothing unless a policy says what.
/// <https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/#log-backend>
fn audit_policy<'s>(
    manifest: &Manifest<'_, 's>,
    cluster: Node<'_, 's>,
    place: Span,
    reader: &mut Reader<'s>,
) {
    let given = look(cluster, &["apiServer", "extraArgs"]);
    let lacks = match given {
        Found::Stated(given) => {
            !given.is_open() && flags(given).iter().all(|(name, ..)| *name != "audit-policy-file")
        }
        Found::Absent => true,
        Found::Unknown => false,
    };
    if lacks && !manifest.patch {
        let key = "kube-apiserver without --audit-policy-file";
        reader.reading.facts.switches.push(off(manifest, Protects::Audit, key, place));
    }
}

fn off<'s>(manifest: &Manifest<'_, 's>, protects: Protects, key: &'s str, span: Span) -> Switch<'s> {
    Switch {
        head: Head::new(span, manifest.subject),
        protects: Field::set(protects, span, ""),
        position: Field::set(Position::Off, span, ""),
        key: Field::set(key, span, ""),
    }
}

/// The keys of an `EncryptionConfiguration` stand in it as they are.
fn encryption_keys<'s>(manifest: &Manifest<'_, 's>, reader: &mut Reader<'s>) {
    for resource in manifest.look(&["resources"]).items() {
        for provider in look(resource, &["providers"]).items().flat_map(Node::entries) {
            for key in look(provider.value, &["keys"]).items() {
                if let Some(entry) = key.entry("secret") {
                    setting(manifest, entry.key, entry.key_span, entry.value, reader);
                }
            }
        }
    }
}

/// States a leaf; a list becomes its items joined by commas, as flags take them.
pub(super) fn setting<'s>(
    manifest: &Manifest<'_, 's>,
    key: &'s str,
    key_span: Span,
    value: Node<'_, 's>,
    reader: &mut Reader<'s>,
) {
    let text = match value.kind() {
        Kind::Scalar if value.as_str().is_some() && !value.is_null() => value.text(),
        Kind::Sequence if !value.is_open() => joined(value, reader),
        _ => return,
    };
    let draft = Draft {
        key,
        key_span,
        text,
        store: Store::Setting,
        scope: Scope(manifest.span),
        subject: manifest.subject,
        image: None,
        uses: Vec::new(),
    };
    reader.reading.facts.settings.push(draft.setting());
}

fn joined<'s>(list: Node<'_, 's>, reader: &Reader<'s>) -> Text<'s> {
    let mut parts: Vec<Text<'s>> = Vec::new();
    for item in list.items().filter(|item| item.as_str().is_some()) {
        if !parts.is_empty() {
            parts.push(Text::decoded(item.span().head(), ","));
        }
        parts.push(item.text());
    }
    if parts.is_empty() {
        Text::verbatim(list.span().head(), "")
    } else {
        Text::joined(&parts, reader.sources)
    }
}
