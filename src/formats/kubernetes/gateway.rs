//! Gateways and the routes that attach to them.
//! <https://gateway-api.sigs.k8s.io/reference/spec/>

use super::lookup::{Found, known_str, look, port};
use super::manifest::Manifest;
use super::mesh;
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
        let reach = reach(manifest);
        let index = reader.reading.facts.listeners.len();
        reader.reading.facts.listeners.push(Listener {
            head: Head::new(place, manifest.subject),
            tls: Field::set(tls, place, "protocol"),
            reach: Field::set(reach, place, ""),
            serves: Field::set(Serves::Content, place, ""),
            host: look(entry, &["hostname"]).text("hostname", Field::Unset),
        });
        // A set of listeners has routes of its own, which name it as they name a Gateway.
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

/// Classes of Google's cloud that are internal say so by their names, and so do those that people name.
/// <https://cloud.google.com/kubernetes-engine/docs/concepts/gateway-api#gatewayclass>
fn reach(manifest: &Manifest<'_, '_>) -> Reach {
    let class = manifest.look(&["spec", "gatewayClassName"]).str().unwrap_or_default();
    let says = |word: &str| matches!(word, "rilb" | "internal" | "private" | "tailscale");
    let service = manifest.annotation("networking.istio.io/service-type").str();
    let inside = class.split(['-', '.', '_']).any(says) || service == Some("ClusterIP");
    if inside { Reach::Internal } else { Reach::Public }
}

/// Reads an `HTTPRoute`.
pub(super) fn route<'s>(manifest: &Manifest<'_, 's>, reader: &mut Reader<'s>) {
    let parents = manifest.look(&["spec", "parentRefs"]).items().filter_map(|parent| {
        if known_str(parent, "kind")
            .is_some_and(|kind| !matches!(kind, "Gateway" | "ListenerSet" | "XListenerSet"))
        {
            return None;
        }
        Some(Parent {
            gateway: known_str(parent, "name")?,
            namespace: known_str(parent, "namespace").or(manifest.namespace),
            section: known_str(parent, "sectionName"),
            port: look(parent, &["port"]).node().and_then(port),
        })
    });
    let filters = manifest.look(&["spec", "rules"]).items().flat_map(|rule| look(rule, &["filters"]).items());
    for filter in filters {
        mesh::cors(manifest, look(filter, &["cors"]), ["allowOrigins", "allowCredentials"], reader);
    }
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
