//! Ports that firewalls open to the whole internet, and data stores that are public.

use super::module::{Known, View, list};
use super::resource::Resource;
use super::retention::below;
use crate::data::images;
use crate::facts::{Field, Port, Publish};
use crate::syntax::hcl::{Expression, Kind};
use crate::value::boolean;

/// Ports of remote administration, which are no data stores and yet nobody's but the operators'.
const ADMINISTRATION: &[u16] = &[22, 3389];

/// Data stores that clouds run, and the attribute that gives them an address on the internet.
const PUBLIC: &[(&str, &str, &str)] = &[
    ("aws_db_instance", "publicly_accessible", "a database"),
    ("aws_rds_cluster_instance", "publicly_accessible", "a database"),
    ("aws_docdb_cluster_instance", "publicly_accessible", "a database"),
    ("aws_neptune_cluster_instance", "publicly_accessible", "a database"),
    ("aws_redshift_cluster", "publicly_accessible", "Redshift"),
    ("aws_mq_broker", "publicly_accessible", "a message broker"),
    ("aws_dms_replication_instance", "publicly_accessible", "a database replication"),
];

/// A rule of a firewall that lets in: from where, and to which ports.
struct Opened<'s> {
    from: Vec<Known<'s>>,
    ports: Ports,
}

/// The ports that a rule opens.
#[derive(Clone, Debug)]
enum Ports {
    All,
    Some(Vec<(u16, u16)>),
}

pub(super) fn state(resource: &mut Resource<'_, '_>) {
    let view = resource.view;
    let opened: Vec<Opened<'_>> = match resource.kind {
        "aws_security_group" | "aws_default_security_group" => {
            let mut opened: Vec<_> = view.blocks("ingress").filter_map(amazon).collect();
            opened.extend(view.value("ingress").into_iter().flat_map(|value| objects(view, value)));
            opened
        }
        "aws_security_group_rule" if view.word("type") == Some("ingress") => {
            amazon(view).into_iter().collect()
        }
        "aws_vpc_security_group_ingress_rule" => {
            let from = view.known(&["cidr_ipv4"]).into_iter().chain(view.known(&["cidr_ipv6"])).collect();
            amazon_ports(view, "ip_protocol").map(|ports| Opened { from, ports }).into_iter().collect()
        }
        "azurerm_network_security_group" => view.blocks("security_rule").filter_map(azure).collect(),
        "azurerm_network_security_rule" => azure(view).into_iter().collect(),
        "google_compute_firewall" => google(view),
        "digitalocean_firewall" => view.blocks("inbound_rule").filter_map(digitalocean).collect(),
        "hcloud_firewall" => view.blocks("rule").filter_map(hetzner).collect(),
        "openstack_networking_secgroup_rule_v2" => openstack(view).into_iter().collect(),
        _ => Vec::new(),
    };
    for one in opened {
        let Some(from) = one.from.into_iter().find(|from| is_everyone(from.as_str())) else { continue };
        open(resource, &from, &one.ports);
    }
    let kind = resource.kind;
    for (_, attribute, what) in PUBLIC.iter().filter(|(of, ..)| *of == kind) {
        if let Some(known) = view.known(&[attribute])
            && boolean::parse(known.as_str()) == Some(true)
        {
            push(resource, &known, Field::Unset, Some(what));
        }
    }
    match kind {
        "google_sql_database_instance" => cloud_sql(resource),
        kind if kind.starts_with("azurerm_") && kind.ends_with("_firewall_rule") => azure_database(resource),
        _ => {}
    }
}

/// The whole internet, as the providers write it.
fn is_everyone(from: &str) -> bool {
    matches!(from.trim(), "0.0.0.0/0" | "::/0" | "*" | "0.0.0.0" | "Internet" | "internet" | "Any" | "any")
}

/// States the data store that a rule opens, else remote administration.
fn open<'s>(resource: &mut Resource<'_, 's>, from: &Known<'s>, ports: &Ports) {
    let Ports::Some(ranges) = ports else {
        return push(resource, from, Field::Unset, None);
    };
    let within = |port: u16| ranges.iter().any(|(first, last)| (*first..=*last).contains(&port));
    // Whoever opens half of all ports has none in mind.
    if ranges.iter().any(|(first, last)| last.saturating_sub(*first) > 10_000) {
        return push(resource, from, Field::Unset, None);
    }
    let store = ranges
        .iter()
        .flat_map(|(first, last)| *first..=*last)
        .find_map(|port| images::datastore_port(port).map(|name| (port, name)));
    if let Some((port, name)) = store {
        push(resource, from, Field::set(i64::from(port), from.place(), ""), Some(name));
    } else if let Some(port) = ADMINISTRATION.iter().find(|port| within(**port)) {
        push(resource, from, Field::set(i64::from(*port), from.place(), ""), None);
    }
}

fn push<'s>(
    resource: &mut Resource<'_, 's>,
    known: &Known<'s>,
    port: Field<i64>,
    datastore: Option<&'static str>,
) {
    let at = known.place();
    let fact = Port {
        head: resource.head(known),
        publish: Field::set(Publish::Cloud, at, ""),
        container_port: port,
        host_port: port,
        shown: Field::Unset,
        all_interfaces: Field::set(true, at, ""),
        datastore: datastore.map_or(Field::Unset, |name| Field::set(name, at, "")),
    };
    resource.facts.ports.push(fact);
}

fn amazon<'s>(rule: View<'_, 's>) -> Option<Opened<'s>> {
    let from = rule.list("cidr_blocks").into_iter().chain(rule.list("ipv6_cidr_blocks")).collect();
    Some(Opened { from, ports: amazon_ports(rule, "protocol")? })
}

/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/security_group>
fn amazon_ports(rule: View<'_, '_>, protocol: &str) -> Option<Ports> {
    match rule.word(protocol)?.to_ascii_lowercase().as_str() {
        "-1" | "all" => Some(Ports::All),
        "tcp" | "6" => {
            let (first, last) = (rule.number("from_port")?, rule.number("to_port")?);
            Some(Ports::Some(vec![(u16::try_from(first).ok()?, u16::try_from(last).ok()?)]))
        }
        _ => None,
    }
}

/// `ingress = [{ … }]`
fn objects<'s>(view: View<'_, 's>, value: &Expression<'s>) -> Vec<Opened<'s>> {
    let Some(found) = view.module.resolve(value) else { return Vec::new() };
    let Kind::List(items) = &found.kind else { return Vec::new() };
    let rule = |item: &Expression<'s>| {
        let Kind::Object(entries) = &item.kind else { return None };
        let value =
            |key: &str| entries.iter().rev().find(|entry| entry.key == Some(key)).map(|entry| &entry.value);
        let word = |key: &str| view.module.known(value(key)?).map(|known| known.as_str());
        let from = ["cidr_blocks", "ipv6_cidr_blocks"];
        let from =
            from.iter().filter_map(|key| value(key)).flat_map(|value| list(view.module, value)).collect();
        let ports = match word("protocol")? {
            "-1" => Ports::All,
            "tcp" | "6" => {
                Ports::Some(vec![(word("from_port")?.parse().ok()?, word("to_port")?.parse().ok()?)])
            }
            _ => return None,
        };
        Some(Opened { from, ports })
    };
    items.iter().filter_map(rule).collect()
}

/// <https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/network_security_rule>
fn azure<'s>(rule: View<'_, 's>) -> Option<Opened<'s>> {
    let is = |key: &str, word: &str| rule.word(key).is_some_and(|found| found.eq_ignore_ascii_case(word));
    let protocol = rule.word("protocol")?;
    if !is("direction", "Inbound") || !is("access", "Allow") || protocol.eq_ignore_ascii_case("udp") {
        return None;
    }
    let from = rule.list("source_address_prefix").into_iter().chain(rule.list("source_address_prefixes"));
    let ports = rule.list("destination_port_range").into_iter().chain(rule.list("destination_port_ranges"));
    Some(Opened { from: from.collect(), ports: ranges(ports)? })
}

/// Ports as texts: `5432`, `5000-6000`, `*`.
fn ranges<'s>(texts: impl Iterator<Item = Known<'s>>) -> Option<Ports> {
    let mut found = Vec::new();
    for text in texts {
        let text = text.as_str().trim();
        if matches!(text, "*" | "any" | "all" | "1-65535" | "0-65535") {
            return Some(Ports::All);
        }
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        found.push((first.trim().parse().ok()?, last.trim().parse().ok()?));
    }
    (!found.is_empty()).then_some(Ports::Some(found))
}

/// <https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/compute_firewall>
fn google<'s>(view: View<'_, 's>) -> Vec<Opened<'s>> {
    let inbound = view.value("direction").is_none() || view.word("direction") == Some("INGRESS");
    let off = view.value("disabled").is_some() && view.word("disabled") != Some("false");
    if !inbound || off {
        return Vec::new();
    }
    let from = view.list("source_ranges");
    let rule = |allow: View<'_, 's>| {
        let ports = match allow.word("protocol")?.to_ascii_lowercase().as_str() {
            "all" => Ports::All,
            "tcp" | "6" if allow.value("ports").is_none() => Ports::All,
            "tcp" | "6" => ranges(allow.list("ports").into_iter())?,
            _ => return None,
        };
        Some(Opened { from: from.clone(), ports })
    };
    view.blocks("allow").filter_map(rule).collect()
}

/// <https://registry.terraform.io/providers/digitalocean/digitalocean/latest/docs/resources/firewall>
fn digitalocean<'s>(rule: View<'_, 's>) -> Option<Opened<'s>> {
    if rule.word("protocol")? != "tcp" {
        return None;
    }
    Some(Opened { from: rule.list("source_addresses"), ports: ranges(rule.list("port_range").into_iter())? })
}

/// <https://registry.terraform.io/providers/hetznercloud/hcloud/latest/docs/resources/firewall>
fn hetzner<'s>(rule: View<'_, 's>) -> Option<Opened<'s>> {
    if rule.word("direction")? != "in" || rule.word("protocol")? != "tcp" {
        return None;
    }
    Some(Opened { from: rule.list("source_ips"), ports: ranges(rule.list("port").into_iter())? })
}

/// <https://registry.terraform.io/providers/terraform-provider-openstack/openstack/latest/docs/resources/networking_secgroup_rule_v2>
fn openstack<'s>(rule: View<'_, 's>) -> Option<Opened<'s>> {
    if rule.word("direction")? != "ingress" || rule.word("protocol")? != "tcp" {
        return None;
    }
    let port = |key: &str| rule.number(key).and_then(|port| u16::try_from(port).ok());
    let ports = Ports::Some(vec![(port("port_range_min")?, port("port_range_max")?)]);
    Some(Opened { from: rule.list("remote_ip_prefix"), ports })
}

/// <https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/sql_database_instance>
fn cloud_sql(resource: &mut Resource<'_, '_>) {
    for network in below(resource.view, &["settings", "ip_configuration", "authorized_networks"]) {
        if let Some(known) = network.known(&["value"])
            && is_everyone(known.as_str())
        {
            push(resource, &known, Field::Unset, Some("a database"));
        }
    }
}

/// The firewall of a database of Azure that lets every address in.
fn azure_database(resource: &mut Resource<'_, '_>) {
    let first = resource.view.word("start_ip_address");
    if let Some(last) = resource.view.known(&["end_ip_address"])
        && first.is_some_and(|first| first == "0.0.0.0" || first == "0.0.0.1")
        && last.as_str().starts_with("255.255.255.25")
    {
        push(resource, &last, Field::Unset, Some("a database"));
    }
}
