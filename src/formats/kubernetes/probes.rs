//! Probes: what is asked to tell whether a container lives or is ready.

use std::hash::{Hash, Hasher};

use rustc_hash::FxHasher;

use super::command;
use super::lookup::{Found, look, port};
use crate::facts::{Check, Field};
use crate::source::{Sources, Span};
use crate::syntax::yaml::{Kind, Node};

const PROBES: [&str; 3] = ["livenessProbe", "readinessProbe", "startupProbe"];

/// Whether the probe is there. A container that starts up slowly may have a startup probe, but that says
/// nothing of it once it runs.
pub(super) fn presence(container: Node<'_, '_>, name: &'static str) -> Field<bool> {
    look(container, &[name]).field(name, Field::Unset, |_| Some(true))
}

/// All probes of a container.
pub(super) fn checks<'s>(container: Node<'_, 's>, subject: &'s str, sources: &'s Sources) -> Vec<Check<'s>> {
    let probes = PROBES.into_iter().filter_map(|name| {
        let entry = container.entry(name)?;
        let probe = entry.value;
        if probe.kind() != Kind::Mapping {
            return None;
        }
        let words = look(probe, &["exec", "command"]);
        let asked =
            ["httpGet", "tcpSocket", "grpc"].into_iter().find_map(|h| look(probe, &[h, "port"]).node());
        Some(Check {
            written: name,
            span: entry.key_span,
            command: command::of_words(words, subject, sources).into_iter().next(),
            port: asked.and_then(|node| Some((resolve_port(node, container)?, node.span()))),
            nameless: asked
                .filter(|node| names_no_port(*node, container))
                .and_then(|node| Some((node.as_str()?, node.span()))),
            // https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/#configure-probes
            period: seconds(look(probe, &["periodSeconds"]), 10),
            failure_threshold: seconds(look(probe, &["failureThreshold"]), 3),
            fingerprint: fingerprint(probe),
        })
    });
    probes.collect()
}

fn seconds(found: Found<'_, '_>, default: u32) -> Option<u32> {
    match found {
        Found::Stated(node) => node.as_i64().and_then(|number| u32::try_from(number).ok()),
        Found::Absent => Some(default),
        Found::Unknown => None,
    }
}

/// The number of a port that is given by number or by the name of one of the container's ports.
fn resolve_port(node: Node<'_, '_>, container: Node<'_, '_>) -> Option<u16> {
    port(node).or_else(|| {
        let name = node.as_str()?;
        let named =
            look(container, &["ports"]).items().find(|port| look(*port, &["name"]).str() == Some(name));
        look(named?, &["containerPort"]).node().and_then(port)
    })
}

/// Whether a port is given by a name that none of the container's ports has. The ports of other containers
/// don't count. <https://kubernetes.io/docs/concepts/workloads/pods/probes/#http-probes>
fn names_no_port(node: Node<'_, '_>, container: Node<'_, '_>) -> bool {
    if port(node).is_some() || node.as_str().is_none_or(|name| name.is_empty() || name.contains('$')) {
        return false;
    }
    match look(container, &["ports"]) {
        Found::Absent => true,
        Found::Unknown => false,
        Found::Stated(ports) => {
            let name = node.as_str();
            !ports.is_open()
                && ports.items().all(|entry| match look(entry, &["name"]) {
                    Found::Stated(own) => own.as_str().is_some() && own.as_str() != name,
                    Found::Absent => entry.kind() == Kind::Mapping,
                    Found::Unknown => false,
                })
        }
    }
}

/// The ports that a container says it listens on, with their places. Stating them is voluntary.
pub(super) fn listens(container: Node<'_, '_>) -> Vec<(u16, Span)> {
    let ports = look(container, &["ports"]).items().filter_map(|entry| {
        let node = look(entry, &["containerPort"]).node()?;
        Some((port(node)?, node.span()))
    });
    ports.collect()
}

/// A hash of all keys and values, by which two probes are told to be the same.
fn fingerprint(probe: Node<'_, '_>) -> u64 {
    let mut hasher = FxHasher::default();
    feed(probe, &mut hasher);
    hasher.finish()
}

/// Recursion ends: aliases reach no deeper than the tree's limit.
fn feed(node: Node<'_, '_>, hasher: &mut FxHasher) {
    match node.kind() {
        Kind::Scalar => node.as_str().hash(hasher),
        Kind::Sequence => node.items().for_each(|item| feed(item, hasher)),
        Kind::Mapping => {
            for entry in node.entries() {
                entry.key.hash(hasher);
                feed(entry.value, hasher);
            }
        }
    }
    0xff_u8.hash(hasher);
}
