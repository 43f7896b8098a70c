//! Routing and encryption as resources of Istio, Traefik and Contour state them, where it is plain what they mean.

use super::annotations::{stated_cors, wildcard};
use super::control_plane::setting;
use super::lookup::{Found, known_str, look, port};
use super::manifest::Manifest;
use crate::facts::links::{GatewayListener, Parent, Route};
use crate::facts::{Field, Head, Listener, Position, Protects, Reach, Serves, Switch};
use crate::formats::Reader;
use crate::source::Span;
use crate::syntax::yaml::{Kind, Node};

/// Reads one of them; the answer is whether it is one.
pub(super) fn read<'s>(manifest: &Manifest<'_, 's>, reader: &mut Reader<'s>) -> bool {
    let group = manifest.api.split('/').next().unwrap_or_default();
    match (group, manifest.kind) {
        ("networking.istio.io", "Gateway") => gateway(manifest, reader),
        ("networking.istio.io", "VirtualService") => virtual_service(manifest, reader),
        ("networking.istio.io", "DestinationRule") => destination(manifest, reader),
        ("security.istio.io", "PeerAuthentication") => peers(manifest, reader),
        ("traefik.io" | "traefik.containo.us", kind) => match kind {
            "IngressRoute" => ingress_route(manifest, reader),
            "TLSOption" => tls(
                manifest,
                manifest.root,
                &[("minVersion", "tlsMinVersion"), ("cipherSuites", "tlsCipherSuites")],
                reader,
            ),
            "Middleware" => cors(
                manifest,
                manifest.look(&["spec", "headers"]),
                ["accessControlAllowOriginList", "accessControlAllowCredentials"],
                reader,
            ),
            _ => return false,
        },
        ("projectcontour.io", "HTTPProxy") => proxy(manifest, reader),
        _ => return false,
    }
    true
}

fn listener<'s>(
    manifest: &Manifest<'_, 's>,
    place: Span,
    tls: bool,
    reach: Reach,
    redirects: bool,
) -> Listener<'s> {
    let serves = if redirects { Serves::RedirectToHttps } else { Serves::Content };
    Listener {
        head: Head::new(place, manifest.subject),
        tls: Field::set(tls, place, ""),
        reach: Field::set(reach, place, ""),
        serves: Field::set(serves, place, ""),
        host: Field::Unset,
    }
}

/// Istio's Gateway. Which of its proxies it configures decides who reaches it.
/// <https://istio.io/latest/docs/reference/config/networking/gateway/>
fn gateway<'s>(manifest: &Manifest<'_, 's>, reader: &mut Reader<'s>) {
    let selector = manifest.look(&["spec", "selector"]).node();
    let inside =
        selector.into_iter().flat_map(Node::entries).filter_map(|entry| entry.value.as_str()).any(|value| {
            ["egress", "internal", "private", "eastwest", "east-west"].iter().any(|word| value.contains(word))
        });
    let reach = if inside { Reach::Internal } else { Reach::Public };
    for server in manifest.look(&["spec", "servers"]).items() {
        let Some(protocol) = look(server, &["port", "protocol"]).node() else { continue };
        let tls = match protocol.as_str().map(str::to_ascii_uppercase).as_deref() {
            Some("HTTP" | "HTTP2" | "GRPC") => false,
            Some("HTTPS" | "TLS") => true,
            _ => continue,
        };
        let redirects = look(server, &["tls", "httpsRedirect"]).node().and_then(Node::truthy) == Some(true);
        let index = reader.reading.facts.listeners.len();
        let fact = listener(manifest, protocol.span(), tls, reach, redirects);
        reader.reading.facts.listeners.push(fact);
        if let Some(gateway) = manifest.name {
            reader.reading.links.gateways.push(GatewayListener {
                listener: index,
                gateway,
                namespace: manifest.namespace,
                section: None,
                port: look(server, &["port", "number"]).node().and_then(port),
            });
        }
        if let Some(options) = look(server, &["tls"]).node() {
            let keys = [("minProtocolVersion", "tlsMinVersion"), ("cipherSuites", "tlsCipherSuites")];
            entries(manifest, options, &keys, reader);
        }
    }
}

/// A virtual service: a Gateway whose every one redirects to https serves nothing else.
fn virtual_service<'s>(manifest: &Manifest<'_, 's>, reader: &mut Reader<'s>) {
    let parents = manifest.look(&["spec", "gateways"]).items().filter_map(|gateway| {
        let name = gateway.as_str()?;
        let (namespace, gateway) = match name.split_once('/') {
            Some((namespace, name)) => (Some(namespace), name),
            None => (manifest.namespace, name),
        };
        Some(Parent { gateway, namespace, section: None, port: None })
    });
    let routes: Vec<Node<'_, 's>> = manifest.look(&["spec", "http"]).items().collect();
    let redirect = |route: &Node<'_, 's>| look(*route, &["redirect", "scheme"]).str() == Some("https");
    let redirects = !routes.is_empty() && routes.iter().all(redirect);
    reader.reading.links.routes.push(Route { parents: parents.collect(), redirects });
    for route in routes {
        let policy = look(route, &["corsPolicy"]);
        for origins in ["allowOrigins", "allowOrigin"] {
            cors(manifest, policy, [origins, "allowCredentials"], reader);
        }
    }
}

/// Istio's client side.
/// <https://istio.io/latest/docs/reference/config/networking/destination-rule/#ClientTLSSettings>
fn destination<'s>(manifest: &Manifest<'_, 's>, reader: &mut Reader<'s>) {
    let subsets = manifest.look(&["spec", "subsets"]).items().map(|subset| look(subset, &["trafficPolicy"]));
    for policy in subsets.chain([manifest.look(&["spec", "trafficPolicy"])]).filter_map(Found::node) {
        let ports = look(policy, &["portLevelSettings"]).items();
        for client in ports.chain([policy]).filter_map(|one| look(one, &["tls"]).node()) {
            if let Some(mode) = look(client, &["mode"]).node().filter(|mode| mode.as_str() == Some("DISABLE"))
            {
                push(manifest, mode, "tls.mode", Protects::Tls, Position::Off, reader);
            }
            let skips = look(client, &["insecureSkipVerify"]).node();
            if let Some(skips) = skips.filter(|skips| skips.truthy() == Some(true)) {
                push(manifest, skips, "insecureSkipVerify", Protects::Verification, Position::Off, reader);
            }
        }
    }
}

/// Which connections between pods the mesh takes.
/// <https://istio.io/latest/docs/reference/config/security/peer_authentication/>
fn peers<'s>(manifest: &Manifest<'_, 's>, reader: &mut Reader<'s>) {
    let ports = manifest.look(&["spec", "portLevelMtls"]).node();
    let ports = ports.into_iter().flat_map(Node::entries).map(|entry| look(entry.value, &["mode"]));
    for mode in ports.chain([manifest.look(&["spec", "mtls", "mode"])]).filter_map(Found::node) {
        let position = match mode.as_str() {
            Some("DISABLE") => Position::Off,
            Some("PERMISSIVE") => Position::Optional,
            _ => continue,
        };
        push(manifest, mode, "mtls.mode", Protects::Tls, position, reader);
    }
}

fn push<'s>(
    manifest: &Manifest<'_, 's>,
    value: Node<'_, 's>,
    key: &'s str,
    protects: Protects,
    position: Position,
    reader: &mut Reader<'s>,
) {
    let place = value.content_span();
    reader.reading.facts.switches.push(Switch {
        head: Head::new(place, manifest.subject),
        protects: Field::set(protects, place, ""),
        position: Field::set(position, place, ""),
        key: Field::set(key, place, ""),
    });
}

/// Traefik's route. Entry points of other names than the usual ones may do anything, and so may middlewares
/// that are called redirects.
/// <https://doc.traefik.io/traefik/reference/routing-configuration/kubernetes/crd/http/ingressroute/>
fn ingress_route<'s>(manifest: &Manifest<'_, 's>, reader: &mut Reader<'s>) {
    let points = manifest.look(&["spec", "entryPoints"]);
    let cleartext = match points {
        Found::Absent => true,
        _ => points.items().any(|point| matches!(point.as_str(), Some("web" | "http"))),
    };
    let redirects = manifest.look(&["spec", "routes"]).items().all(|route| {
        look(route, &["middlewares"]).items().any(|one| {
            known_str(one, "name").is_none_or(|name| name.contains("redirect") || name.contains("https"))
        })
    });
    let tls = manifest.look(&["spec", "tls"]);
    // `tls: {}` is enough.
    let encrypted = manifest.root.path(&["spec", "tls"]).is_some() || !tls.is_absent();
    if cleartext && !encrypted {
        let fact = listener(manifest, manifest.kind_span, false, Reach::Public, redirects);
        reader.reading.facts.listeners.push(fact);
    }
}

/// Contour's virtual host. With TLS, requests without are redirected unless a route permits them.
/// <https://projectcontour.io/docs/main/config/tls-termination/>
fn proxy<'s>(manifest: &Manifest<'_, 's>, reader: &mut Reader<'s>) {
    let host = manifest.look(&["spec", "virtualhost"]);
    if let Some(name) = host.look(&["fqdn"]).node() {
        if host.look(&["tls"]).is_absent() {
            let fact = listener(manifest, name.span(), false, Reach::Public, false);
            reader.reading.facts.listeners.push(fact);
        }
        cors(manifest, host.look(&["corsPolicy"]), ["allowOrigin", "allowCredentials"], reader);
    }
    for route in manifest.look(&["spec", "routes"]).items() {
        let permits = look(route, &["permitInsecure"]).node();
        if let Some(permits) = permits.filter(|permits| permits.truthy() == Some(true)) {
            push(manifest, permits, "permitInsecure", Protects::Tls, Position::Off, reader);
        }
    }
}

fn tls<'s>(
    manifest: &Manifest<'_, 's>,
    root: Node<'_, 's>,
    keys: &[(&str, &'static str)],
    reader: &mut Reader<'s>,
) {
    if let Some(spec) = look(root, &["spec"]).node() {
        entries(manifest, spec, keys, reader);
    }
}

/// States entries as settings of another name, which says what they are about.
fn entries<'s>(
    manifest: &Manifest<'_, 's>,
    node: Node<'_, 's>,
    keys: &[(&str, &'static str)],
    reader: &mut Reader<'s>,
) {
    for (key, name) in keys {
        if let Some(entry) = node.entry(key) {
            setting(manifest, name, entry.key_span, entry.value, reader);
        }
    }
}

/// A list of origins beside a word on credentials.
pub(super) fn cors<'s>(
    manifest: &Manifest<'_, 's>,
    policy: Found<'_, 's>,
    [origins, credentials]: [&'static str; 2],
    reader: &mut Reader<'s>,
) {
    let list = policy.look(&[origins]).node().filter(|list| list.kind() == Kind::Sequence);
    if let Some(any) = list.and_then(wildcard) {
        let credentials = policy.look(&[credentials]).boolean(credentials, Field::Default(false));
        let head = Head::new(any.content_span(), manifest.subject);
        reader.reading.facts.cors.push(stated_cors(head, true, credentials));
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::read;
    use crate::facts::{Position, Protects, Reach, Serves};

    #[test]
    fn gateways_of_istio_listen_and_may_redirect() {
        let text = "apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {name: g}\nspec:\n  selector: {istio: ingressgateway}\n  servers:\n    - {port: {number: 80, protocol: HTTP}, tls: {httpsRedirect: true}}\n    - {port: {number: 8080, protocol: http2}}\n    - {port: {number: 443, protocol: HTTPS}, tls: {mode: SIMPLE, minProtocolVersion: TLSV1_1}}\n    - {port: {number: 5432, protocol: TCP}}\n";
        read(text, |reading, at| {
            let found: Vec<_> = reading
                .facts
                .listeners
                .iter()
                .map(|one| (one.tls.value().copied(), one.serves.value().copied()))
                .collect();
            let expected = [
                (Some(false), Some(Serves::RedirectToHttps)),
                (Some(false), Some(Serves::Content)),
                (Some(true), Some(Serves::Content)),
            ];
            assert_eq!(found, expected);
            assert_eq!(at(reading.facts.settings[0].head.anchor), "TLSV1_1");
        });
        read(&text.replace("istio: ingressgateway", "istio: egressgateway"), |reading, _| {
            assert_eq!(reading.facts.listeners[1].reach.value(), Some(&Reach::Internal));
        });
    }

    #[test]
    fn modes_of_mutual_tls_are_switches() {
        let text = "apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nspec: {mtls: {mode: PERMISSIVE}, portLevelMtls: {8080: {mode: DISABLE}, 9090: {mode: STRICT}}}\n---\napiVersion: networking.istio.io/v1\nkind: DestinationRule\nspec: {trafficPolicy: {tls: {mode: SIMPLE, insecureSkipVerify: true}}}\n";
        read(text, |reading, at| {
            let found: Vec<_> = reading
                .facts
                .switches
                .iter()
                .map(|one| {
                    (at(one.head.anchor), one.protects.value().copied(), one.position.value().copied())
                })
                .collect();
            let is = |text: &str, protects, position| (text.to_owned(), Some(protects), Some(position));
            let expected = [
                is("DISABLE", Protects::Tls, Position::Off),
                is("PERMISSIVE", Protects::Tls, Position::Optional),
                is("true", Protects::Verification, Position::Off),
            ];
            assert_eq!(found, expected);
        });
    }

    #[test]
    fn a_route_of_traefik_is_cleartext_without_tls_on_the_usual_entry_point() {
        let listeners = |spec: &str| {
            let text = format!("apiVersion: traefik.io/v1alpha1\nkind: IngressRoute\nspec: {spec}\n");
            let count = std::cell::Cell::new(0);
            read(&text, |reading, _| {
                let content =
                    |one: &&crate::facts::Listener<'_>| one.serves.value() == Some(&Serves::Content);
                count.set(reading.facts.listeners.iter().filter(content).count());
            });
            count.get()
        };
        assert_eq!(listeners("{entryPoints: [web], routes: [{kind: Rule}]}"), 1);
        assert_eq!(listeners("{routes: [{kind: Rule}]}"), 1);
        assert_eq!(listeners("{entryPoints: [web], tls: {}, routes: [{kind: Rule}]}"), 0);
        assert_eq!(listeners("{entryPoints: [websecure], routes: [{kind: Rule}]}"), 0);
        assert_eq!(listeners("{entryPoints: [web], routes: [{middlewares: [{name: https-redirect}]}]}"), 0);
    }
}
