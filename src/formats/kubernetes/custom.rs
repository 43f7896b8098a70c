//! Kinds that are not known one by one: only leaves that name a place or hold an address are settings, as are
//! the regions and zones that any object is bound to.

use super::control_plane::setting;
use super::lookup::{Found, look};
use super::manifest::Manifest;
use crate::facts::{Field, Head, Position, Protects, Switch};
use crate::formats::Reader;
use crate::source::Span;
use crate::syntax::yaml::{Kind, Node};
use crate::value::key::Key;

/// How many nodes of an object are looked at.
const MOST_NODES: usize = 20_000;

/// How deep leaves are looked for.
const DEEPEST: usize = 32;

/// The labels by which nodes say where they run.
/// <https://kubernetes.io/docs/reference/labels-annotations-taints/>
const TOPOLOGY: [&str; 4] = [
    "topology.kubernetes.io/region",
    "topology.kubernetes.io/zone",
    "failure-domain.beta.kubernetes.io/region",
    "failure-domain.beta.kubernetes.io/zone",
];

/// Last words of keys that name a place or an address.
const PLACES: [&str; 12] = [
    "region",
    "regions",
    "zone",
    "zones",
    "location",
    "locations",
    "endpoint",
    "endpoints",
    "url",
    "urls",
    "uri",
    "residency",
];

/// Switches that turn the verification of certificates off.
const UNVERIFIED: [&str; 7] = [
    "insecureSkipTLSVerify",
    "insecureSkipVerify",
    "insecureSkipVerifyTLS",
    "skipTLSVerification",
    "skipTLSVerify",
    "tlsInsecureSkipVerify",
    "tlsSkipVerify",
];

/// Names of what turns TLS on or off, alone or above `enabled`.
const ENCRYPTED: [&str; 4] = ["ssl", "sslEnabled", "tls", "tlsEnabled"];

/// Words that say how long something is kept.
const KEPT: [&str; 6] = ["expiration", "expiry", "keep", "retain", "retention", "ttl"];

/// Kinds of objects that are one store of records each.
const STORES: [&str; 3] = ["KafkaTopic", "LogGroup", "LokiStack"];

/// Words for what is kept.
const RECORDS: [&str; 6] = ["audit", "backup", "backups", "auditlog", "snapshot", "snapshots"];

/// Parts of an object that only describe it.
const DESCRIBING: [&str; 14] = [
    "metadata",
    "status",
    "labels",
    "annotations",
    "links",
    "sources",
    "maintainers",
    "home",
    "icon",
    "documentation",
    "description",
    "homepage",
    "href",
    "openAPIV3Schema",
];

/// Reads an object of a kind that isn't known.
pub(super) fn read<'s>(manifest: &Manifest<'_, 's>, reader: &mut Reader<'s>) {
    let mut walk = Walk { manifest, left: MOST_NODES, only_topology: false, above: Vec::new() };
    walk.mapping(manifest.root, DEEPEST, reader);
}

/// Reads the places that a pod is bound to.
pub(super) fn topology<'s>(manifest: &Manifest<'_, 's>, spec: Node<'_, 's>, reader: &mut Reader<'s>) {
    let mut walk = Walk { manifest, left: MOST_NODES, only_topology: true, above: Vec::new() };
    for key in ["nodeSelector", "affinity"] {
        if let Some(node) = look(spec, &[key]).node() {
            walk.mapping(node, DEEPEST, reader);
        }
    }
}

struct Walk<'a, 't, 's> {
    manifest: &'a Manifest<'t, 's>,
    left: usize,
    only_topology: bool,
    /// The keys from the root to where the walk is.
    above: Vec<&'s str>,
}

impl<'s> Walk<'_, '_, 's> {
    fn node(&mut self, node: Node<'_, 's>, depth: usize, reader: &mut Reader<'s>) {
        match node.kind() {
            Kind::Mapping => self.mapping(node, depth, reader),
            Kind::Sequence => node.items().for_each(|item| {
                if self.enter(depth) {
                    self.node(item, depth - 1, reader);
                }
            }),
            Kind::Scalar => {}
        }
    }

    fn enter(&mut self, depth: usize) -> bool {
        let may = depth > 0 && self.left > 0;
        self.left = self.left.saturating_sub(1);
        may
    }

    fn mapping(&mut self, node: Node<'_, 's>, depth: usize, reader: &mut Reader<'s>) {
        self.expression(node, reader);
        for entry in node.entries() {
            if !self.enter(depth) {
                return;
            }
            let pods = || matches!(look(entry.value, &["spec", "containers"]), Found::Stated(_));
            if DESCRIBING.contains(&entry.key) || matches!(entry.key, "template" | "podTemplate") && pods() {
                continue;
            }
            if self.names_place(entry.key) {
                self.leaf(entry.key, entry.key_span, entry.value, reader);
            } else if !self.only_topology {
                self.statement(entry.key, entry.key_span, entry.value, reader);
            }
            self.above.push(entry.key);
            self.node(entry.value, depth - 1, reader);
            self.above.pop();
        }
    }

    fn names_place(&self, key: &str) -> bool {
        if TOPOLOGY.contains(&key) {
            return true;
        }
        let last = Key::new(key);
        !self.only_topology && PLACES.iter().any(|place| last.last().eq_ignore_ascii_case(place))
    }

    /// An address, a switch of TLS or of its verification, and how long backups and audit records are kept.
    fn statement(&self, key: &'s str, key_span: Span, value: Node<'_, 's>, reader: &mut Reader<'s>) {
        let addresses = value.items().chain((value.kind() == Kind::Scalar).then_some(value));
        let addresses: Vec<_> = addresses.filter(|node| node.as_str().is_some_and(is_address)).collect();
        if !addresses.is_empty() || value.kind() != Kind::Scalar {
            for address in addresses {
                setting(self.manifest, key, key_span, address, reader);
            }
            return;
        }
        if UNVERIFIED.iter().any(|one| key.eq_ignore_ascii_case(one)) {
            if value.truthy() == Some(true) {
                self.unverified(key, value, reader);
            }
            return;
        }
        let words = Key::new(key);
        let above = self.above.last().copied().unwrap_or_default();
        // https://www.elastic.co/docs/deploy-manage/security/k8s-https-settings
        let name = if (above, key) == ("selfSignedCertificate", "disabled") {
            Some("tls.disabled")
        } else if words.ends_with(&["ssl", "enabled"]) {
            Some(key)
        } else if matches!(key, "enable" | "enabled" | "disable" | "disabled") {
            ENCRYPTED.contains(&above).then(|| reader.sources.keep(format!("{above}.{key}").into()))
        } else if ENCRYPTED.iter().any(|one| words.is(&[one])) {
            Some(key)
        } else if words.has_any(&KEPT) {
            self.records(key, reader)
        } else {
            None
        };
        if let Some(name) = name {
            setting(self.manifest, name, key_span, value, reader);
        }
    }

    fn unverified(&self, key: &'s str, value: Node<'_, 's>, reader: &mut Reader<'s>) {
        let place = value.content_span();
        reader.reading.facts.switches.push(Switch {
            head: Head::new(place, self.manifest.subject),
            protects: Field::set(Protects::Verification, place, ""),
            position: Field::set(Position::Off, place, ""),
            key: Field::set(key, place, ""),
        });
    }

    /// The name of a retention with what is kept: `backup.retentionPolicy`.
    fn records(&self, key: &'s str, reader: &Reader<'s>) -> Option<&'s str> {
        let says = |text: &str| Key::new(text).has_any(&RECORDS);
        if says(key) {
            return Some(key);
        }
        // A store of records is named for what it holds.
        if STORES.contains(&self.manifest.kind)
            && let Some(name) = self.manifest.name.filter(|name| Key::new(name).has_any(&RECORDS))
        {
            return Some(reader.sources.keep(format!("{name}.{key}").into()));
        }
        let velero = self.manifest.api.starts_with("velero.io/").then_some("backup");
        let above = self.above.iter().rev().copied().find(|above| says(above)).or(velero)?;
        Some(reader.sources.keep(format!("{above}.{key}").into()))
    }

    /// `{key: topology.kubernetes.io/zone, operator: In, values: [...]}`
    fn expression(&mut self, node: Node<'_, 's>, reader: &mut Reader<'s>) {
        let Some(label) = look(node, &["key"]).node() else { return };
        let Some(name) = label.as_str().filter(|name| TOPOLOGY.contains(name)) else { return };
        let admits = look(node, &["operator"]).str().is_none_or(|operator| operator == "In");
        if let Some(values) = look(node, &["values"]).node().filter(|_| admits) {
            self.leaf(name, label.span(), values, reader);
        }
    }

    /// States a leaf, or each scalar of a list.
    fn leaf(&self, key: &'s str, key_span: Span, value: Node<'_, 's>, reader: &mut Reader<'s>) {
        match value.kind() {
            Kind::Scalar => setting(self.manifest, key, key_span, value, reader),
            Kind::Sequence => {
                for item in value.items().filter(|item| item.kind() == Kind::Scalar) {
                    setting(self.manifest, key, key_span, item, reader);
                }
            }
            Kind::Mapping => {}
        }
    }
}

/// Whether a text is one URL and no more.
fn is_address(text: &str) -> bool {
    let scheme = text.split_once("://").map_or("", |(scheme, _)| scheme);
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
        && !text.contains(char::is_whitespace)
}
