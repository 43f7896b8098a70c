//! Gateways and the routes that attach to them.
//! <https://gateway-api.sigs.k8s.io/reference/spec/>

use super::lookup::{Found, known_str, look, port};
use super::manifest::Manifest;
use crate::facts::links::{GatewayListener, Parent, Route};
use crate::facts::{Field, Head, Listener, Reach, Serves};
use crate::formats::Reader;
use crate::syntax::yaml::Node;

/// Reads a Gateway: each listener is one.
pub(super) fn gateway<'s>(manifest: &Manifest<'_, 's>, reader: &mut Reader<'s>) {
    for entry in manifest.look(&["spec", "listeners"]).items() {
        let Some(protocol) = look(entry, &["protocol"]).node() else { continue };
        let tls = match protocol.as_str() {
            Some("HTTP") => false,
            Some("HTTPS" | "TLS") => true,
            _ => continue,
        };
        let place = protocol.span();
        let index = reader.reading.facts.listeners.len();
        reader.reading.facts.listeners.push(Listener {
            head: Head::new(place, manifest.subject),
            tls: Field::set(tls, place, "protocol"),
            reach: Field::set(Reach::Public, place, ""),
            serves: Field::set(Serves::Content, place, ""),
            host: look(entry, &["hostname"]).text("hostname", Field::Unset),
        });
        if let Some(gateway) = manifest.name {
            reader.reading.links.gateways.push(GatewayListener {
                listener: index,
                gateway,
                namespace: manifest.namespace,
                section: known_str(entry, "name"),
                port: look(entry, &["port"]).node().and_then(port),
            });
        }
    }
}

/// Reads an `HTTPRoute`.
pub(super) fn route<'s>(manifest: &Manifest<'_, 's>, reader: &mut Reader<'s>) {
    let parents = manifest.look(&["spec", "parentRefs"]).items().filter_map(|parent| {
        if known_str(parent, "kind").is_some_and(|kind| kind != "Gateway") {
            return None;
        }
        Some(Parent {
            gateway: known_str(parent, "name")?,
            namespace: known_str(parent, "namespace").or(manifest.namespace),
            section: known_str(parent, "sectionName"),
            port: look(parent, &["port"]).node().and_then(port),
        })
    });
    let mut rules = manifest.look(&["spec", "rules"]).items().peekable();
    let redirects = rules.peek().is_some() && rules.all(redirects_to_https);
    reader.reading.links.routes.push(Route { parents: parents.collect(), redirects });
}

fn redirects_to_https(rule: Node<'_, '_>) -> bool {
    look(rule, &["filters"]).items().any(|filter| {
        known_str(filter, "type").is_none_or(|kind| kind == "RequestRedirect")
            && match look(filter, &["requestRedirect", "scheme"]) {
                Found::Stated(scheme) => scheme.as_str() == Some("https"),
                Found::Absent | Found::Unknown => false,
            }
    })
}
