//! Published ports. <https://docs.docker.com/reference/compose-file/services/#ports>

use std::ops::RangeInclusive;

use super::interpolate::{Value, has_variable, split_colons};
use super::service::Service;
use crate::data::images::{self, Datastore};
use crate::facts::{Field, Head, Port, Publish};
use crate::syntax::yaml::Kind;
use crate::value::key::Key;

/// How many ports of a range are looked at.
const RANGE: usize = 64;

/// An address to publish on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Address {
    All,
    Loopback,
    Other,
    Unknown,
}

/// A published port, whichever way it is written.
#[derive(Debug)]
struct Published<'s> {
    place: Value<'s>,
    address: Address,
    host: Field<i64>,
    container: Option<RangeInclusive<u16>>,
    /// The host's port, or else the container's, as it is written.
    shown: &'s str,
}

/// What is known of a service's ports.
#[derive(Debug, Default)]
pub(super) struct Ports<'s> {
    pub(super) facts: Vec<Port<'s>>,
    /// Those in the container.
    pub(super) listens: Vec<u16>,
    /// Whether one can be reached from outside the machine.
    pub(super) reachable: bool,
}

pub(super) fn ports<'s>(service: &Service<'_, 's>, datastore: Option<Datastore>, note: &'s str) -> Ports<'s> {
    let mut ports = Ports::default();
    for published in service.each(&["ports"]).into_iter().flat_map(|found| found.node.items()) {
        let published = match published.kind() {
            Kind::Mapping => long(service, published),
            _ => service.environment.scalar(published).map(short),
        };
        let Some(published) = published else { continue };
        ports.listens.extend(published.container.iter().flat_map(|range| range.clone().take(RANGE)));
        ports.reachable |= matches!(published.address, Address::All | Address::Other);
        ports.facts.push(fact(&published, service.subject, datastore, note));
    }
    ports
}

fn fact<'s>(
    published: &Published<'s>,
    subject: &'s str,
    datastore: Option<Datastore>,
    note: &'s str,
) -> Port<'s> {
    let place = published.place.place;
    let first = published.container.as_ref().map(|range| *range.start());
    let by_port = || {
        published
            .container
            .iter()
            .flat_map(|range| range.clone().take(RANGE))
            .find_map(images::datastore_port)
    };
    let datastore = match datastore.map(|store| store.name).or_else(by_port) {
        Some(name) => Field::set(name, place, ""),
        None => Field::Unset,
    };
    Port {
        head: Head { uses: published.place.uses(note), ..Head::new(place, subject) },
        publish: Field::set(Publish::Compose, place, "ports:"),
        container_port: first.map_or(Field::Unknown, |port| Field::set(port.into(), place, "")),
        host_port: published.host,
        shown: Field::set(published.shown, place, "ports:"),
        all_interfaces: match published.address {
            Address::Unknown => Field::Unknown,
            address => Field::set(address == Address::All, place, "ports:"),
        },
        datastore,
    }
}

/// `[[address:]port:]port[/protocol]`, each port perhaps a range.
fn short<'s>(value: Value<'s>) -> Published<'s> {
    let text = value.as_str().trim();
    let text = text
        .rsplit_once('/')
        .filter(|(_, protocol)| !protocol.contains(['}', ':']))
        .map_or(text, |(ports, _)| ports);
    let parts: Vec<&'s str> = split_colons(text).into_iter().map(|(_, part)| part).collect();
    let place = value.place;
    let number = |part: &str| match range(part) {
        Some(range) => Field::set(i64::from(*range.start()), place, ""),
        None if part.is_empty() => Field::Unset,
        None => Field::Unknown,
    };
    let (address, host, container) = match parts.as_slice() {
        // What is no port may hold everything.
        [container] if has_variable(container) && !names_port(container) => {
            (Address::Unknown, Field::Unknown, None)
        }
        [container] => (Address::All, Field::Unset, range(container)),
        [host, container] if has_variable(host) && !names_port(host) => {
            (Address::Unknown, Field::Unknown, range(container))
        }
        [host, container] => (Address::All, number(host), range(container)),
        [address @ .., host, container] => (classify(&address.join(":")), number(host), range(container)),
        [] => (Address::Unknown, Field::Unknown, None),
    };
    let shown = match parts.as_slice() {
        [.., host, container] => better_known(host, container),
        [container] => *container,
        [] => "",
    };
    Published { address, host, container, shown, place: value }
}

/// What tells more of a port: that of the host, unless there is none or it isn't known.
fn better_known<'s>(host: &'s str, container: &'s str) -> &'s str {
    let host = host.trim();
    if host.is_empty() || has_variable(host) && !has_variable(container) { container.trim() } else { host }
}

/// Whether a variable can only be a port's number: `${DB_PORT}`, not `${BIND}`, which may hold an address.
fn names_port(part: &str) -> bool {
    let name = part.trim_start_matches(['$', '{']);
    let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(name.len());
    Key::new(name.get(..end).unwrap_or_default()).has_any(&["port"])
}

fn long<'s>(service: &Service<'_, 's>, node: crate::syntax::yaml::Node<'_, 's>) -> Option<Published<'s>> {
    let scalar = |key: &str| node.get(key).and_then(|node| service.environment.scalar(node));
    let (address, host, target) = (scalar("host_ip"), scalar("published"), scalar("target"));
    let number = |value: &Value<'s>| {
        let range = range(value.known()?)?;
        Some(Field::set(i64::from(*range.start()), value.place, "published:"))
    };
    Some(Published {
        address: address
            .as_ref()
            .map_or(Address::All, |address| address.known().map_or(Address::Unknown, classify)),
        host: host.as_ref().map_or(Field::Unset, |host| number(host).unwrap_or(Field::Unknown)),
        container: target.as_ref().and_then(|target| range(target.known()?)),
        shown: better_known(
            host.as_ref().map_or("", Value::as_str),
            target.as_ref().map_or("", Value::as_str),
        ),
        place: address.or(host).or(target)?,
    })
}

fn classify(address: &str) -> Address {
    let address = address.trim().trim_start_matches('[').trim_end_matches(']');
    if has_variable(address) {
        return Address::Unknown;
    }
    match address.parse::<std::net::IpAddr>() {
        Ok(ip) if ip.is_unspecified() => Address::All,
        Ok(ip) if ip.is_loopback() => Address::Loopback,
        Ok(_) => Address::Other,
        Err(_) if address.is_empty() || address == "*" => Address::All,
        Err(_) if address == "localhost" => Address::Loopback,
        Err(_) => Address::Unknown,
    }
}

/// A port or a range of ports.
pub(super) fn range(text: &str) -> Option<RangeInclusive<u16>> {
    let text = text.trim();
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (first.parse().ok()?, last.parse().ok()?);
    (first <= last).then_some(first..=last)
}
