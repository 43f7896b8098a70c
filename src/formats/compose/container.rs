//! A service as facts.

use rustc_hash::FxHashMap;

use super::file::Tree;
use super::interpolate::{Value, has_variable};
use super::service::Service;
use super::{build, commands, healthcheck, images, labels, pairs, ports, volumes};
use crate::data::images::Known;
use crate::facts::links::EnvFile;
use crate::facts::{Capability, Container, Field, Head, Healthcheck, Image, Platform, Runs, Scope};
use crate::formats::{Reading, resolve};
use crate::source::Span;
use crate::syntax::yaml::{Kind, Node};
use crate::value::capability;
use crate::value::environment::Environment;

/// States what a service is. `trees` are the files that are merged, and `finished` says whether another
/// service waits for its end.
pub(super) fn emit<'t, 's>(
    service: &Service<'t, 's>,
    trees: &[&Tree<'t, 's>],
    finished: bool,
    reading: &mut Reading<'s>,
) {
    let sources = service.environment.sources;
    let note = |what: &str| -> &'s str { sources.keep(format!("{what} by {}", service.subject).into()) };
    // What another program provides is no container.
    if service.last(&["provider"]).is_some() {
        return;
    }
    let index = reading.facts.containers.len();
    let built = build::source(service);
    let from = if built.is_none() { service.scalar(&["image"]) } else { None };
    let image = from.as_ref().and_then(|value| images::pulled(value, service.subject, note("used")));
    let known = image.as_ref().and_then(images::known);
    let repository = image.as_ref().and_then(|image| image.repository.value().copied());
    let used = note("used");

    let facts = &mut reading.facts;
    let scope = Scope(service.scope);
    let mut given = Vec::new();
    let settings = &mut facts.settings;
    let mut open = pairs::settings(service, &["environment"], scope, repository, used, settings, &mut given);
    if let Some(args) = service.last(&["build", "args"]) {
        let scope = Scope(args.key);
        pairs::settings(service, &["build", "args"], scope, None, used, &mut facts.settings, &mut Vec::new());
    }
    if let Some(options) = service.last(&["logging", "options"]) {
        pairs::settings(
            service,
            &["logging", "options"],
            Scope(options.key),
            None,
            used,
            &mut facts.settings,
            &mut Vec::new(),
        );
    }
    let env_files = env_files(service, index, note("read"), &mut open);
    volumes::volumes(service, trees, used, &mut facts.volumes);
    labels::state(service, used, facts);
    facts.capabilities.extend(added_capabilities(service, used));
    commands::state(service, scope, used, facts);

    let datastore = known.as_ref().and_then(|known| known.image.datastore());
    let host_network = host_network(service, trees);
    let on_host = host_network.value() == Some(&true);
    // On the host's network nothing is published, everything is there.
    let published = if on_host { ports::Ports::default() } else { ports::ports(service, datastore, used) };
    let reachable = on_host || published.reachable || reached_through(service, trees);
    facts.ports.extend(published.facts);

    let mut container = container(service, image.as_ref(), known, built.is_some(), host_network);
    container.listens.extend(published.listens);
    container.listens.sort_unstable();
    container.listens.dedup();
    container.runs =
        Field::Default(if finished || completes(service, known) { Runs::ToCompletion } else { Runs::Long });
    if is_for_development(service) {
        reading.links.development.push(service.scope);
    }
    // What a check asks and with which password is judged like any other command.
    facts.commands.extend(container.checks.iter().filter_map(|check| check.command.clone()));
    (container.environment_given, container.environment_open) = (given, open);
    container.published = reachable;
    facts.images.extend(image);
    facts.images.extend(images::beside(service, used));
    if built.is_some() && images::pulls_instead(service) {
        let value = service.scalar(&["image"]);
        let pulled = value.as_ref().and_then(|value| images::pulled(value, service.subject, used));
        facts.images.extend(pulled.filter(images::comes_from_a_registry));
    }
    facts.containers.push(container);
    if let Some(built) = &built {
        reading.links.builds.push(build::link(service, built, index));
    }
    reading.links.env_files.extend(env_files);
    reading.links.mounts.extend(volumes::mounts(service, trees, index, reachable, note("mounted")));
}

fn container<'s>(
    service: &Service<'_, 's>,
    image: Option<&Image<'s>>,
    known: Option<Known<'s>>,
    builds: bool,
    host_network: Field<bool>,
) -> Container<'s> {
    let checked = match known {
        Some(known) if known.image.healthcheck => Field::Default(Healthcheck::Present),
        // An image that nobody knows has none; one that isn't named may.
        _ => service.absent(if builds || image.is_some() { Field::Unset } else { Field::Unknown }),
    };
    let store = known.and_then(|known| known.image.datastore());
    Container {
        name: Field::set(service.name, service.anchor, ""),
        runs: Field::Default(Runs::Long),
        started: Field::set(true, service.anchor, ""),
        user: match service.text(&["user"], "user:") {
            Field::Unset => Field::Unknown,
            user => user,
        },
        user_by_default: user_by_default(service),
        privileged: privileged(service),
        escalation: escalation(service),
        added_capabilities: capabilities(service, "cap_add", "cap_add:"),
        dropped_capabilities: dropped_capabilities(service),
        host_network,
        host_pid: service.shares_host(&["pid"], "pid:"),
        host_ipc: service.shares_host(&["ipc"], "ipc:"),
        host_uts: service.shares_host(&["uts"], "uts:"),
        host_users: service.shares_host(&["userns_mode"], "userns_mode:"),
        read_only_root: service.switch(&["read_only"], "read_only:"),
        healthcheck: healthcheck::presence(service, checked),
        cpu_limit: limit(
            service,
            &[
                (&["deploy", "resources", "limits", "cpus"], "deploy.resources.limits.cpus:"),
                (&["cpus"], "cpus:"),
                (&["cpu_quota"], "cpu_quota:"),
            ],
        ),
        memory_limit: limit(
            service,
            &[
                (&["deploy", "resources", "limits", "memory"], "deploy.resources.limits.memory:"),
                (&["mem_limit"], "mem_limit:"),
            ],
        ),
        image: image.cloned(),
        checks: healthcheck::checks(service),
        listens: exposed(service).chain(store.iter().flat_map(|store| store.ports.iter().copied())).collect(),
        environment: vec![Scope(service.scope)],
        mounted: volumes::targets(service),
        ..Container::of(Platform::Compose, Head::new(service.anchor, service.subject), service.block)
    }
}

/// Whether the user is what a variable stands for that nothing here sets.
fn user_by_default(service: &Service<'_, '_>) -> Field<bool> {
    let user = service.scalar(&["user"]);
    user.map_or(Field::NotApplicable, |user| Field::set(user.by_default, user.place, "user:"))
}

fn privileged(service: &Service<'_, '_>) -> Field<bool> {
    match service.switch(&["privileged"], "privileged:") {
        Field::Default(_) => {
            service.switch(&["build", "privileged"], "build.privileged:").or(unsandboxed(service))
        }
        stated => stated,
    }
}

/// A build that may leave its sandbox. <https://docs.docker.com/reference/compose-file/build/#entitlements>
fn unsandboxed(service: &Service<'_, '_>) -> Field<bool> {
    let entitlements = service.items(&["build", "entitlements"]);
    let insecure = entitlements.iter().find(|value| value.known() == Some("security.insecure"));
    insecure.map_or(Field::Default(false), |value| Field::set(true, value.place, "build.entitlements:"))
}

/// The network is the host's by `network_mode`, by `net` in the first version, by a network that is only a
/// name for it, or while the image is built.
fn host_network<'t, 's>(service: &Service<'t, 's>, trees: &[&Tree<'t, 's>]) -> Field<bool> {
    let own = match service.shares_host(&["network_mode"], "network_mode:") {
        Field::Default(_) => service.shares_host(&["net"], "net:"),
        stated => stated,
    };
    if own.value() == Some(&true) {
        return own;
    }
    let build = service.shares_host(&["build", "network"], "build.network:");
    if build.value() == Some(&true) {
        return build;
    }
    let networks = service.each(&["networks"]).into_iter();
    let mut names = networks.flat_map(|found| {
        let listed = found.node.items().filter_map(|item| Some((item.as_str()?, item.span())));
        let entries = found.node.entries().map(|entry| (entry.key, entry.key_span));
        listed.chain(entries).collect::<Vec<_>>()
    });
    let outside = names.find(|(name, _)| trees.iter().any(|tree| tree.is_host_network(name)));
    outside.map_or(own, |(_, place)| Field::set(true, place, "networks:"))
}

/// Whether the service whose network this one uses can be reached from outside.
fn reached_through<'t, 's>(service: &Service<'t, 's>, trees: &[&Tree<'t, 's>]) -> bool {
    let mode = service.scalar(&["network_mode"]);
    let owner = mode.as_ref().and_then(|mode| mode.known()?.strip_prefix("service:"));
    let none = FxHashMap::default();
    let owner = owner.and_then(|owner| Service::new(owner, trees, &none, service.environment));
    owner.is_some_and(|owner| ports::ports(&owner, None, "").reachable)
}

fn escalation(service: &Service<'_, '_>) -> Field<bool> {
    let mut unknown = false;
    for option in service.items(&["security_opt"]).into_iter().rev() {
        let Some(text) = option.known() else {
            unknown = true;
            continue;
        };
        let (name, value) = text.split_once([':', '=']).unwrap_or((text, "true"));
        if name.trim() == "no-new-privileges" {
            return Field::set(value.trim() != "true", option.place, "security_opt:");
        }
    }
    if unknown { Field::Unknown } else { service.absent(Field::Default(true)) }
}

/// Capabilities in capitals and without `CAP_`; their place reaches from the first to the last.
fn capabilities<'s>(service: &Service<'_, 's>, key: &str, written: &'static str) -> Field<Vec<&'s str>> {
    let items = service.items(&[key]);
    match (items.first(), items.last()) {
        (Some(first), Some(last)) => {
            match items.iter().map(|item| capability_name(service, item)).collect() {
                Some(names) => Field::set(names, first.place.to(last.place), written),
                None => Field::Unknown,
            }
        }
        _ => service.absent(Field::Default(Vec::new())),
    }
}

fn dropped_capabilities<'s>(service: &Service<'_, 's>) -> Field<Vec<&'s str>> {
    let mut dropped = capabilities(service, "cap_drop", "cap_drop:");
    if let Field::Set(stated) = &mut dropped {
        capability::complete(&mut stated.value);
    }
    dropped
}

/// The capabilities that are added, as facts of their own.
fn added_capabilities<'s>(service: &Service<'_, 's>, note: &'s str) -> Vec<Capability<'s>> {
    let items = service.items(&["cap_add"]);
    let facts = items.iter().filter_map(|item| {
        let head = Head { uses: item.uses(note), ..Head::new(item.place, service.subject) };
        Some(Capability::at(item.place, capability_name(service, item)?, head))
    });
    facts.collect()
}

fn capability_name<'s>(service: &Service<'_, 's>, value: &Value<'s>) -> Option<&'s str> {
    let name = capability::name(value.known()?).into_owned();
    Some(service.environment.sources.keep(name.into()))
}

fn limit<'s>(service: &Service<'_, 's>, places: &[(&[&str], &'static str)]) -> Field<&'s str> {
    let stated = places.iter().map(|(path, written)| service.text(path, written));
    stated.reduce(Field::or).unwrap_or_default()
}

/// The ports that the service says it offers to its network.
fn exposed(service: &Service<'_, '_>) -> impl Iterator<Item = u16> {
    service.items(&["expose"]).into_iter().filter_map(|value| {
        let text = value.known()?;
        ports::range(text.split('/').next().unwrap_or(text)).map(|range| *range.start())
    })
}

/// Whether a service ends when its work is done.
fn completes(service: &Service<'_, '_>, known: Option<Known<'_>>) -> bool {
    let mode = service.scalar(&["deploy", "mode"]);
    known.is_some_and(|known| known.image.completes)
        || mode.is_some_and(|mode| matches!(mode.as_str(), "replicated-job" | "global-job"))
}

/// Whether a service starts in profiles for development alone.
/// <https://docs.docker.com/reference/compose-file/profiles/>
fn is_for_development(service: &Service<'_, '_>) -> bool {
    let profiles = service.items(&["profiles"]);
    let development =
        |name: &Value<'_>| name.known().map(Environment::of_name) == Some(Environment::Development);
    !profiles.is_empty() && profiles.iter().all(development)
}

/// The env files of a service. <https://docs.docker.com/reference/compose-file/services/#env_file>
pub(super) fn env_files<'s>(
    service: &Service<'_, 's>,
    container: usize,
    note: &'s str,
    open: &mut bool,
) -> Vec<EnvFile<'s>> {
    let mut files = Vec::new();
    for found in service.each(&["env_file"]) {
        let one = (found.node.kind() != Kind::Sequence).then_some(found.node);
        for item in one.into_iter().chain(found.node.items()) {
            let path = if item.kind() == Kind::Mapping { item.get("path") } else { Some(item) };
            let value = path.and_then(|path| service.environment.scalar(path));
            let required = item.get("required").and_then(Node::truthy) != Some(false);
            match value {
                Some(value) if value.known && !has_variable(value.as_str()) => {
                    let path = resolve(found.path, value.as_str().trim());
                    let span: Span = value.place;
                    files.push(EnvFile { container, path, span, note, required });
                }
                _ => *open = true,
            }
        }
    }
    files
}
