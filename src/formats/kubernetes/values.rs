//! What the values of a chart say about the pods that it makes. A chart may use them or not, so only what is
//! stated counts, and nothing is missed.

use super::container::forget_absences;
use super::lookup::look;
use super::security::Context;
use super::volumes;
use crate::facts::{Container, Field, Head, Platform};
use crate::formats::Reader;
use crate::syntax::yaml::{Kind, Node};

/// The names under which charts take security contexts.
const CONTEXTS: [&str; 3] = ["securityContext", "podSecurityContext", "containerSecurityContext"];

/// States the security contexts among the entries of a mapping, and the namespaces of the host.
pub(in crate::formats) fn security<'s>(reader: &mut Reader<'s>, node: Node<'_, 's>, subject: &'s str) {
    for entry in node.own_entries().filter(|entry| CONTEXTS.contains(&entry.key)) {
        let stated = entry.value;
        let off = look(stated, &["enabled"]).node().and_then(Node::truthy) == Some(false);
        if stated.kind() != Kind::Mapping || off {
            continue;
        }
        let context = Context::of_values(stated);
        let mut container = Container {
            user: context.user(),
            non_root: context.non_root(),
            privileged: context.privileged(),
            escalation: context.escalation(),
            read_only_root: context.read_only_root(),
            ..Container::of(Platform::Kubernetes, Head::new(entry.key_span, subject), stated.span())
        };
        forget_absences(&mut container);
        reader.reading.facts.containers.push(container);
        let added = context.capabilities_of(subject, reader.sources);
        reader.reading.facts.capabilities.extend(added);
    }
    // A volume for the pods, which says nothing of how it is mounted.
    if let Some(path) = look(node, &["hostPath", "path"]).node().filter(|_| node.get("name").is_some()) {
        reader.reading.facts.volumes.extend(volumes::host(path, Field::Unknown, subject));
    }
    let mut container = Container::of(Platform::Kubernetes, Head::new(node.span(), subject), node.span());
    let shared = |key: &'static str| match look(node, &[key]).boolean(key, Field::Unknown) {
        Field::Set(stated) if stated.value => Field::Set(stated),
        _ => Field::Unknown,
    };
    container.host_network = shared("hostNetwork");
    container.host_pid = shared("hostPID");
    container.host_ipc = shared("hostIPC");
    let any = [&container.host_network, &container.host_pid, &container.host_ipc];
    if any.iter().any(|one| one.value().is_some()) {
        reader.reading.facts.containers.push(container);
    }
}
