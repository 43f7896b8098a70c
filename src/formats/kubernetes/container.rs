//! The containers of a pod.

use super::env::Environment;
use super::lookup::{Found, first_key, known_str, look};
use super::pod::Pod;
use super::security::Context;
use super::{command, probes, workflow};
use crate::data::images;
use crate::facts::{Container, Field, Head, Image, Platform, Port, Publish, Runs, Scope};
use crate::formats::{Reader, image};
use crate::syntax::yaml::Node;

/// In which list of the pod a container stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Place {
    Init,
    Main,
    Ephemeral,
}

/// States all that one container's entry says.
pub(super) fn read<'s>(pod: &Pod<'_, 's>, node: Node<'_, 's>, place: Place, reader: &mut Reader<'s>) {
    let sources = reader.sources;
    let name = known_str(node, "name");
    let subject = match name {
        Some(name) => format!("container {name}"),
        None if pod.manifest.name.is_some() => format!("a container of {}", pod.manifest.subject),
        None => format!("a container of this {}", pod.manifest.kind),
    };
    let subject = sources.keep(subject.into());
    let block = node.span();
    reader.reading.blocks.push(block);

    let mut found = None;
    if let Some(reference) = look(node, &["image"]).node() {
        found = image::image(&reference.text(), subject);
        reader.reading.facts.images.extend(found.clone());
    }
    let used_by = sources.keep(format!("used by {subject}").into());
    let repository = found.as_ref().and_then(|image| image.repository.value().copied());
    let environment = Environment {
        manifest: &pod.manifest,
        container: node,
        subject,
        scope: Scope(block),
        image: repository,
        note: used_by,
    };
    let mut environment_given = Vec::new();
    let environment_open =
        environment.read(reader, &mut environment_given) || pod.is_fragment || node.is_open();

    let commands = command::of_container(look(node, &["command"]), look(node, &["args"]), subject, sources);
    reader.reading.facts.commands.extend(commands);
    for hook in ["postStart", "preStop"] {
        let words = look(node, &["lifecycle", hook, "exec", "command"]);
        reader.reading.facts.commands.extend(command::of_words(words, subject, sources));
    }
    let scripts = workflow::script(&pod.manifest, node, subject, sources);
    reader.reading.facts.commands.extend(scripts);
    let checks = probes::checks(node, subject, sources);
    let probed = checks.iter().filter_map(|check| check.command.clone());
    reader.reading.facts.commands.extend(probed);
    let ports = reader.reading.facts.ports.len();
    host_ports(node, subject, found.as_ref(), reader);
    let published = reader.reading.facts.ports.len() > ports;

    let runs = match (place, look(node, &["restartPolicy"]).str()) {
        (Place::Init, Some("Always")) if pod.runs != Some(Runs::ToCompletion) => Some(Runs::Long),
        (Place::Init, _) => Some(Runs::ToCompletion),
        (Place::Main, _) => pod.runs,
        (Place::Ephemeral, _) => Some(Runs::Ephemeral),
    };
    let context = Context::new(node, pod.spec);
    let anchor = first_key(node);
    reader.reading.facts.capabilities.extend(context.capabilities_of(subject, sources));
    let mut container = Container {
        name: name.map_or(Field::Unknown, |name| Field::set(name, anchor, "name")),
        runs: runs.map_or(Field::Unknown, |runs| Field::set(runs, anchor, "")),
        started: Field::set(true, anchor, ""),
        user: context.user(),
        non_root: context.non_root(),
        privileged: context.privileged(),
        escalation: context.escalation(),
        added_capabilities: context.added(sources),
        dropped_capabilities: context.dropped(sources),
        read_only_root: context.read_only_root(),
        liveness: probes::presence(node, "livenessProbe"),
        readiness: probes::presence(node, "readinessProbe"),
        cpu_limit: resource(pod, node, place, "limits", "cpu"),
        memory_limit: resource(pod, node, place, "limits", "memory"),
        cpu_request: resource(pod, node, place, "requests", "cpu"),
        memory_request: resource(pod, node, place, "requests", "memory"),
        image: found,
        checks,
        listens: probes::listens(node).into_iter().map(|(port, _)| port).collect(),
        environment: vec![Scope(block)],
        environment_given,
        environment_open,
        published,
        ..Container::of(Platform::Kubernetes, Head::new(anchor, subject), block)
    };
    if pod.is_fragment {
        forget_absences(&mut container);
    }
    reader.reading.facts.containers.push(container);
}

/// A pod of which a patch changes nothing but what holds for all of its containers.
pub(super) fn of_patch<'s>(pod: &Pod<'_, 's>, reader: &mut Reader<'s>) {
    let (anchor, block) = (pod.manifest.kind_span, pod.spec.span());
    let mut container = Container::of(Platform::Kubernetes, Head::new(anchor, pod.manifest.subject), block);
    let context = Context::new(pod.spec, pod.spec);
    (container.user, container.non_root) = (context.user(), context.non_root());
    forget_absences(&mut container);
    reader.reading.facts.containers.push(container);
}

/// A quantity that the container states, or its pod for all containers together.
/// <https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#pod-level-resource-specification>
fn resource<'s>(
    pod: &Pod<'_, 's>,
    container: Node<'_, 's>,
    place: Place,
    kind: &str,
    name: &'static str,
) -> Field<&'s str> {
    // Ephemeral containers can't have resources.
    if place == Place::Ephemeral {
        return Field::NotApplicable;
    }
    let own = look(container, &["resources", kind, name]);
    own.or(look(pod.spec, &["resources", kind, name])).text(name, Field::Unset)
}

/// What a patch doesn't say, its base may.
pub(crate) fn forget_absences(container: &mut Container<'_>) {
    fn forget<T>(field: &mut Field<T>) {
        if field.is_unstated() {
            *field = Field::Unknown;
        }
    }
    forget(&mut container.user);
    forget(&mut container.non_root);
    forget(&mut container.privileged);
    forget(&mut container.escalation);
    forget(&mut container.added_capabilities);
    forget(&mut container.dropped_capabilities);
    forget(&mut container.read_only_root);
    forget(&mut container.liveness);
    forget(&mut container.readiness);
    forget(&mut container.cpu_limit);
    forget(&mut container.memory_limit);
    forget(&mut container.cpu_request);
    forget(&mut container.memory_request);
    container.checks.iter_mut().for_each(|check| check.nameless = None);
    container.environment_open = true;
}

fn host_ports<'s>(
    container: Node<'_, 's>,
    subject: &'s str,
    image: Option<&Image<'s>>,
    reader: &mut Reader<'s>,
) {
    for entry in look(container, &["ports"]).items() {
        let Some(node) = look(entry, &["hostPort"]).node() else { continue };
        let Some(host) = super::lookup::port(node) else { continue };
        let span = node.span();
        let inner = look(entry, &["containerPort"]).node().and_then(super::lookup::port);
        let store = image
            .and_then(image::datastore)
            .map(|store| store.name)
            .or_else(|| inner.and_then(images::datastore_port))
            .or_else(|| images::datastore_port(host));
        let everywhere = match look(entry, &["hostIP"]) {
            Found::Stated(address) => address.as_str().map_or(Field::Unknown, |address| {
                Field::set(matches!(address, "" | "0.0.0.0" | "::"), address_place(entry, span), "hostIP")
            }),
            Found::Absent => Field::set(true, span, "hostPort"),
            Found::Unknown => Field::Unknown,
        };
        reader.reading.facts.ports.push(Port {
            head: Head::new(span, subject),
            publish: Field::set(Publish::HostPort, span, "hostPort"),
            container_port: inner
                .map_or(Field::Unknown, |port| Field::set(port.into(), span, "containerPort")),
            host_port: Field::set(host.into(), span, "hostPort"),
            shown: Field::NotApplicable,
            all_interfaces: everywhere,
            datastore: store.map_or(Field::Unset, |store| Field::set(store, span, "")),
        });
    }
}

fn address_place(entry: Node<'_, '_>, otherwise: crate::source::Span) -> crate::source::Span {
    look(entry, &["hostIP"]).node().map_or(otherwise, Node::span)
}
